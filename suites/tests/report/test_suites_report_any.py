"""Any response of a deployment makes a valid report page."""

import json
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from report_example import finding, played, results, verdict
from report_page import read_page

from graphtape_contracts import End, Exchange, Request, Response, sse
from graphtape_suites.report.page import render
from graphtape_suites.verdicts.results import Outcome, ScenarioVerdict, Verdict

KEYS = st.sampled_from(
    ("id", "name", "event", "run_id", "metadata", "langgraph_node", "payload", "type", "triggers")
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS | st.text(), inner),
    max_leaves=10,
)
NAMES = st.sampled_from(
    (
        "metadata", "values", "updates", "messages", "messages/partial", "messages/metadata",
        "tasks", "debug", "events", "custom", "checkpoints", "error", "end", "a|b|c:1", "|", "",
    )
)  # fmt: skip
BLOCKS = st.builds(sse.encode_event, NAMES, VALUES.map(json.dumps)) | st.binary()
TIMES = st.floats(-1.0, 1e300)
PLACES = st.none() | st.integers(-1, 5)


@st.composite
def streams(draw: st.DrawFn) -> Exchange:
    """Draw a stream of arbitrary blocks."""
    frames = sse.decode(b"".join(draw(st.lists(BLOCKS, max_size=5))))
    timed = tuple(replace(frame, at=draw(TIMES)) for frame in frames)
    request = Request(draw(st.text()), draw(st.text()), (), draw(st.binary()))
    headers = (("content-type", "text/event-stream"), (draw(st.text()), draw(st.text())))
    return Exchange(request, Response(200, headers), timed, draw(st.sampled_from(End)))


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    """Draw a verdict with findings at arbitrary places."""
    found = tuple(
        finding(frame=frame, exchange=exchange, got=draw(st.text()), path=tuple(draw(st.text())))
        for frame, exchange in draw(st.lists(st.tuples(PLACES, PLACES), max_size=3))
    )
    judged = ScenarioVerdict("a", 1, len(found), found)
    return verdict(draw(st.sampled_from(Outcome)), judged, reason=draw(st.text()))


@given(st.lists(streams(), max_size=3), st.lists(verdicts(), max_size=3))
def test_any_response_can_be_shown(exchanges: Sequence[Exchange], found: Sequence[Verdict]) -> None:
    root = read_page(render(results(found, [played(*exchanges)])))

    ids = [node.attributes["id"] for node in root.every() if "id" in node.attributes]
    links = {node.attributes["href"].removeprefix("#") for node in root.all("a")}
    assert len(ids) == len(set(ids))
    assert links <= set(ids)

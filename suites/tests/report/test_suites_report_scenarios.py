"""The report shows each scenario with its exchanges, their heads and frames."""

from captured import captured
from report_example import SILENT, event, finding, played, shown, stream, verdict
from report_page import texts

from graphtape_contracts import End, Exchange, Request, Response, sse
from graphtape_contracts.finding import Finding
from graphtape_suites.session.scenario_result import ScenarioResult
from graphtape_suites.verdicts.results import Outcome, ScenarioVerdict, Verdict


def failed(finding: Finding, *, exchanges: int = 1) -> Verdict:
    """Return a verdict with this *finding* in the scenario `a`."""
    return verdict(Outcome.FAILED, ScenarioVerdict("a", exchanges, 1, (finding,)))


def test_an_exchange_names_its_modes_and_subgraphs() -> None:
    name = "python/mode-subgraph-sub-updates"

    call = shown([], played(captured(name))).one("span", "call").text

    assert call == "1. POST /runs/stream subgraph: updates with subgraphs"


def test_a_scenario_shows_why_it_did_not_run() -> None:
    root = shown(
        [],
        ScenarioResult("a", "What is tried.", inapplicable="no such route"),
        ScenarioResult("b", "What is tried.", (SILENT,), problem="the budget is spent"),
    )

    assert root.with_id("s1").one("p", "note").text == "- not applicable: no such route"
    assert root.with_id("s2").one("p", "note").text == ("? not completed: the budget is spent")


def test_two_scenarios_with_one_name_are_both_shown() -> None:
    root = shown([failed(finding(frame=1))], played(SILENT), played(SILENT))

    assert root.with_id("x1-1").attributes.get("open") == ""
    assert "open" not in root.with_id("x2-1").attributes


def test_an_exchange_shows_how_it_ended_and_its_response_head() -> None:
    head = Response(200, (("content-type", "text/event-stream"), ("server", "uvicorn")))
    cut = Exchange(Request("POST", "/runs/stream"), head, SILENT.frames, End.CUT)

    exchange = shown([], played(cut)).with_id("x1-1")

    assert exchange.all("summary")[0].text == (
        "1. POST /runs/stream HTTP 200, 2 frames, 200 ms, cut: the connection was lost"
    )
    assert exchange.all("pre")[-1].text == (
        "HTTP 200\ncontent-type: text/event-stream\nserver: uvicorn"
    )


def test_a_body_is_shown_up_to_a_maximum_length() -> None:
    refused = captured("python-cases/bad-stream-no-assistant")
    nothing = Exchange(Request("GET", "/ok"), Response(204), ())
    first = shown([], played(refused, nothing)).with_id("x1-1")

    assert first.all("pre")[0].text == refused.body.decode()
    assert "No body." in shown([], played(nothing)).with_id("x1-1").text


def test_frames_are_shown_with_their_names_and_data() -> None:
    body = b'event: metadata\ndata: {}\n\n: heartbeat\n\nid: 1\n\ndata: "x"\n\nevent: val'
    frames = sse.decode(body)

    rows = shown([], played(stream(*frames))).one("table", "frames").all("tr")[1:]

    assert [texts(row.all("td"))[2:] for row in rows] == [
        ["metadata", "{}"],
        ["comment", "heartbeat"],
        ["no event", "id: 1\\n\\n"],
        ["", '"x"'],
        ["torn", "event: val"],
    ]


def test_a_long_table_lists_both_ends_and_the_surroundings_of_failing_frames() -> None:
    frames = [event("custom", str(n), n / 10) for n in range(1, 1_001)]

    details = shown([failed(finding(frame=500))], played(stream(*frames))).one("details", "frames")

    rows = [texts(row.all("td")) for row in details.all("tr")[1:]]
    numbers = [cells[0] for cells in rows]
    assert details.one("summary").text == "Frames: 407 of 1,000"
    assert numbers[:2] == ["1", "2"]
    assert numbers[198:210] == [
        "199", "200", "", "497", "498", "499", "✗ fails: 500", "501", "502", "503", "", "801"
    ]  # fmt: skip
    assert rows[200][3] == "... 296 frames not shown ..."


def test_exchanges_with_findings_are_shown_before_others() -> None:
    found = finding(exchange=90, frame=1)

    section = shown([failed(found, exchanges=100)], played(*[SILENT] * 100)).with_id("s1")

    ids = [details.attributes["id"] for details in section.all("details", "exchange")]
    assert ids == [f"x1-{n}" for n in (*range(1, 25), 90)]
    assert section.all("p")[-1].text == "75 more exchanges not shown: the limit is 25."

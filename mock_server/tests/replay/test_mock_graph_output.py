"""Graphs with an output schema show part of their state, unless `events` are requested."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from graphtape_contracts import Exchange, Frame, Request, Response
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.recordings.view import View
from graphtape_mock.replay.graph_output import output_keys, output_only
from graphtape_mock.replay.library import Library
from graphtape_mock.replay.recorded_event import RecordedEvent
from graphtape_mock.replay.selection import select_stream

MakeRun = Callable[..., Exchange]


def schemas(body: Any, status: int = 200) -> Exchange:
    frame = Frame(0.0, orjson.dumps(body))
    request = Request("GET", "/assistants/fe096781-5601-53d2-b2f6-0d3403f7e9ca/schemas")
    return Exchange(request, Response(status), (frame,))


def answer_schema(*keys: str) -> Any:
    properties = {key: {"type": "string"} for key in keys}
    return {"graph_id": "agent", "output_schema": {"properties": properties}}


@pytest.mark.parametrize(
    ("exchanges", "keys"),
    [
        ([], ()),
        ([schemas(answer_schema("a", "b"))], ("a", "b")),
        ([schemas(answer_schema("a"), 404)], ()),
        ([schemas({"output_schema": {"type": "integer"}})], ()),
        ([schemas({"output_schema": None})], ()),
        ([schemas([])], ()),
    ],
    ids=["none", "keys", "refused", "no object", "no schema", "odd"],
)
def test_the_output_schema_names_the_keys(exchanges: list[Exchange], keys: tuple[str, ...]) -> None:
    assert output_keys(exchanges) == keys


def shown(*events: tuple[str, Any], sent: tuple[str, ...] = ("q",)) -> list[tuple[str, Any]]:
    """Return *events* reduced to the output key `a`."""
    made = [RecordedEvent(0.0, name, data) for name, data in events]
    return [(event.name, event.data) for event in output_only(made, ["a"], sent)]


def test_values_and_updates_show_the_output_only() -> None:
    assert shown(
        ("values", {"q": 1, "a": 0}),
        ("updates", {"n": {"a": 1, "hidden": 2}, "m": {"hidden": 3}, "o": None}),
        ("values", {"q": 1, "a": 1, "hidden": 2}),
        sent=("q", "a"),
    ) == [
        ("values", {"a": 0}),
        ("updates", {"n": {"a": 1}, "m": None, "o": None}),
        ("values", {"a": 1}),
    ]


def test_a_step_that_wrote_no_output_shows_no_values() -> None:
    assert shown(
        ("values", {"q": 1}),
        ("updates", {"n": {"hidden": 2}}),
        ("values", {"q": 1, "hidden": 2}),
        ("updates", {"n": [{"a": 1}, {"hidden": 1}, None]}),
        ("values", {"q": 1, "hidden": 2, "a": 1}),
    ) == [
        ("updates", {"n": None}),
        ("updates", {"n": [{"a": 1}, None, None]}),
        ("values", {"a": 1}),
    ]


def test_interrupts_are_always_shown() -> None:
    events = [("updates", {"__interrupt__": ["i"]}), ("values", {"q": 1, "__interrupt__": ["i"]})]

    assert shown(*events) == [
        ("updates", {"__interrupt__": ["i"]}),
        ("values", {"__interrupt__": ["i"]}),
    ]


@pytest.mark.parametrize(
    "event",
    [
        ("values|child:1", {"q": 1}),
        ("updates|child:1", {"n": {"q": 1}}),
        ("custom", {"q": 1}),
        ("updates", 7),
        ("values", 7),
    ],
    ids=str,
)
def test_anything_else_is_left_alone(event: tuple[str, Any]) -> None:
    assert shown(("values", {"q": 1}), event)[-1] == event


def test_a_state_that_is_shown_in_part_already_is_left_alone() -> None:
    events: list[tuple[str, Any]] = [
        ("values", {"a": 1, "__interrupt__": ["i"]}),
        ("updates", {"n": {"q": 1}}),
    ]

    assert shown(*events) == events


def test_without_a_schema_all_is_shown() -> None:
    events = [RecordedEvent(0.0, "values", {"q": 1})]

    assert list(output_only(events, (), ())) == events


@pytest.mark.parametrize("input_", [{"q": 1}, None])
def test_a_recording_with_events_shows_the_output_where_they_are_not_asked_for(
    input_: Any, make_run: MakeRun
) -> None:
    run = make_run(
        [("values", {"q": 1}), ("updates", {"n": {"a": 1}}), ("values", {"q": 1, "a": 1})],
        input=input_,
        stream_mode=["values", "updates", "events"],
    )
    (recorded,) = Library([Recording("run", (schemas(answer_schema("a")), run))]).runs

    projection = select_stream(recorded.exchanges, View(frozenset(["values"])), recorded.output)

    assert [frame.data for frame in projection.frames] == ['{"a":1}']

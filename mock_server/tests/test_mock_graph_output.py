"""Output: what of its state a graph with an output schema shows."""

from typing import Any

import orjson
import pytest

from understudy_contracts import Exchange, Frame, Request, Response
from understudy_mock.event import Event
from understudy_mock.graph_output import output_keys, output_only

OUTPUT = ("total", "lines")
STATE = {"customer": "Ada", "lines": ["a"], "total": 1}


def shown(*events: tuple[str, Any], sent: tuple[str, ...] = ()) -> list[tuple[str, Any]]:
    """Return *events* with the output only, after an event that shows more."""
    whole = (Event(0.0, name, data) for name, data in events)
    return [(event.name, event.data) for event in output_only(whole, OUTPUT, sent)]


def schemas(body: Any, path: str = "/assistants/1/schemas", status: int = 200) -> Exchange:
    frame = Frame(0.0, orjson.dumps(body))
    return Exchange(Request("GET", path), Response(status), (frame,))


def test_values_hold_the_output_in_its_order() -> None:
    assert shown(("updates", {"node": {"total": 1}}), ("values", STATE)) == [
        ("updates", {"node": {"total": 1}}),
        ("values", {"total": 1, "lines": ["a"]}),
    ]


@pytest.mark.parametrize(
    ("update", "only"),
    [
        ({"total": 1, "customer": "Bo"}, {"total": 1}),
        ({"customer": "Bo"}, None),
        ({}, None),
        (None, None),
        ([{"total": 1}, {"customer": "Bo"}], [{"total": 1}, None]),
        ([{"total": 1, "customer": "Bo"}], [{"total": 1}]),
    ],
    ids=str,
)
def test_updates_hold_the_output(update: Any, only: Any) -> None:
    assert shown(("updates", {"node": update}), ("values", STATE))[0] == ("updates", {"node": only})


def test_a_step_that_writes_no_output_shows_no_values() -> None:
    events = [
        ("values", STATE),
        ("updates", {"node": {"customer": "Bo"}}),
        ("values", STATE),
        ("updates", {"a": {"customer": "Cy"}, "b": [{"lines": []}]}),
        ("values", STATE),
        ("values", STATE),
    ]

    names = [name for name, _ in shown(*events, sent=("customer",))]

    assert names == ["updates", "updates", "values"]


def test_an_input_that_is_output_too_shows_values() -> None:
    assert [name for name, _ in shown(("values", STATE), sent=("customer", "lines"))] == ["values"]


def test_interrupts_are_shown_with_the_state() -> None:
    interrupts = [{"value": {"customer": "?"}, "id": "1"}]

    assert shown(
        ("updates", {"__interrupt__": interrupts}),
        ("values", STATE | {"__interrupt__": interrupts}),
    ) == [
        ("updates", {"__interrupt__": interrupts}),
        ("values", {"total": 1, "lines": ["a"], "__interrupt__": interrupts}),
    ]


@pytest.mark.parametrize(
    "event",
    [("tasks", {"result": STATE}), ("values|child:1", STATE), ("updates", 5), ("values", [STATE])],
    ids=["tasks", "subgraph", "no updates", "no object"],
)
def test_nothing_else_is_touched(event: tuple[str, Any]) -> None:
    assert shown(event, ("values", STATE))[:1] == [event]


@pytest.mark.parametrize("output", [(), ("customer", "lines", "total")], ids=["none", "all"])
def test_a_graph_without_an_output_schema_shows_all(output: tuple[str, ...]) -> None:
    events = [Event(0.0, "values", STATE | {"__interrupt__": []}), Event(0.0, "values", 5)]

    assert list(output_only(events, output, ())) == events


def test_the_output_schema_is_found_beside_the_runs() -> None:
    body = {"output_schema": {"properties": {"total": {}, "lines": {}}}}
    others = [schemas(body, "/info"), schemas({"detail": "no"}, status=404)]

    assert output_keys([*others, schemas(body)]) == OUTPUT


@pytest.mark.parametrize(
    "body",
    [{}, 5, {"output_schema": None}, {"output_schema": {}}, {"output_schema": {"type": "x"}}],
)
def test_an_output_that_is_no_object_has_no_keys(body: Any) -> None:
    assert output_keys([schemas(body)]) == ()


def test_a_recording_may_have_no_schemas() -> None:
    assert output_keys([]) == ()

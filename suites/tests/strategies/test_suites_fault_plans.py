"""Fault plans can be applied to a response, and shrink."""

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from graphtape_mock.replay.fault import Cut, Fault, Latency, Reorder, Stall, Status
from graphtape_mock.replay.pacing import Chunk
from graphtape_mock.replay.response_plan import Ending, ResponsePlan
from graphtape_suites.strategies import fault_plans

WAIT = ResponsePlan((), (Chunk(0.0, b"{}"),), is_stream=False)


def stream_of(events: int) -> ResponsePlan:
    """Return a stream with that many events."""
    return ResponsePlan(
        (), tuple(Chunk(0.0, b"event: values\r\n\r\n", "values") for _ in range(events))
    )


def disturbed(script: ResponsePlan, model: list[Fault]) -> ResponsePlan:
    for fault in model:
        script = fault.apply(script)
    return script


@given(st.integers(1, 5).flatmap(lambda n: st.tuples(st.just(n), fault_plans(events=n))))
def test_a_plan_finds_its_place_in_a_stream(drawn: tuple[int, list[Fault]]) -> None:
    events, model = drawn

    script = disturbed(stream_of(events), model)

    assert script.latency <= 0.05
    assert script.ending is not Ending.HANG


@given(fault_plans())
def test_a_plan_finds_its_place_in_a_wait(model: list[Fault]) -> None:
    disturbed(WAIT, model)


def test_nothing_at_all_is_the_mildest() -> None:
    assert find(fault_plans(), lambda model: True) == []


@pytest.mark.parametrize("kind", [Cut, Latency, Stall, Status])
def test_a_plan_shrinks_to_the_fault_that_matters(kind: type[Fault]) -> None:
    model = find(fault_plans(), lambda model: any(isinstance(fault, kind) for fault in model))

    assert [type(fault) for fault in model] == [kind]


def test_events_change_places_where_there_are_two() -> None:
    model = find(fault_plans(events=2), lambda model: any(isinstance(f, Reorder) for f in model))

    assert model == [Reorder(1)]

"""Drawn fault plans can be applied to a response, and shrink to the mildest fault."""

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from graphtape_mock.replay.fault import Cut, Fault, Latency, Reorder, Stall, Status
from graphtape_mock.replay.pacing import Chunk
from graphtape_mock.replay.response_plan import Ending, ResponsePlan
from graphtape_suites.strategies import fault_plans

WAIT = ResponsePlan((), (Chunk(0.0, b"{}"),), is_stream=False)


def stream_of(events: int) -> ResponsePlan:
    """Return the plan of a stream with this number of *events*."""
    return ResponsePlan(
        (), tuple(Chunk(0.0, b"event: values\r\n\r\n", "values") for _ in range(events))
    )


def applied(model: list[Fault], plan: ResponsePlan) -> ResponsePlan:
    for fault in model:
        plan = fault.apply(plan)
    return plan


@given(st.integers(1, 5).flatmap(lambda n: st.tuples(st.just(n), fault_plans(events=n))))
def test_a_plan_can_be_applied_to_a_stream(drawn: tuple[int, list[Fault]]) -> None:
    events, model = drawn

    plan = applied(model, stream_of(events))

    assert plan.latency <= 0.05
    assert plan.ending is not Ending.HANG


@given(fault_plans())
def test_a_plan_can_be_applied_to_a_wait(model: list[Fault]) -> None:
    applied(model, WAIT)


def test_the_empty_plan_is_the_mildest() -> None:
    assert find(fault_plans(), lambda model: True) == []


@pytest.mark.parametrize("kind", [Cut, Latency, Stall, Status])
def test_a_plan_shrinks_to_one_fault(kind: type[Fault]) -> None:
    model = find(fault_plans(), lambda model: any(isinstance(fault, kind) for fault in model))

    assert [type(fault) for fault in model] == [kind]


def test_reorder_is_drawn_for_two_events() -> None:
    model = find(fault_plans(events=2), lambda model: any(isinstance(f, Reorder) for f in model))

    assert model == [Reorder(1)]

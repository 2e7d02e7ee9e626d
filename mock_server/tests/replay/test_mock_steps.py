"""Steps: the part of a held response that each step sends."""

import pytest

from graphtape_mock.replay.pacing import Chunk
from graphtape_mock.replay.response_plan import NoSuchEvent, ResponsePlan
from graphtape_mock.replay.steps import Advance, Finish, HeldPlan, SendEvent, Until

STREAM = ResponsePlan(
    (),
    (
        Chunk(0.0, b"1", "metadata"),
        Chunk(0.0, b":"),
        Chunk(0.0, b"2", "values"),
        Chunk(0.0, b"3", "updates"),
        Chunk(0.0, b"4", "values"),
        Chunk(0.0, b";"),
    ),
    "\n",
)


def test_steps_follow_each_other() -> None:
    held = HeldPlan(STREAM)

    steps = (Advance(), Until("values"), SendEvent("custom", [1]), Advance(2), Finish(), Finish())

    assert [held.take(step) for step in steps] == [
        *(b"1", b":2", b"event: custom\ndata: [1]\n\n", b"34", b";", b"")
    ]


def test_a_name_is_looked_for_in_what_is_left() -> None:
    held = HeldPlan(STREAM)
    held.take(Until("updates"))

    assert held.take(Until("values")) == b"4"
    with pytest.raises(NoSuchEvent, match="'updates'"):
        held.take(Until("updates"))


def test_more_events_than_there_are_is_an_error_and_none_leaves() -> None:
    held = HeldPlan(STREAM)

    with pytest.raises(NoSuchEvent, match=r"5.*metadata, values"):
        held.take(Advance(5))

    assert held.take(Finish()) == b"1:234;"


def test_the_body_of_a_wait_is_one_event() -> None:
    held = HeldPlan(ResponsePlan((), (Chunk(0.0, b"{}"),), is_stream=False))

    assert held.take(Advance()) == b"{}"

"""Overrides: those in force, and those queued for the next requests."""

from graphtape_mock.replay.fault import Drop
from graphtape_mock.replay.steps import Advance, Finish
from graphtape_mock.server.overrides import Overrides, ResponseOverride, Steps


def test_an_override_is_in_force_until_another_is_set() -> None:
    overrides = Overrides()

    overrides.set(ResponseOverride("agent"))
    first = overrides.next(), overrides.next()
    overrides.set(ResponseOverride("tools"))

    assert [override.recording for override in (*first, overrides.next())] == [
        *("agent", "agent", "tools")
    ]
    assert overrides.recording == "tools"


def test_queued_overrides_are_used_in_their_order() -> None:
    overrides = Overrides()
    overrides.set(ResponseOverride("agent"))

    overrides.queue(ResponseOverride("one"), 2)
    overrides.queue(ResponseOverride("two"))

    assert [overrides.next().recording for _ in range(4)] == ["one", "one", "two", "agent"]


def test_recording_and_speed_stay_without_a_new_value_and_faults_do_not() -> None:
    overrides = Overrides()
    overrides.set(ResponseOverride("agent", 2, [Drop(1)]))

    overrides.queue(ResponseOverride(speed=0))
    overrides.set(ResponseOverride(faults=[Drop(2)]))

    assert overrides.next() == ResponseOverride("agent", 0)
    assert overrides.next() == ResponseOverride("agent", 2, [Drop(2)])


def test_no_override_is_left_after_a_clear() -> None:
    overrides = Overrides()
    overrides.set(ResponseOverride("agent"))
    overrides.queue(ResponseOverride("tools"))

    overrides.clear()

    assert overrides.next() == overrides.next() == ResponseOverride()


def test_steps_wait_until_they_are_taken() -> None:
    steps, woken = Steps(), list[str]()

    steps.add(Advance())
    steps.wake = lambda: woken.append("wake")
    steps.add(Finish())

    assert [steps.pop() for _ in range(3)] == [Advance(), Finish(), None]
    assert woken == ["wake"]

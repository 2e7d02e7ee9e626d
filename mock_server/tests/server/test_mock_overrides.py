"""The stage: how the next requests are answered."""

from graphtape_mock.replay.fault import Drop
from graphtape_mock.replay.steps import Advance, Finish
from graphtape_mock.server.overrides import Overrides, ResponseOverride, Steps


def test_a_direction_lasts_until_there_is_another() -> None:
    overrides = Overrides()

    overrides.give(ResponseOverride("agent"))
    first = overrides.next(), overrides.next()
    overrides.give(ResponseOverride("tools"))

    assert [direction.recording for direction in (*first, overrides.next())] == [
        *("agent", "agent", "tools")
    ]
    assert overrides.recording == "tools"


def test_directions_for_some_requests_are_used_up_in_their_order() -> None:
    overrides = Overrides()
    overrides.give(ResponseOverride("agent"))

    overrides.give(ResponseOverride("one"), times=2)
    overrides.give(ResponseOverride("two"), times=1)

    assert [overrides.next().recording for _ in range(4)] == ["one", "one", "two", "agent"]


def test_recording_and_speed_stay_where_nothing_is_said_of_them_and_faults_do_not() -> None:
    overrides = Overrides()
    overrides.give(ResponseOverride("agent", 2, [Drop(1)]))

    overrides.give(ResponseOverride(speed=0), times=1)
    overrides.give(ResponseOverride(faults=[Drop(2)]))

    assert overrides.next() == ResponseOverride("agent", 0)
    assert overrides.next() == ResponseOverride("agent", 2, [Drop(2)])


def test_a_clear_stage_answers_as_usual() -> None:
    overrides = Overrides()
    overrides.give(ResponseOverride("agent"))
    overrides.give(ResponseOverride("tools"), times=1)

    overrides.clear()

    assert overrides.next() == overrides.next() == ResponseOverride()


def test_steps_are_kept_until_somebody_takes_them() -> None:
    steps, woken = Steps(), list[str]()

    steps.add(Advance())
    steps.wake = lambda: woken.append("wake")
    steps.add(Finish())

    assert [steps.pop() for _ in range(3)] == [Advance(), Finish(), None]
    assert woken == ["wake"]

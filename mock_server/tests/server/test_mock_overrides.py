"""The stage: how the next requests are answered."""

from graphtape_mock.server.overrides import Direction, Stage, Steps
from graphtape_mock.replay.fault import Drop
from graphtape_mock.replay.steps import Advance, Finish


def test_a_direction_lasts_until_there_is_another() -> None:
    stage = Stage()

    stage.give(Direction("agent"))
    first = stage.next(), stage.next()
    stage.give(Direction("tools"))

    assert [direction.recording for direction in (*first, stage.next())] == [
        *("agent", "agent", "tools")
    ]
    assert stage.recording == "tools"


def test_directions_for_some_requests_are_used_up_in_their_order() -> None:
    stage = Stage()
    stage.give(Direction("agent"))

    stage.give(Direction("one"), times=2)
    stage.give(Direction("two"), times=1)

    assert [stage.next().recording for _ in range(4)] == ["one", "one", "two", "agent"]


def test_recording_and_speed_stay_where_nothing_is_said_of_them_and_faults_do_not() -> None:
    stage = Stage()
    stage.give(Direction("agent", 2, [Drop(1)]))

    stage.give(Direction(speed=0), times=1)
    stage.give(Direction(faults=[Drop(2)]))

    assert stage.next() == Direction("agent", 0)
    assert stage.next() == Direction("agent", 2, [Drop(2)])


def test_a_clear_stage_answers_as_usual() -> None:
    stage = Stage()
    stage.give(Direction("agent"))
    stage.give(Direction("tools"), times=1)

    stage.clear()

    assert stage.next() == stage.next() == Direction()


def test_steps_are_kept_until_somebody_takes_them() -> None:
    steps, woken = Steps(), list[str]()

    steps.add(Advance())
    steps.wake = lambda: woken.append("wake")
    steps.add(Finish())

    assert [steps.pop() for _ in range(3)] == [Advance(), Finish(), None]
    assert woken == ["wake"]

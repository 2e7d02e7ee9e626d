from collections.abc import Callable

import pytest

from graphtape_mock.server.active_runs import ActiveRuns


def note(ended: list[str], run_id: str) -> Callable[[], None]:
    return lambda: ended.append(run_id)


def test_a_run_is_cancelled_by_its_thread_and_id_once() -> None:
    active, ended = ActiveRuns(), list[str]()
    run = active.start("r1", "t1", note(ended, "r1"))
    other = active.start("r2", "t1", note(ended, "r2"))

    assert active.cancel(thread_id="t1", run_ids=["r1", "r3"]) == 1
    assert active.cancel(thread_id="t1", run_ids=["r1"]) == 0
    assert (run.cancelled, other.cancelled) == (True, False)
    assert ended == ["r1"]


def test_a_run_of_another_thread_is_left_alone() -> None:
    active, ended = ActiveRuns(), list[str]()
    active.start("r1", "t1", note(ended, "r1"))

    assert active.cancel(thread_id="t2", run_ids=["r1"]) == 0
    assert ended == []


@pytest.mark.parametrize(
    ("status", "cancelled"),
    [("pending", ["r2"]), ("running", ["r1"]), ("all", ["r1", "r2"])],
)
def test_runs_are_cancelled_by_status(status: str, cancelled: list[str]) -> None:
    active, ended = ActiveRuns(), list[str]()
    active.start("r1", "t1", note(ended, "r1"))
    active.start("r2", "t2", note(ended, "r2"), started=False)

    assert active.cancel(status=status) == len(cancelled)
    assert ended == cancelled


def test_a_pending_run_that_starts_is_running() -> None:
    run = ActiveRuns().start("r1", "t1", note([], "r1"), started=False)

    run.started = True

    assert run.status == "running"


def test_a_finished_run_is_forgotten() -> None:
    active, ended = ActiveRuns(), list[str]()
    active.start("r1", "t1", note(ended, "r1"))

    active.finish("r1")
    active.finish("r1")

    assert len(active) == 0
    assert active.cancel(status="all") == 0
    assert ended == []


def test_the_oldest_run_is_forgotten_beyond_the_limit() -> None:
    active, ended = ActiveRuns(limit=2), list[str]()
    for run_id in ("r1", "r2", "r3"):
        active.start(run_id, "t", note(ended, run_id))

    assert active.cancel(status="all") == 2
    assert ended == ["r2", "r3"]

"""Runs start until the budget is spent, in all processes that share its folder."""

import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from graphtape_contracts import Response
from graphtape_mock.deployment.budget import BudgetExhausted, BudgetLimits, RunBudget, Spent

START = datetime(2026, 11, 27, 4, 0, 0, tzinfo=UTC).timestamp()


@dataclass
class Time:
    """A clock that advances with each sleep."""

    now: float = START
    slept: list[float] = field(default_factory=list[float])

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def run_budget(tmp_path: Path, time: Time) -> RunBudget:
    """A budget of three runs and a minute."""
    return RunBudget(BudgetLimits(3, 60), tmp_path, clock=time.clock, sleep=time.sleep)


def run(run_budget: RunBudget, times: int = 1) -> None:
    for _ in range(times):
        with run_budget.run():
            pass


def later(value: str, status: int = 429) -> Response:
    """Return a response that asks to come back after *value*."""
    return Response(status, (("retry-after", value),))


def test_runs_start_until_none_is_left(run_budget: RunBudget) -> None:
    assert (run_budget.left, run_budget.spent) == (3, Spent())

    run(run_budget, 3)

    assert run_budget.left == 0
    with pytest.raises(BudgetExhausted, match="3 of 3 runs"):
        run(run_budget)


def test_a_released_run_is_not_counted(run_budget: RunBudget) -> None:
    run(run_budget, 3)

    run_budget.release()

    assert run_budget.left == 1
    run(run_budget)


def test_a_release_never_gives_more_than_the_limit(run_budget: RunBudget) -> None:
    run_budget.release()

    assert run_budget.left == 3


def test_a_run_that_failed_is_counted(run_budget: RunBudget) -> None:
    with pytest.raises(KeyError), run_budget.run():
        raise KeyError

    assert run_budget.left == 2


def test_time_begins_with_the_first_run(run_budget: RunBudget, time: Time) -> None:
    time.now += 100
    run(run_budget)
    time.now += 59
    run(run_budget)
    time.now += 1

    with pytest.raises(BudgetExhausted, match="60 of 60 s"):
        run(run_budget)
    assert run_budget.spent == Spent(2, 60.0)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("2.5", 2.5),
        (format_datetime(datetime(2026, 11, 27, 4, 0, 9, tzinfo=UTC), usegmt=True), 9.0),
        ("Fri, 27 Nov 2026 05:00:09 +0100", 9.0),
        ("Fri, 27 Nov 2026 04:00:09 -0000", 9.0),
        ("Fri, 27 Nov 2026 03:00:00 GMT", 0.0),
        ("soon", 1.0),
        ("", 1.0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_waits_as_long_as_retry_after_says(
    run_budget: RunBudget, time: Time, asked: str, expected: float, status: int
) -> None:
    assert run_budget.wait_for_retry(later(asked, status)) is True

    assert time.slept == [expected]
    assert run_budget.spent.waits == 1


def test_without_retry_after_the_wait_is_a_second(run_budget: RunBudget, time: Time) -> None:
    assert run_budget.wait_for_retry(Response(503)) is True

    assert time.slept == [1.0]


@pytest.mark.parametrize("status", [200, 404, 500])
def test_no_other_status_asks_for_a_retry(run_budget: RunBudget, time: Time, status: int) -> None:
    assert run_budget.wait_for_retry(later("7", status)) is False

    assert (time.slept, run_budget.spent.waits) == ([], 0)


def test_no_wait_is_longer_than_the_time_left(run_budget: RunBudget, time: Time) -> None:
    run(run_budget)
    time.now += 50

    with pytest.raises(
        BudgetExhausted,
        match=r"11 s\b.*\b60 s\b.*\b10 s\b",
    ):
        run_budget.wait_for_retry(later("11"))

    assert (time.slept, run_budget.spent.waits) == ([], 0)
    assert run_budget.wait_for_retry(later("10")) is True


def test_a_wait_before_the_first_run_takes_time(run_budget: RunBudget, time: Time) -> None:
    run_budget.wait_for_retry(later("40"))
    time.now += 20

    with pytest.raises(BudgetExhausted, match="60 of 60 s"):
        run(run_budget)


def test_budgets_that_share_a_folder_are_one(tmp_path: Path, time: Time) -> None:
    one, other = (
        RunBudget(BudgetLimits(3, 60), tmp_path, clock=time.clock, sleep=time.sleep)
        for _ in range(2)
    )

    run(one, 2)
    run(other)

    assert one.spent == other.spent == Spent(3)
    with pytest.raises(BudgetExhausted):
        run(one)


_PROCESS = """
import sys
from pathlib import Path
from graphtape_mock.deployment.budget import BudgetLimits, BudgetExhausted, RunBudget

run_budget = RunBudget(BudgetLimits(40, 60, at_once=2), Path(sys.argv[1]))
count = 0
try:
    while True:
        with run_budget.run():
            count += 1
except BudgetExhausted:
    print(count)
"""


def test_processes_spend_one_budget_together(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _PROCESS, str(tmp_path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    counts = [int(process.communicate(timeout=60)[0]) for process in processes]

    assert sum(counts) == 40


_HOLDER = """
import sys, time
from pathlib import Path
from graphtape_mock.deployment.budget import BudgetLimits, RunBudget

with RunBudget(BudgetLimits(40, 60), Path(sys.argv[1])).run():
    print("holds", flush=True)
    time.sleep(60)
"""


def test_the_slot_of_a_process_that_died_is_free(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)

    run_budget = RunBudget(BudgetLimits(40, 60), tmp_path)
    run(run_budget)

    assert run_budget.spent.runs == 2


@pytest.mark.parametrize("at_once", [1, 3])
def test_no_more_runs_are_under_way_than_allowed(tmp_path: Path, at_once: int) -> None:
    full, refused, go = threading.Barrier(at_once + 1), threading.Event(), threading.Event()
    inside: set[str] = set()
    under_way: list[int] = []

    def look_again(_: float) -> None:
        refused.set()
        go.wait(20)

    def hold(name: str) -> None:
        with RunBudget(BudgetLimits(40, 60, at_once), tmp_path).run():
            inside.add(name)
            full.wait(20)
            go.wait(20)
            inside.remove(name)

    def follow() -> None:
        with RunBudget(BudgetLimits(40, 60, at_once), tmp_path, sleep=look_again).run():
            under_way.append(len(inside) + 1)

    holders = [threading.Thread(target=hold, args=(str(n),)) for n in range(at_once)]
    follower = threading.Thread(target=follow)
    for thread in holders:
        thread.start()
    full.wait(20)
    follower.start()
    assert refused.wait(20)
    go.set()
    for thread in (*holders, follower):
        thread.join(20)

    assert under_way[0] <= at_once


def test_a_run_without_a_slot_tries_again_after_a_while(tmp_path: Path, time: Time) -> None:
    first = RunBudget(BudgetLimits(3, 60), tmp_path, clock=time.clock)
    holding = first.run()

    def leave(seconds: float) -> None:
        time.sleep(seconds)
        holding.__exit__(None, None, None)

    second = RunBudget(BudgetLimits(3, 60), tmp_path, clock=time.clock, sleep=leave)
    holding.__enter__()

    with second.run():
        pass

    assert time.slept == [0.02]
    assert second.spent.runs == 2

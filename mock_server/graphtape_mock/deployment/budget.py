"""The budget of a session with a live deployment: runs, seconds, and runs at the same time.

A run of a real model costs money, so a session makes every run through one `RunBudget`. Its
counters are files in a folder, so that several processes (the workers of pytest-xdist) can share a
budget. A process that dies releases its locks.
"""

import struct
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from graphtape_contracts import Response
from graphtape_mock.deployment.retry import retry_delay

_POLL = 0.02
_LEDGER_POLL = 0.005
_LINE = struct.Struct("3d")


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """The limits of a budget."""

    runs: int
    seconds: float
    """The maximum duration of the session, counted from its first run."""
    at_once: int = 1
    """The maximum number of runs at the same time."""


@dataclass(frozen=True, slots=True)
class Spent:
    """The spent part of a budget."""

    runs: int = 0
    seconds: float = 0.0
    waits: int = 0
    """The number of responses that asked the client to come back later."""


class BudgetExhausted(Exception):
    """A limit of the budget was reached."""

    def __init__(self, spent: str) -> None:
        """Name the limit that was reached: *spent*, such as `3 of 3 runs`."""
        super().__init__(spent)
        self.spent = spent

    def __str__(self) -> str:
        return f"the budget is spent: {self.spent}"


class RunBudget:
    """Admits runs until the budget is spent."""

    def __init__(
        self,
        budget: BudgetLimits,
        folder: Path,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Keep counters in *folder*, which must exist; all its processes need the same *clock*."""
        self.budget = budget
        self._folder = folder
        self._clock = clock
        self._sleep = sleep

    @contextmanager
    def run(self) -> Generator[None]:
        """Wait for a free slot, hold it during the block, and count one run.

        Raises BudgetExhausted if no run or no time is left.
        """
        with self._slot():
            self._count(1)
            yield

    def release(self) -> None:
        """Uncount a run that the deployment refused: it cost nothing."""
        self._count(-1)

    def wait_for_retry(self, response: Response) -> bool:
        """Wait as long as *response* asks for and return True; False if it asks for no retry.

        Raises BudgetExhausted if the wait is longer than the time left.
        """
        delay = retry_delay(response, self._clock())
        if delay is None:
            return False
        with self._ledger() as ledger:
            entries = ledger.read()
            now = self._clock()
            started = entries[0] or now
            left = started + self.budget.seconds - now
            if delay > left:
                raise BudgetExhausted(
                    f"the deployment asks to come back in {delay:g} s, but of "
                    f"{self.budget.seconds:g} s only {max(left, 0):.0f} s are left"
                )
            ledger.write((started, entries[1], entries[2] + 1))
        self._sleep(delay)
        return True

    @property
    def left(self) -> int:
        """The number of runs that are left; 0 if the time is over."""
        spent = self.spent
        in_time = spent.seconds < self.budget.seconds
        return max(0, self.budget.runs - spent.runs) if in_time else 0

    @property
    def spent(self) -> Spent:
        """The part of the budget that has been spent by all processes that share the folder."""
        with self._ledger() as ledger:
            started, runs, waits = ledger.read()
        return Spent(int(runs), self._clock() - started if started else 0.0, int(waits))

    def _count(self, runs: int) -> None:
        with self._ledger() as ledger:
            entries = ledger.read()
            now = self._clock()
            started = entries[0] or now
            if runs > 0 and entries[1] >= self.budget.runs:
                raise BudgetExhausted(f"{int(entries[1])} of {self.budget.runs} runs")
            elapsed = now - started
            if runs > 0 and elapsed >= self.budget.seconds:
                raise BudgetExhausted(f"{elapsed:.0f} of {self.budget.seconds:g} s")
            ledger.write((started, max(0.0, entries[1] + runs), entries[2]))

    @contextmanager
    def _slot(self) -> Generator[None]:
        """Wait for a free slot, of which there are `at_once`, and hold it during the block."""
        while True:
            for number in range(self.budget.at_once):
                slot = FileLock(self._folder / f"slot-{number}.lock", timeout=0)
                try:
                    slot.acquire()
                except Timeout:
                    continue
                try:
                    yield
                finally:
                    slot.release()
                return
            self._sleep(_POLL)

    @contextmanager
    def _ledger(self) -> "Generator[_Ledger]":
        with FileLock(self._folder / "ledger.lock", poll_interval=_LEDGER_POLL):
            yield _Ledger(self._folder / "ledger")


_Entries = tuple[float, float, float]
"""The time of the first run (0 before it), the number of runs, and the number of waits."""


class _Ledger:
    """The file with the counters. Callers must hold its lock.

    A write replaces the file: if the process is killed meanwhile, the file has either the old or
    the new numbers.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> _Entries:
        try:
            return _LINE.unpack(self._path.read_bytes())
        except FileNotFoundError:
            return 0.0, 0.0, 0.0

    def write(self, entries: _Entries) -> None:
        draft = self._path.with_suffix(".new")
        draft.write_bytes(_LINE.pack(*entries))
        draft.replace(self._path)

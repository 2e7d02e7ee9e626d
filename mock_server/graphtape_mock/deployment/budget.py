"""What a session may spend of a live deployment: runs, time, and how many runs at once.

A run of a real model costs money, so every run that a session makes goes through one governor.
What it counts is kept in a folder, so that several processes (the workers of pytest-xdist) spend
one budget together. The lock of a file that is there belongs to the process that holds it, and is
free again when that process dies.
"""

import fcntl
import os
import re
import struct
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path

from graphtape_contracts import Response

RETRIED = frozenset((429, 503))
"""The statuses that ask to come back later."""
MOST_RETRIES = 5
"""How often a request that is put off is made again."""
_DEFAULT_DELAY = 1.0
"""Seconds before a request is made again where the deployment does not say."""
_POLL = 0.02
_SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?")
_LINE = struct.Struct("3d")


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """What may be spent."""

    runs: int
    seconds: float
    """From when the first run was asked for."""
    at_once: int = 1
    """Runs that may be under way at the same time."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent."""

    runs: int = 0
    seconds: float = 0.0
    waits: int = 0
    """How often the deployment asked to come back later."""


class BudgetExhausted(Exception):
    """There is nothing left of the budget: what is spent."""

    def __init__(self, spent: str) -> None:
        super().__init__(spent)
        self.spent = spent

    def __str__(self) -> str:
        return f"the budget is spent: {self.spent}"


class RunBudget:
    """Lets runs through until the budget is spent."""

    def __init__(
        self,
        budget: BudgetLimits,
        folder: Path,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Count in *folder*, which is there; *clock* is the same for all who share it."""
        self.budget = budget
        self._folder = folder
        self._clock = clock
        self._sleep = sleep

    @contextmanager
    def run(self) -> Generator[None]:
        """Let one run through, when there is room for it. Raises BudgetExhausted.

        It counts unless `refund` takes it back.
        """
        with self._slot():
            self._count(1)
            yield

    def release(self) -> None:
        """Take one run back: the deployment refused it, so it cost nothing."""
        self._count(-1)

    def wait_for_retry(self, response: Response) -> bool:
        """Wait as long as *response* asks for; return whether the request is to be made again.

        Raises BudgetExhausted where the time left is shorter than that.
        """
        if response.status not in RETRIED:
            return False
        delay = self._delay(response)
        with self._ledger() as ledger:
            entries = ledger.read()
            now = self._clock()
            started = entries[0] or now
            left = started + self.budget.seconds - now
            if delay > left:
                raise BudgetExhausted(
                    f"the deployment asks to come back in {delay:g} s, of {self.budget.seconds:g} "
                    f"s {max(left, 0):.0f} s are left"
                )
            ledger.write((started, entries[1], entries[2] + 1))
        self._sleep(delay)
        return True

    @property
    def left(self) -> int:
        """How many runs are left; none where the time is over."""
        spent = self.spent
        in_time = spent.seconds < self.budget.seconds
        return max(0, self.budget.runs - spent.runs) if in_time else 0

    @property
    def spent(self) -> Spent:
        """What was spent so far, by all who share the folder."""
        with self._ledger() as ledger:
            started, runs, put_off = ledger.read()
        return Spent(int(runs), self._clock() - started if started else 0.0, int(put_off))

    def _delay(self, response: Response) -> float:
        """Return the seconds that Retry-After asks for: a number, or a date."""
        asked = (response.header("retry-after") or "").strip()
        if _SECONDS.fullmatch(asked):
            return float(asked)
        try:
            date = parsedate_to_datetime(asked)
        except ValueError:
            return _DEFAULT_DELAY
        return max(0.0, date.replace(tzinfo=date.tzinfo or UTC).timestamp() - self._clock())

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
        """Hold one of the places for runs that are under way at the same time."""
        while True:
            for number in range(self.budget.at_once):
                with (self._folder / f"slot-{number}").open("w") as slot:
                    try:
                        fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        continue
                    yield
                    return
            self._sleep(_POLL)

    @contextmanager
    def _ledger(self) -> "Generator[_Ledger]":
        file = os.open(self._folder / "ledger", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield _Ledger(file)
        finally:
            os.close(file)


_Entries = tuple[float, float, float]
"""When the first run was asked for (0 if none was), runs, and requests that were put off."""


class _Ledger:
    """The file that counts, while it is locked.

    What it says is always of one length and written at once, so that a process which is killed
    meanwhile leaves the old numbers or the new ones: none at all would be a budget that is whole.
    """

    def __init__(self, file: int) -> None:
        self._file = file

    def read(self) -> _Entries:
        text = os.pread(self._file, _LINE.size, 0)
        return _LINE.unpack(text) if text else (0.0, 0.0, 0.0)

    def write(self, entries: _Entries) -> None:
        os.pwrite(self._file, _LINE.pack(*entries), 0)

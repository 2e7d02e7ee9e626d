"""The runs in progress, so that another request can cancel them.

All of it belongs to one event loop.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

ACTIVE_LIMIT = 100_000
"""Runs that can be cancelled; beyond it the oldest go on, but can't be."""


@dataclass(slots=True)
class ActiveRun:
    """A run in progress."""

    run_id: str
    thread_id: str
    cancel: Callable[[], None]
    started: bool = True
    """False while it waits for its `after_seconds`."""
    cancelled: bool = False

    @property
    def status(self) -> str:
        """`pending` or `running`."""
        return "running" if self.started else "pending"


class ActiveRuns:
    """The runs in progress."""

    def __init__(self, *, limit: int = ACTIVE_LIMIT) -> None:
        self._runs: dict[str, ActiveRun] = {}
        self._limit = limit

    def __len__(self) -> int:
        return len(self._runs)

    def start(
        self, run_id: str, thread_id: str, cancel: Callable[[], None], *, started: bool = True
    ) -> ActiveRun:
        """Note that a run is in progress, which *cancel* ends."""
        while len(self._runs) >= self._limit:
            del self._runs[next(iter(self._runs))]
        run = self._runs[run_id] = ActiveRun(run_id, thread_id, cancel, started)
        return run

    def finish(self, run_id: str) -> None:
        """Note that a run ended; fine for one that is not known."""
        self._runs.pop(run_id, None)

    def cancel(
        self,
        *,
        thread_id: str | None = None,
        run_ids: Collection[str] = (),
        status: str | None = None,
    ) -> int:
        """Cancel runs and return how many: those *run_ids* of a thread, or those with a *status*.

        *status* is `pending`, `running` or `all`. A run is cancelled once only.
        """
        cancelled = 0
        for run in list(self._runs.values()):
            if status is None:
                wanted = run.thread_id == thread_id and run.run_id in run_ids
            else:
                wanted = status in ("all", run.status)
            if wanted and not run.cancelled:
                run.cancelled = True
                run.cancel()
                cancelled += 1
        return cancelled

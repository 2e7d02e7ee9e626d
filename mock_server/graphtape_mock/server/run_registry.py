"""The runs in progress, which can be cancelled, and the threads that finished runs leave.

Belongs to one event loop.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from graphtape_mock.replay.run_response import RunResponse
from graphtape_mock.server.thread_store import ThreadStore

ACTIVE_LIMIT = 100_000
"""The maximum number of runs that can be cancelled; beyond it the oldest just continue."""


@dataclass(slots=True)
class _ActiveRun:
    thread_id: str
    cancel: Callable[[], None]
    cancelled: bool = False


class RunRegistry:
    """The runs in progress, and the threads that they leave."""

    def __init__(self, threads: ThreadStore, *, limit: int = ACTIVE_LIMIT) -> None:
        self._threads = threads
        self._limit = limit
        self._active: dict[str, _ActiveRun] = {}

    def __len__(self) -> int:
        return len(self._active)

    def start(self, response: RunResponse, cancel: Callable[[], None]) -> None:
        """Add the run of *response*; *cancel* ends it. Its thread is busy until it finishes."""
        request = response.request
        while len(self._active) >= self._limit:
            del self._active[next(iter(self._active))]
        self._active[response.run_id] = _ActiveRun(response.thread_id, cancel)
        ids = {"graph_id": request.graph_id, "assistant_id": request.assistant}
        self._threads.occupy(response.thread_id, ids | request.metadata)

    def finish(self, response: RunResponse) -> None:
        """Remove the run of *response*, and its thread unless the request keeps it."""
        self._active.pop(response.run_id, None)
        self._settle_thread(response)

    def record_finished(self, response: RunResponse) -> None:
        """Start and finish the run of a *response* that was sent in one piece."""
        self.start(response, _do_nothing)
        self.finish(response)

    def cancel(
        self,
        *,
        thread_id: str | None = None,
        run_ids: Collection[str] = (),
        status: str | None = None,
    ) -> int:
        """Cancel the runs *run_ids* of a thread, or all with a *status*; return their number.

        *status* is `pending`, `running` or `all`. Every run in progress counts as running, also
        while it waits for its `after_seconds`. A run is cancelled only once.
        """
        cancelled = 0
        for run_id, run in list(self._active.items()):
            if status is None:
                wanted = run.thread_id == thread_id and run_id in run_ids
            else:
                wanted = status in ("all", "running")
            if wanted and not run.cancelled:
                run.cancelled = True
                run.cancel()
                cancelled += 1
        return cancelled

    def _settle_thread(self, response: RunResponse) -> None:
        if response.request.on_completion != "keep":
            self._threads.forget(response.thread_id)
            return
        state = response.thread_state()
        self._threads.release(
            response.thread_id, state.status, state.values, state.error, state.interrupts
        )


def _do_nothing() -> None:
    """Cancel nothing: the run is already over."""

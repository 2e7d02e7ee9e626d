"""The runs in progress, which can be cancelled, and the threads that finished runs leave.

Belongs to one event loop.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from graphtape_mock.replay.pacing import Clock
from graphtape_mock.replay.run_response import RunResponse
from graphtape_mock.replay.thread_state import ThreadState
from graphtape_mock.server.json_size import size_of
from graphtape_mock.server.thread_store import ThreadStore

ACTIVE_LIMIT = 100_000
"""The maximum number of cancellable runs with a client; older ones run to their end."""
UNATTENDED_LIMIT = 10_000
"""The maximum number of runs in progress without a client; the oldest finish at once."""
UNATTENDED_BYTES = 32 * 1024 * 1024
"""The maximum size of runs without a client in memory; the oldest finish at once."""

_BYTES_OF_RUN = 1500
"""The memory of a run without a client, besides its state; measured on CPython 3.11."""


@dataclass(slots=True)
class _ActiveRun:
    thread_id: str
    cancel: Callable[[], None]
    cancelled: bool = False


@dataclass(slots=True)
class _UnattendedRun:
    thread_id: str
    state: ThreadState | None
    """The state in which the run leaves its thread; None if the thread is not kept."""
    size: int
    stop_timer: Callable[[], None]


class RunRegistry:
    """The runs in progress, and the threads that they leave."""

    def __init__(
        self,
        threads: ThreadStore,
        *,
        limit: int = ACTIVE_LIMIT,
        unattended_limit: int = UNATTENDED_LIMIT,
        unattended_bytes: int = UNATTENDED_BYTES,
    ) -> None:
        self._threads = threads
        self._limit = limit
        self._unattended_limit, self._unattended_bytes = unattended_limit, unattended_bytes
        self._active: dict[str, _ActiveRun] = {}
        self._unattended: dict[str, _UnattendedRun] = {}
        self.bytes = 0
        """The bytes that runs without a client take in memory, roughly."""

    def __len__(self) -> int:
        return len(self._active) + len(self._unattended)

    def start(self, response: RunResponse, cancel: Callable[[], None]) -> None:
        """Add the run of *response*; *cancel* ends it. Its thread is busy until it finishes."""
        while len(self._active) >= self._limit:
            del self._active[next(iter(self._active))]
        self._active[response.run_id] = _ActiveRun(response.thread_id, cancel)
        self._occupy(response)

    def finish(self, response: RunResponse) -> None:
        """Remove the run of *response*, and its thread unless the request keeps it.

        Does nothing for a run that continues without a client.
        """
        if response.run_id in self._unattended:
            return
        self._active.pop(response.run_id, None)
        self._settle(response.thread_id, _state_to_keep(response))

    def record_finished(self, response: RunResponse) -> None:
        """Start and finish the run of a *response* that was sent in one piece."""
        self._occupy(response)
        self.finish(response)

    def leave_alone(self, response: RunResponse, until: float, clock: Clock) -> None:
        """Let the run of *response* continue without a client *until* that time on *clock*.

        Its output is not rendered, so it costs only a timer.
        """
        if self._active.pop(response.run_id, None) is None:
            self._occupy(response)
        run_id, state = response.run_id, _state_to_keep(response)
        size = _BYTES_OF_RUN + (0 if state is None else size_of([state.values, state.interrupts]))
        stop_timer = clock.wake_at(until, lambda: self._finish_unattended(run_id))
        self._unattended[run_id] = _UnattendedRun(response.thread_id, state, size, stop_timer)
        self.bytes += size
        while len(self._unattended) > 1 and self._is_full():
            self._finish_unattended(next(iter(self._unattended)))

    def end_unattended(self) -> None:
        """Finish all runs without a client at once."""
        for run_id in tuple(self._unattended):
            self._finish_unattended(run_id)

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
        runs: dict[str, _ActiveRun | _UnattendedRun] = {**self._active, **self._unattended}
        for run_id, run in runs.items():
            if status is None:
                wanted = run.thread_id == thread_id and run_id in run_ids
            else:
                wanted = status in ("all", "running")
            if not wanted:
                continue
            if isinstance(run, _UnattendedRun):
                self._finish_unattended(run_id)
                cancelled += 1
            elif not run.cancelled:
                run.cancelled = True
                run.cancel()
                cancelled += 1
        return cancelled

    def _is_full(self) -> bool:
        return len(self._unattended) > self._unattended_limit or self.bytes > self._unattended_bytes

    def _occupy(self, response: RunResponse) -> None:
        request = response.request
        ids = {"graph_id": request.graph_id, "assistant_id": request.assistant}
        self._threads.occupy(response.thread_id, ids | request.metadata)

    def _finish_unattended(self, run_id: str) -> None:
        run = self._unattended.pop(run_id, None)
        if run is not None:
            run.stop_timer()
            self.bytes -= run.size
            self._settle(run.thread_id, run.state)

    def _settle(self, thread_id: str, state: ThreadState | None) -> None:
        if state is None:
            self._threads.forget(thread_id)
            return
        self._threads.release(thread_id, state.status, state.values, state.error, state.interrupts)


def _state_to_keep(response: RunResponse) -> ThreadState | None:
    return response.thread_state() if response.request.on_completion == "keep" else None

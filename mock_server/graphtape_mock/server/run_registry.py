"""The life of a run beside its response: it can be cancelled, and it has a thread."""

from collections.abc import Callable

import orjson

from graphtape_mock.replay.engine import RunResponse
from graphtape_mock.replay.thread_state import thread_state_of
from graphtape_mock.server.active_runs import ActiveRuns
from graphtape_mock.server.thread_store import ThreadStore


class RunRegistry:
    """Notes what runs are in progress, and which threads they leave."""

    def __init__(self, active: ActiveRuns, threads: ThreadStore) -> None:
        self._active = active
        self._threads = threads

    def start(self, answer: RunResponse, cancel: Callable[[], None]) -> None:
        """Note that the run of *answer* is in progress, which *cancel* ends."""
        request = answer.request
        self._active.start(answer.run_id, answer.thread_id, cancel)
        ids = {"graph_id": request.graph_id, "assistant_id": request.assistant}
        self._threads.occupy(answer.thread_id, ids | request.metadata)

    def record_finished(self, answer: RunResponse) -> None:
        """Note a run that was answered at once."""
        self.start(answer, _too_late)
        self.finish(answer)

    def finish(self, answer: RunResponse) -> None:
        """Note that the run of *answer* is over: its thread goes, unless it is to be kept."""
        self._active.finish(answer.run_id)
        if answer.request.on_completion == "keep":
            outcome = thread_state_of(answer.prepared.source.frames)
            recorded = orjson.dumps((outcome.values, outcome.interrupts))
            values, interrupts = orjson.loads(answer.prepared.fill(recorded, answer.values))
            self._threads.release(
                answer.thread_id, outcome.status, values, outcome.error, interrupts
            )
        else:
            self._threads.forget(answer.thread_id)


def _too_late() -> None:
    """A run that is over already can't be cancelled."""

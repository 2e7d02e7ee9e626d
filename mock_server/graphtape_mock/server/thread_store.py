"""Threads: created by clients, busy with a run, or kept by one."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from graphtape_contracts.json_value import Json
from graphtape_mock.replay.ids import IdSource
from graphtape_mock.server.errors import ApiError, NotAvailable
from graphtape_mock.server.validation.json_body import parse_uuid, strip_metadata

THREAD_LIMIT = 10_000
"""The maximum number of threads; the oldest are dropped."""


class ThreadStore:
    """A bounded store of threads, in memory."""

    def __init__(
        self,
        *,
        limit: int = THREAD_LIMIT,
        new_id: Callable[[], str] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Keep *limit* threads at most; *new_id* makes the ids of those created without one.

        *now* returns the time of day in seconds since the epoch.
        """
        self._threads: dict[str, Json] = {}
        self._limit = limit
        self._new_id = new_id or IdSource().run_id
        self._clock = now

    def create(self, body: Json) -> Json:
        """Create the thread in *body*, and return it or the existing one.

        *body* is valid by `thread-create-request.json`; a time to live is accepted and has no
        effect. Raises ApiError 422 (not a UUID), 409 (exists) or 501 (with `supersteps`).
        """
        asked = body.get("thread_id")
        thread_id = parse_uuid(asked, _NOT_A_UUID) if asked else self._new_id()
        if body.get("supersteps"):
            raise NotAvailable(501, "Not implemented by graphtape: POST /threads with supersteps")
        if existing := self._threads.get(thread_id):
            if body.get("if_exists") == "do_nothing":
                return existing
            raise ApiError(409, f"Thread with ID {thread_id} already exists")
        now = self._now()
        thread: Json = {
            "thread_id": thread_id,
            "created_at": now,
            "updated_at": now,
            "state_updated_at": now,
            "metadata": strip_metadata(body.get("metadata", {})),
            "status": "idle",
            "config": {},
            "values": None,
        }
        self._keep(thread)
        return thread

    def occupy(self, thread_id: str, metadata: Json) -> None:
        """Add the thread *thread_id*, busy with a run."""
        now = self._now()
        self._keep(
            {
                "thread_id": thread_id,
                "status": "busy",
                "metadata": metadata,
                "config": {"configurable": {}},
                "created_at": now,
                "updated_at": now,
                "values": None,
                "state_updated_at": now,
            }
        )

    def release(
        self, thread_id: str, status: str, values: Any, error: Json | None, interrupts: Json
    ) -> None:
        """Set the state that a run leaves the thread *thread_id* in, unless it was deleted."""
        if thread := self._threads.get(thread_id):
            now = self._now()
            thread |= {"status": status, "updated_at": now, "values": values}
            thread |= {"state_updated_at": now, "error": error, "interrupts": interrupts}

    def forget(self, thread_id: str) -> None:
        """Remove the thread of a finished run that does not keep it."""
        self._threads.pop(thread_id, None)

    def clear(self) -> None:
        """Remove all threads."""
        self._threads.clear()

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).isoformat()

    def _keep(self, thread: Json) -> None:
        while len(self._threads) >= self._limit:
            del self._threads[next(iter(self._threads))]
        self._threads[thread["thread_id"]] = thread

    def get(self, thread_id: str) -> Json:
        """Return a thread; raises ApiError 422 or 404."""
        uuid = parse_uuid(thread_id, _NOT_A_UUID)
        try:
            return self._threads[uuid]
        except KeyError:
            raise ApiError(404, f"Thread with ID {uuid} not found") from None

    def delete(self, thread_id: str) -> None:
        """Remove a thread; raises ApiError 422 or 404."""
        del self._threads[self.get(thread_id)["thread_id"]]


_NOT_A_UUID = "Invalid thread ID: must be a UUID"

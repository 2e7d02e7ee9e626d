"""Threads: created by clients, busy with a run, or kept by a run."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from graphtape_contracts.json_value import Json
from graphtape_mock.replay.bounded_cache import BoundedCache
from graphtape_mock.replay.ids import IdSource
from graphtape_mock.server.errors import ApiError, NotAvailable, TooMuchToKeep
from graphtape_mock.server.json_size import size_of
from graphtape_mock.server.validation.json_body import parse_uuid, strip_metadata

THREAD_LIMIT = 10_000
"""The maximum number of threads; the oldest are dropped."""
THREAD_BYTES = 32 * 1024 * 1024
"""The maximum size of all threads in memory, in bytes; the oldest are dropped."""


class ThreadStore:
    """A bounded store of threads, in memory."""

    def __init__(
        self,
        *,
        limit: int = THREAD_LIMIT,
        byte_limit: int = THREAD_BYTES,
        new_id: Callable[[], str] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Keep up to *limit* threads with up to *byte_limit* bytes in total.

        *new_id* makes the ids of threads that are created without one; *now* returns the time of
        day in seconds since the epoch.
        """
        self._threads = BoundedCache[str, Json](limit, byte_limit)
        self._byte_limit = byte_limit
        self._new_id = new_id or IdSource().run_id
        self._clock = now

    @property
    def bytes(self) -> int:
        """The bytes that all threads take in memory."""
        return self._threads.bytes

    def create(self, body: Json) -> Json:
        """Create the thread in *body*, and return it or the existing one.

        *body* is valid by `thread-create-request.json`; a time to live is accepted and has no
        effect. Raises ApiError 422 (not a UUID), 409 (exists), 501 (with `supersteps`) or 507 (too
        large to keep).
        """
        asked = body.get("thread_id")
        thread_id = parse_uuid(asked, _NOT_A_UUID) if asked else self._new_id()
        if body.get("supersteps"):
            raise NotAvailable(501, "Not implemented by graphtape: POST /threads with supersteps")
        if existing := self._threads.peek(thread_id):
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
        if not self._keep(thread):
            raise TooMuchToKeep("thread", size_of(thread), self._byte_limit)
        return thread

    def occupy(self, thread_id: str, metadata: Json) -> None:
        """Add the thread *thread_id*, busy with a run, unless it is too large to keep."""
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
        """Set the state that a run leaves the thread *thread_id* in, unless it was deleted.

        A thread that is too large to keep with its state is dropped.
        """
        if thread := self._threads.peek(thread_id):
            now = self._now()
            thread |= {"status": status, "updated_at": now, "values": values}
            thread |= {"state_updated_at": now, "error": error, "interrupts": interrupts}
            self.forget(thread_id)
            self._keep(thread)

    def forget(self, thread_id: str) -> None:
        """Remove the thread of a finished run whose request does not keep it."""
        self._threads.remove(thread_id)

    def clear(self) -> None:
        """Remove all threads."""
        self._threads.clear()

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).isoformat()

    def _keep(self, thread: Json) -> bool:
        """Add *thread* as the newest; return whether it is small enough to be kept."""
        thread_id, size = thread["thread_id"], size_of(thread)
        self.forget(thread_id)
        if size > self._byte_limit:
            return False
        self._threads.add(thread_id, thread, size)
        return True

    def get(self, thread_id: str) -> Json:
        """Return a thread; raises ApiError 422 or 404."""
        uuid = parse_uuid(thread_id, _NOT_A_UUID)
        if thread := self._threads.peek(uuid):
            return thread
        raise ApiError(404, f"Thread with ID {uuid} not found")

    def delete(self, thread_id: str) -> None:
        """Remove a thread; raises ApiError 422 or 404."""
        self.forget(self.get(thread_id)["thread_id"])


_NOT_A_UUID = "Invalid thread ID: must be a UUID"

"""The journal: the latest requests to the mock and their outcome."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from starlette.types import Scope

MAX_ENTRIES = 1000
MAX_BODY = 64 * 1024
"""Bytes of the longest request body that the journal stores."""
MAX_BYTES = 72 * 1024 * 1024
"""The maximum size of all stored requests, headers included; the oldest are dropped."""

ENTRY_KEY = "graphtape.entry"
"""The key of an ASGI scope that holds the journal entry of the request."""

_BYTES_OF_ENTRY, _BYTES_OF_HEADER = 500, 200
"""What an entry and a header take in memory beside their text; measured on CPython 3.11."""


def _ignore(_: int) -> None:
    """Count nothing: the entry is no longer in the journal."""


@dataclass(slots=True)
class Entry:
    """One request and its outcome."""

    method: str
    path: str
    headers: Iterable[tuple[bytes, bytes]] = ()
    """As received, secrets included."""
    body: bytes | None = None
    """None if it was too long to keep, or never read."""
    status: int | None = None
    """None before the response starts."""
    recording: str | None = None
    """The name of the replayed recording, for a run; for a batch, that of its first run."""
    miss: str = ""
    """The reason why no recording has a response to the request; empty if one has."""
    problem: str = ""
    """The reason why an override could not be followed, or the failure of graphtape; empty if
    there is none."""
    limit: int = MAX_BODY
    grow: Callable[[int], None] = field(default=_ignore, repr=False, compare=False)
    """Called with the bytes by which the entry grows."""

    def keep(self, body: bytes) -> None:
        """Keep the *body* of the request, unless it is too long."""
        if len(body) <= self.limit:
            self.body = body
            self.grow(len(body))

    @property
    def size(self) -> int:
        """The bytes that the request takes in memory, roughly."""
        headers = sum(len(name) + len(value) + _BYTES_OF_HEADER for name, value in self.headers)
        return _BYTES_OF_ENTRY + len(self.path) + headers + len(self.body or b"")


def entry_of(scope: Scope) -> Entry:
    """Return the entry of the request of an ASGI *scope*; a new one outside of any journal."""
    entry: Entry = scope.get(ENTRY_KEY) or Entry(scope["method"], scope["path"])
    return entry


class Journal:
    """The latest requests, oldest first. Belongs to one event loop."""

    def __init__(
        self,
        limit: int | None = MAX_ENTRIES,
        body_limit: int = MAX_BODY,
        byte_limit: int = MAX_BYTES,
    ) -> None:
        """Keep *limit* requests (None: any number), each with a body of up to *body_limit* bytes.

        Together they take up to *byte_limit* bytes, headers included; the latest is always kept.
        """
        self._entries: deque[Entry] = deque()
        self._limit = limit
        self._body_limit = body_limit
        self._byte_limit = byte_limit
        self.bytes = 0
        """The bytes that all requests take in memory, roughly."""
        self.dropped = 0
        """The number of requests that were dropped since the journal was cleared."""
        self._next_response: asyncio.Event | None = None
        """Set at the next response; None while nothing waits for it."""
        self.answered = 0
        """The number of responses since the journal was cleared."""

    def open(self, scope: Scope) -> Entry:
        """Add a request; beyond a limit the oldest are dropped."""
        entry = Entry(scope["method"], scope["path"], scope["headers"], limit=self._body_limit)
        entry.grow = self._grow
        self._entries.append(entry)
        self._grow(entry.size)
        return entry

    def _grow(self, size: int) -> None:
        self.bytes += size
        while len(self._entries) > 1 and self._is_full():
            oldest = self._entries.popleft()
            oldest.grow = _ignore
            self.bytes -= oldest.size
            self.dropped += 1

    def _is_full(self) -> bool:
        too_many = self._limit is not None and len(self._entries) > self._limit
        return too_many or self.bytes > self._byte_limit

    def answer(self, entry: Entry, status: int) -> None:
        """Set the *status* of the response to a request."""
        entry.status = status
        self.answered += 1
        if self._next_response is not None:
            self._next_response.set()
            self._next_response = None

    async def until_answered(self, count: int) -> None:
        """Return after *count* responses since the journal was cleared."""
        while self.answered < count:
            self._next_response = self._next_response or asyncio.Event()
            await self._next_response.wait()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The requests, oldest first."""
        return tuple(self._entries)

    def clear(self) -> None:
        """Remove all entries."""
        for entry in self._entries:
            entry.grow = _ignore
        self._entries.clear()
        self.bytes = self.dropped = self.answered = 0

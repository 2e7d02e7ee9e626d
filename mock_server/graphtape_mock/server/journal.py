"""The journal: the latest requests to the mock and their outcome."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import Scope

MAX_ENTRIES = 1000
MAX_BODY = 64 * 1024
"""Bytes of the longest request body that the journal stores."""

ENTRY_KEY = "graphtape.entry"
"""The key of an ASGI scope that holds the journal entry of the request."""


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
    """The reason why no recording has a response to it; empty if one has."""
    problem: str = ""
    """The reason why an override could not be followed; empty if it was."""
    limit: int = MAX_BODY

    def keep(self, body: bytes) -> None:
        """Keep the *body* of the request, unless it is too long."""
        if len(body) <= self.limit:
            self.body = body


def entry_of(scope: Scope) -> Entry:
    """Return the entry of the request of an ASGI *scope*; a new one outside of any journal."""
    entry: Entry = scope.get(ENTRY_KEY) or Entry(scope["method"], scope["path"])
    return entry


class Journal:
    """The latest requests, oldest first. Belongs to one event loop."""

    def __init__(self, limit: int | None = MAX_ENTRIES, body_limit: int = MAX_BODY) -> None:
        """Keep *limit* requests (None: all), each with a body of up to *body_limit* bytes."""
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._body_limit = body_limit
        self._next_response: asyncio.Event | None = None
        """Set at the next response; None while nothing waits for it."""
        self.answered = 0
        """The number of responses since the journal was cleared."""

    def open(self, scope: Scope) -> Entry:
        """Add a request; beyond the limit the oldest is dropped."""
        entry = Entry(scope["method"], scope["path"], scope["headers"], limit=self._body_limit)
        self._entries.append(entry)
        return entry

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
        self._entries.clear()
        self.answered = 0

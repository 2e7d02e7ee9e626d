"""What was asked of the mock and what it answered, up to a limit."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import Scope

MAX_ENTRIES = 1000
MAX_BODY = 64 * 1024
"""Bytes of a request body that are kept; of a longer one, nothing is."""

ENTRY_KEY = "graphtape.entry"
"""Where an ASGI scope keeps the journal's entry of its request."""


@dataclass(slots=True)
class Entry:
    """One request and what became of it."""

    method: str
    path: str
    headers: Iterable[tuple[bytes, bytes]] = ()
    """As they came, secrets among them."""
    body: bytes | None = None
    """None where it was too long to keep, or never read."""
    status: int | None = None
    """None while there is no answer yet."""
    recording: str | None = None
    """The name of the recording that answered, for a run; for a batch, that of its first."""
    miss: str = ""
    """Why nothing that was recorded answers it, where that is so."""
    problem: str = ""
    """Why the answer is not what whoever set the stage asked for, where that is so."""
    limit: int = MAX_BODY

    def keep(self, body: bytes) -> None:
        """Remember the *body* of the request, unless it is too long."""
        if len(body) <= self.limit:
            self.body = body


def entry_of(scope: Scope) -> Entry:
    """Return the entry of the request of an ASGI *scope*, or one that nobody looks at."""
    entry: Entry = scope.get(ENTRY_KEY) or Entry(scope["method"], scope["path"])
    return entry


class Journal:
    """The latest requests, oldest first. All of it belongs to one event loop."""

    def __init__(self, limit: int | None = MAX_ENTRIES, body_limit: int = MAX_BODY) -> None:
        """Keep *limit* requests, or all, and of each a body of up to *body_limit* bytes."""
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._body_limit = body_limit
        self._news: asyncio.Event | None = None
        """Set at the next answer, if anybody waits for one."""
        self.answered = 0
        """How many requests were answered since the journal was cleared."""

    def open(self, scope: Scope) -> Entry:
        """Remember a request; the oldest one goes where there are too many."""
        entry = Entry(scope["method"], scope["path"], scope["headers"], limit=self._body_limit)
        self._entries.append(entry)
        return entry

    def answer(self, entry: Entry, status: int) -> None:
        """Note the *status* that a request is answered with."""
        entry.status = status
        self.answered += 1
        if self._news is not None:
            self._news.set()
            self._news = None

    async def until_answered(self, count: int) -> None:
        """Return as soon as *count* requests were answered since the journal was cleared."""
        while self.answered < count:
            self._news = self._news or asyncio.Event()
            await self._news.wait()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was asked, oldest first."""
        return tuple(self._entries)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self.answered = 0

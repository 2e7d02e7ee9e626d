"""What was asked of the mock and what it answered, up to a limit."""

from collections import deque
from dataclasses import dataclass

MAX_ENTRIES = 1000
MAX_BODY = 64 * 1024
"""Bytes of a request body that are kept; of a longer one, nothing is."""


@dataclass(slots=True)
class Entry:
    """One request and what became of it."""

    method: str
    path: str
    body: bytes | None = None
    """None where it was too long to keep, or never read."""
    status: int | None = None
    """None while there is no answer yet."""
    recording: str | None = None
    """The name of the recording that answered, for a run; for a batch, that of its first."""

    def keep(self, body: bytes) -> None:
        """Remember the *body* of the request, unless it is too long."""
        if len(body) <= MAX_BODY:
            self.body = body


class Journal:
    """The latest requests, oldest first."""

    def __init__(self, limit: int = MAX_ENTRIES) -> None:
        self._entries: deque[Entry] = deque(maxlen=limit)

    def add(self, entry: Entry) -> Entry:
        """Remember *entry*; the oldest one goes where there are too many."""
        self._entries.append(entry)
        return entry

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was asked, oldest first."""
        return tuple(self._entries)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

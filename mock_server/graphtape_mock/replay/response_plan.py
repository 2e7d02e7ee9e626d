"""A planned response: data that faults can change and that a test can hold back."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from graphtape_contracts import sse
from graphtape_mock.replay.pacing import Chunk


class Ending(StrEnum):
    """How a response ends."""

    WHOLE = "end"
    """The HTTP body ends properly: the client can't tell that anything is missing."""
    CLOSE = "close"
    """The connection closes between two chunks."""
    HALF_CHUNK = "half chunk"
    """The connection closes in the middle of a chunk."""
    RESET = "reset"
    """The connection is reset (RST)."""
    HANG = "hang"
    """The response never ends: nothing more is sent, and the connection stays open."""


Head = Sequence[tuple[bytes, bytes]]
"""The header fields of a response: pairs of name and value."""


class NoSuchEvent(LookupError):
    """A response lacks the event that a fault or a step names."""

    def __init__(self, wanted: str | int, events: tuple[str, ...]) -> None:
        super().__init__(wanted, events)
        self.wanted, self.events = wanted, events

    def __str__(self) -> str:
        names = ", ".join(self.events) or "none"
        what = f"an event number {self.wanted}"
        if isinstance(self.wanted, str):
            what = f"an event {self.wanted!r}"
        return f"expected {what}, got the events {names}"


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """A response laid out in chunks, with its head and its ending."""

    head: Head
    chunks: tuple[Chunk, ...]
    eol: sse.Eol = "\r\n"
    is_stream: bool = True
    """Whether it is a stream; otherwise the body counts as one event without a name."""
    status: int = 200
    latency: float = 0.0
    """Seconds before the head is sent."""
    ending: Ending = Ending.WHOLE
    torn: bytes = b""
    """The chunk that `HALF_CHUNK` cuts in half; empty for any other ending."""
    send_headers: bool = True
    """Whether the head is sent; if False, nothing is sent."""

    def place_of(self, event: str | int, start: int = 0) -> int:
        """Return the index of the chunk of an *event*, given by name (its first) or by number.

        The search begins at chunk *start*, where numbers count from 1. Raises NoSuchEvent.
        """
        events = [
            (place, chunk.event or "")
            for place, chunk in enumerate(self.chunks[start:], start)
            if chunk.event is not None or not self.is_stream
        ]
        if isinstance(event, int):
            found = [place for place, _ in events][event - 1 : event]
        else:
            found = [place for place, name in events if name == event][:1]
        if not found:
            raise NoSuchEvent(event, tuple(name or "(the body)" for _, name in events))
        return found[0]

    def end_of(self, after: str | int) -> int:
        """Return the number of chunks up to and including the event *after*; 0 if *after* is 0.

        Raises NoSuchEvent.
        """
        return 0 if after == 0 else self.place_of(after) + 1

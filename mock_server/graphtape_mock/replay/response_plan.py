"""What is to leave in answer to one request, laid out so that it can be disturbed or held."""

from dataclasses import dataclass
from enum import StrEnum

from graphtape_contracts import sse
from graphtape_mock.replay.pacing import Chunk


class Ending(StrEnum):
    """How a response ends."""

    WHOLE = "end"
    """As HTTP asks for: the client can't tell that anything is missing."""
    CLOSE = "close"
    """The connection closes between two chunks."""
    HALF_CHUNK = "half chunk"
    """The connection closes in the middle of a chunk."""
    RESET = "reset"
    """The connection is reset (RST)."""
    HANG = "hang"
    """It does not: nothing comes any more, and the connection stays."""


class NoSuchEvent(LookupError):
    """A response lacks the event at which something was to happen."""

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
    """A response to be."""

    head: tuple[tuple[bytes, bytes], ...]
    chunks: tuple[Chunk, ...]
    eol: sse.Eol = "\r\n"
    is_stream: bool = True
    """Whether it is a stream of events; the body of a wait counts as one event without a name."""
    status: int = 200
    latency: float = 0.0
    """Seconds before the head leaves."""
    ending: Ending = Ending.WHOLE
    torn: bytes = b""
    """The chunk in whose middle a `HALF_CHUNK` ends; nothing for any other ending."""
    sends_no_headers: bool = False
    """Whether not even the head leaves."""

    def place_of(self, event: str | int, start: int = 0) -> int:
        """Return the place among the chunks of an *event*: the first of that name, or by number.

        Places before *start* are not looked at; numbers count from 1 there. Raises NoSuchEvent.
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
        """Return how many chunks there are up to and including an event; 0 for none of them.

        Raises NoSuchEvent.
        """
        return 0 if after == 0 else self.place_of(after) + 1

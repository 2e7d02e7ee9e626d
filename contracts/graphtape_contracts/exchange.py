"""One request and everything that came back: the values every other part makes, keeps or judges."""

from dataclasses import dataclass
from enum import StrEnum

Headers = tuple[tuple[str, str], ...]
"""Header fields in the order of the wire, names in lower case."""


class End(StrEnum):
    """How the body of a response ended."""

    COMPLETE = "complete"
    """The server ended the body as HTTP asks for."""
    CUT = "cut"
    """The connection was lost in the middle of the body."""
    STOPPED = "stopped"
    """The reader went away before the end, by choice."""
    UNKNOWN = "unknown"
    """Nothing says how it ended: the writer was killed."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked."""

    method: str
    path: str
    """Path and query, as on the request line."""
    headers: Headers = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """The head of what came back."""

    status: int
    headers: Headers = ()

    def header(self, name: str) -> str | None:
        """Return the first value of the header *name* (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def is_event_stream(self) -> bool:
        """Whether an event stream follows."""
        media_type = self.header("content-type") or ""
        return media_type.split(";")[0].strip().lower() == "text/event-stream"


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of a response body: one block of an event stream, or bytes of any other body.

    `raw` is the truth; the rest is what a reader of the stream makes of it, and is None for
    a body that is no event stream. The raw bytes of all frames joined are the body.
    """

    at: float
    """Seconds since the request was sent, when its last byte arrived."""
    raw: bytes
    event: str | None = None
    data: str | None = None
    """The text of the `data` lines, joined by line feeds."""
    id: str | None = None
    comment: str | None = None
    """The text of the comment lines, joined by line feeds."""
    torn: bool = False
    """The body ended before the blank line that dispatches the block."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and everything that came back."""

    request: Request
    response: Response
    frames: tuple[Frame, ...]
    end: End = End.COMPLETE

    @property
    def body(self) -> bytes:
        """The bytes of the whole body, transfer coding removed."""
        return b"".join(frame.raw for frame in self.frames)

    @property
    def is_stream(self) -> bool:
        """Whether the body is an event stream."""
        return self.response.is_event_stream

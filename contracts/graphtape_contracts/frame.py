"""A piece of a response body, with the time at which it arrived."""

from dataclasses import dataclass


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

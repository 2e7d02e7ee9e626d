"""A piece of a response body, with the time at which it arrived."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of a response body: one block of an event stream, or bytes of any other body.

    `raw` holds the exact bytes; joined over all frames, they are the body. `event`, `data`, `id`
    and `comment` are parsed from it, and None if the block has none or the body is not a stream.
    """

    at: float
    """The time when the last byte arrived, in seconds since the request was sent."""
    raw: bytes
    event: str | None = None
    data: str | None = None
    """The text of the `data` lines, joined by line feeds."""
    id: str | None = None
    comment: str | None = None
    """The text of the comment lines, joined by line feeds."""
    torn: bool = False
    """Whether the body ended before the blank line that completes the block."""

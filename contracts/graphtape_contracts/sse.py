"""A strict codec for Server-Sent Events: bytes to frames, and frames to the same bytes.

Frames are parsed as the WHATWG HTML standard specifies (section 9.2.6). `Frame.raw` also preserves
the details that a lenient parser discards: line ends, field order, comments, unknown fields, a byte
order mark and a torn tail. This module does no I/O.
"""

import codecs
import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from graphtape_contracts.frame import Frame

Eol = Literal["\r\n", "\n", "\r"]

HEARTBEAT = "heartbeat"
"""The text of the comment that `langgraph dev` sends every five seconds."""

BOM = codecs.BOM_UTF8
# Only these three end a line. U+2028, U+2029 and U+0085 occur raw inside data.
_LINE_END = re.compile(rb"\r\n|\n|\r")
# A blank line: the end of a line directly followed by another, or one that starts the block.
_BLOCK_END = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)")


class Field(NamedTuple):
    """One line of a block: `name: value` and the line end. In a comment, the name is empty."""

    name: str
    value: str
    end: bytes


def split_fields(raw: bytes) -> list[Field]:
    """Split the *raw* bytes of one block into its lines, without the blank line at the end.

    Bytes that are not UTF-8 become U+FFFD, as the standard requires.
    """
    found: list[Field] = []
    start = 0
    for match in _LINE_END.finditer(raw):
        if match.start() > start:
            found.append(_field(raw[start : match.start()], match.group()))
        start = match.end()
    if start < len(raw):
        found.append(_field(raw[start:], b""))
    return found


def _field(line: bytes, end: bytes) -> Field:
    name, colon, value = line.decode("utf-8", "replace").partition(":")
    return Field(name, value.removeprefix(" ") if colon else "", end)


def frame(raw: bytes, at: float = 0.0, *, first: bool = False, torn: bool = False) -> Frame:
    """Parse one block, whose *raw* bytes arrived *at* seconds after the request, into a frame.

    A byte order mark is ignored at the start of the *first* block of a stream only.
    """
    event: str | None = None
    id_: str | None = None
    data: list[str] = []
    comments: list[str] = []
    for name, value, _ in split_fields(raw.removeprefix(BOM) if first else raw):
        if name == "event":
            event = value
        elif name == "data":
            data.append(value)
        elif name == "id" and "\0" not in value:
            id_ = value
        elif name == "":
            comments.append(value)
    return Frame(
        at,
        raw,
        event,
        "\n".join(data) if data else None,
        id_,
        "\n".join(comments) if comments else None,
        torn,
    )


class Decoder:
    """Splits the bytes of an event stream into frames, as they arrive.

    How the bytes are divided between calls of `feed` affects only the times of the frames.
    """

    def __init__(self) -> None:
        self._pending = bytearray()
        self._searched = 0
        self._first = True

    def feed(self, data: bytes, at: float = 0.0) -> list[Frame]:
        """Process *data*, which arrived at the time *at*; return the frames that it completes."""
        self._pending += data
        frames: list[Frame] = []
        while (end := self._block_end()) is not None:
            if end == len(self._pending) and self._pending.endswith(b"\r"):
                break  # If a line feed follows, it belongs to this carriage return.
            frames.append(self._take(end, at))
        return frames

    def close(self, at: float = 0.0) -> list[Frame]:
        """End the stream at the time *at*; return the remaining frames.

        There are at most two: a complete block that ends with a carriage return, and a torn tail.
        """
        frames: list[Frame] = []
        if (end := self._block_end()) is not None:
            frames.append(self._take(end, at))
        if self._pending:
            frames.append(self._take(len(self._pending), at, torn=True))
        return frames

    def _take(self, end: int, at: float, *, torn: bool = False) -> Frame:
        taken = frame(bytes(self._pending[:end]), at, first=self._first, torn=torn)
        del self._pending[:end]
        self._searched = 0
        self._first = False
        return taken

    def _block_end(self) -> int | None:
        start = len(BOM) if self._first and self._pending.startswith(BOM) else 0
        match = _LINE_END.match(self._pending, start) or _BLOCK_END.search(
            self._pending, max(start, self._searched)
        )
        if match:
            return match.end()
        # If the end of a block is split between calls, at most three of its bytes are here already.
        self._searched = max(0, len(self._pending) - 3)
        return None


def decode(body: bytes) -> list[Frame]:
    """Split a whole *body* into frames, whose times are 0.0."""
    decoder = Decoder()
    return decoder.feed(body) + decoder.close()


def encode(frames: Iterable[Frame]) -> bytes:
    """Return the raw bytes of the *frames*, joined."""
    return b"".join(frame.raw for frame in frames)


def encode_event(event: str, data: str, id_: str | None = None, *, eol: Eol = "\r\n") -> bytes:
    """Return the block of one event, with its fields in the servers' order: `event`, `data`, `id`.

    Each line of *data* becomes a `data` line. Observed on langgraph-api 0.16.7 (CRLF, `id` only
    when the stream is resumable) and on LangGraph.js (LF, and sometimes data of several lines).
    """
    data_lines = f"{eol}data: ".join(data.split("\n"))
    id_line = f"id: {id_}{eol}" if id_ is not None else ""
    return f"event: {event}{eol}data: {data_lines}{eol}{id_line}{eol}".encode()


def encode_comment(text: str = HEARTBEAT, *, eol: Eol = "\r\n") -> bytes:
    """Return the block of one comment."""
    return f": {text}{eol}{eol}".encode()

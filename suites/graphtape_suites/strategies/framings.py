"""Strategies for the bytes of a stream: line ends, order of fields, comments and network chunks.

A server of unknown dialect may write anything that the standard of Server-Sent Events allows and
the SDKs read: CRLF or LF, any order of fields, data that spans several lines, comments between
events. The standard also allows lines that end with CR alone. They are never drawn, because some
clients split lines only at LF.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import Frame
from graphtape_contracts.sse import Decoder
from graphtape_suites.strategies.model.run_view import NamedEvent


@dataclass(frozen=True)
class Style:
    """How a server formats JSON: indentation, separators and escapes."""

    indent: int | None = None
    separators: tuple[str, str] = (",", ":")
    ascii_only: bool = False

    def write(self, value: Any) -> str:
        """Return *value* as JSON."""
        return json.dumps(
            value,
            ensure_ascii=self.ascii_only,
            indent=self.indent,
            separators=self.separators if self.indent is None else (",", ": "),
        )


COMPACT = Style()
PRETTY = Style(indent=2)
SPACED = Style(separators=(", ", ": "), ascii_only=True)
"""The style of Aegra for the body of a wait."""


@dataclass(frozen=True)
class Framing:
    """How a server writes the events of a stream as bytes."""

    eol: str = "\r\n"
    style: Style = COMPACT
    fields: tuple[str, ...] = ("event", "data", "id")
    colon: str = ": "
    heartbeat: str | None = ": heartbeat\r\n\r\n"
    """The comment block sent while the stream is idle; None if the server sends none."""
    null_is_empty: bool = False
    """Whether an event whose data is null gets an empty `data` field."""

    def write(self, event: NamedEvent, id_: str | None = None) -> bytes:
        """Return the block of *event*, with *id_* as its id unless that is None."""
        name, value = event
        text = "" if value is None and self.null_is_empty else self.style.write(value)
        lines: dict[str, Sequence[str]] = {
            "event": [name],
            "data": text.split("\n"),
            "id": [] if id_ is None else [id_],
        }
        written = [
            f"{field}{self.colon}{line}{self.eol}" for field in self.fields for line in lines[field]
        ]
        return ("".join(written) + self.eol).encode()


_FRAMINGS: dict[Dialect, tuple[Framing, ...]] = {
    Dialect.PYTHON: (Framing(),),
    Dialect.JAVASCRIPT: (
        Framing("\n", PRETTY, heartbeat=None),
        Framing("\n", COMPACT, heartbeat=None),
    ),
    Dialect.AEGRA: (Framing("\n", null_is_empty=True),),
}


@cache
@st.composite
def framings(draw: st.DrawFn, dialect: Dialect | None) -> Framing:
    """Draw the framing of a server of the *dialect*; any framing for an unknown one."""
    if dialect is not None:
        return draw(st.sampled_from(_FRAMINGS[dialect]))
    eol = draw(st.sampled_from(("\r\n", "\n")))
    comment = draw(st.sampled_from((": heartbeat", ":", ": ping - 2026-11-22 07:14", ":\u2028")))
    comment_eol = draw(st.sampled_from(("\r\n", "\n")))
    return Framing(
        eol,
        draw(st.sampled_from((COMPACT, PRETTY, SPACED))),
        draw(st.permutations(("event", "data", "id")).map(tuple)),
        draw(st.sampled_from((": ", ":"))),
        draw(st.none() | st.just(f"{comment}{comment_eol}{comment_eol}")),
    )


@st.composite
def chunkings(draw: st.DrawFn, body: bytes) -> list[bytes]:
    """Draw a way to cut *body* into chunks, as a network may deliver it."""
    if not body:
        return []
    way = draw(st.sampled_from(("whole", "bytes", "cut")))
    if way == "whole":
        return [body]
    if way == "bytes" and len(body) < 2000:
        return [body[n : n + 1] for n in range(len(body))]
    cuts = sorted(draw(st.sets(st.integers(0, len(body)), max_size=8)) | {0, len(body)})
    return [body[a:b] for a, b in pairwise(cuts)]


def frames_of(chunks: Iterable[bytes]) -> tuple[Frame, ...]:
    """Parse the *chunks* of a stream's body into frames; one chunk arrives per millisecond."""
    decoder = Decoder()
    frames: list[Frame] = []
    at = 0.0
    for chunk in chunks:
        at += 0.001
        frames += decoder.feed(chunk, at)
    return (*frames, *decoder.close(at))

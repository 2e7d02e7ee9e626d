"""Redacts secrets that are split over the frames of a stream.

The pieces of each text are joined and searched. The first piece of a secret gets the placeholder,
and the later pieces lose their part, so that the joined text is redacted as a whole. In a mode
where each frame repeats the text so far, each gets the placeholder for its part of the secret.
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from graphtape_contracts import Frame
from graphtape_mock.redaction.found import PLACEHOLDER, Found, merged
from graphtape_mock.redaction.given_values import GivenValues
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.redaction.streamed_text import Piece, TextKey, pieces_of

MOST_HELD_FRAMES = 256
"""The maximum number of frames to hold back, whatever comes between the pieces of a text."""
MOST_HELD_BYTES = 1_000_000
"""The maximum number of bytes to hold back; the latest frame may exceed it."""
_PATIENCE = 64  # A text ends after this many frames without a piece of it.


def redact_frames(frames: Iterable[Frame], redactor: Redactor) -> tuple[Frame, ...]:
    """Return the *frames* of a whole stream without secrets, also without split ones.

    A frame without a secret is the same object. The frames are either as received, or as
    LiveRedaction returned them; in that case, call `keep_placeholders` of the *redactor* first.
    Do not pass frames that were redacted one by one: parts of split secrets would be missed.
    """
    frames = tuple(frames)
    parts: list[list[Found]] = [[] for _ in frames]
    texts: dict[TextKey, _Text] = {}
    for number, frame in enumerate(frames):
        for piece in pieces_of(frame):
            text = texts.get(piece.key)
            if text is None or not text.continues(piece):
                if text is not None:
                    text.add_parts(redactor, parts)
                text = texts[piece.key] = _Text()
            text.add(number, piece)
    for text in texts.values():
        text.add_parts(redactor, parts)
    return tuple(
        redactor.replace_in_frame(
            frame,
            _with_parts(redactor.find(frame.raw, torn=frame.torn), parts[number - 1]),
            stream=True,
            first=number == 1,
            place=f"event {number}",
        )
        for number, frame in enumerate(frames, 1)
    )


def _with_parts(found: Iterable[Found], parts: list[Found]) -> Iterator[Found]:
    """Yield *parts* and *found*, except given values that overlap a given value in *parts*."""
    yield from parts
    for each in found:
        if each.kind != "given" or not any(
            part.kind == "given" and part.start < each.end and each.start < part.end
            for part in parts
        ):
            yield each


def _given_in(text: bytes, given: GivenValues) -> Iterator[Found]:
    """Yield the *given* values in *text*."""
    return (Found(start, end, "given", value) for start, end, value in given.find(text))


class _Text:
    """A text that is joined from its pieces."""

    def __init__(self) -> None:
        self._pieces: list[tuple[int, int, Piece]] = []  # Frame number and offset of each piece.
        self._joined = bytearray()

    def continues(self, piece: Piece) -> bool:
        return not piece.key.grows or piece.text.startswith(self._joined)

    def add(self, frame: int, piece: Piece) -> None:
        if piece.key.grows:
            self._pieces.append((frame, 0, piece))
            self._joined[:] = piece.text
        else:
            self._pieces.append((frame, len(self._joined), piece))
            self._joined += piece.text

    def add_parts(self, redactor: Redactor, parts: list[list[Found]]) -> None:
        """Find the secrets in the text; append their parts to *parts*, by frame number."""
        joined = bytes(self._joined)
        if sum(len(piece.segments) for _, _, piece in self._pieces) < 2:
            return  # The search in single frames finds the secrets in one string.
        # Quotes belong to the text, also where they make it look like JSON.
        given = _given_in(joined, redactor.given)
        for secret in merged(chain(redactor.find(joined), given), joined):
            if secret.kind != PLACEHOLDER:
                for frame, offset, piece in self._pieces:
                    parts[frame] += _parts(secret, piece, offset)


def _parts(secret: Found, piece: Piece, offset: int) -> Iterator[Found]:
    """Yield the parts in *piece* of a *secret* in a text; *offset* is where the piece begins."""
    begins = secret.start >= offset
    # Here the text, and so the number in it, is inside another JSON string.
    quote = json.dumps(secret.quote.decode())[1:-1].encode()
    for start, end in piece.written(max(0, secret.start - offset), max(0, secret.end - offset)):
        whole = secret.secret if begins else None
        yield Found(start, end, secret.kind, whole, quote if begins else b"", is_part=True)
        begins = False


@dataclass
class _Held:
    """A frame that is held back until the next frames are known."""

    number: int
    frame: Frame
    pieces: list[Piece]
    parts: list[Found] = field(default_factory=list[Found])


@dataclass
class _Open:
    """A text whose end may be the beginning of a given value."""

    end: bytes
    """The end of the text that may be the beginning of a given value."""
    pieces: list[tuple[_Held, int, Piece]]
    """The pieces in `end`: frame, offset of the piece in `end` (may be negative), and piece."""
    latest: int
    """The number of the last frame with a piece of the text."""


class LiveRedaction:
    """Redacts the frames of a stream as they come, and finds given values that are split.

    A frame is held back only while the end of a text in it may be the beginning of a given value.
    The frames after it wait, too, to keep their order. In streamed text, only given values are
    replaced, because the formats of keys apply to whole texts. `redact_frames` replaces the other
    secrets when the stream is complete.
    """

    def __init__(self, redactor: Redactor) -> None:
        """Take the *redactor*, whose given values are replaced."""
        self._redactor = redactor
        self._given: GivenValues = redactor.given
        self._queue: deque[_Held] = deque()
        self._bytes = 0
        self._open: dict[TextKey, _Open] = {}
        self._count = 0

    def feed(self, frame: Frame) -> list[Frame]:
        """Take the next *frame*; return those that may be written, in their order."""
        self._count += 1
        held = _Held(self._count, frame, pieces_of(frame))
        self._queue.append(held)
        self._bytes += len(frame.raw)
        if self._given.longest:
            for piece in held.pieces:
                self._add(held, piece)
        for key in [
            key for key, text in self._open.items() if self._count - text.latest >= _PATIENCE
        ]:
            self._settle(key)
        while len(self._queue) > MOST_HELD_FRAMES or self._bytes > MOST_HELD_BYTES:
            if not self._open:
                break
            self._settle(min(self._open, key=lambda key: self._open[key].pieces[0][0].number))
        return list(self._released())

    def close(self) -> list[Frame]:
        """End the stream; return the frames that were held back."""
        for key in list(self._open):
            self._settle(key)
        return list(self._released())

    def _add(self, held: _Held, piece: Piece) -> None:
        before = self._open.pop(piece.key, None)
        joined = piece.text
        pieces = [(held, 0, piece)]
        if before is not None and piece.key.grows:
            # The pieces that this piece repeats.
            pieces = [each for each in before.pieces if joined.startswith(each[2].text)] + pieces
        elif before is not None:
            joined = before.end + joined
            pieces = [*before.pieces, (held, len(before.end), piece)]
        values = self._values_in(joined)
        start = self._given.beginning(joined)
        for value in values:
            # A complete value can continue only as a longer value with the same beginning.
            if start is not None and value.start < start < value.end:
                start = self._given.beginning(joined, value.end)
        _mark(values, pieces, len(joined) if start is None else start)
        if start is None:
            return
        shift = 0 if piece.key.grows else start
        self._open[piece.key] = _Open(
            joined[shift:],
            [
                (each, offset - shift, part)
                for each, offset, part in pieces
                if offset + len(part.text) > start
            ],
            held.number,
        )

    def _values_in(self, text: bytes) -> list[Found]:
        values = (Found(start, end, "given", value) for start, end, value in self._given.find(text))
        return list(merged(values, text))

    def _settle(self, key: TextKey) -> None:
        text = self._open.pop(key)
        _mark(self._values_in(text.end), text.pieces, len(text.end))

    def _released(self) -> Iterator[Frame]:
        first = min(
            (text.pieces[0][0].number for text in self._open.values()), default=self._count + 1
        )
        while self._queue and self._queue[0].number < first:
            held = self._queue.popleft()
            self._bytes -= len(held.frame.raw)
            yield self._redacted(held)

    def _redacted(self, held: _Held) -> Frame:
        raw = held.frame.raw
        streamed = [span for piece in held.pieces for span in piece.written(0, len(piece.text))]
        whole = [
            found
            for found in self._redactor.find(raw, torn=held.frame.torn)
            if found.kind in ("given", PLACEHOLDER)
            or not any(start < found.end and found.start < end for start, end in streamed)
        ]
        return self._redactor.replace_in_frame(
            held.frame,
            _with_parts(whole, held.parts),
            stream=True,
            first=held.number == 1,
            place=f"event {held.number}",
        )


def _mark(values: list[Found], pieces: list[tuple[_Held, int, Piece]], stop: int) -> None:
    """Add the *values* that begin before *stop* to the frames of the *pieces* of the text."""
    for value in values:
        if value.start < stop:
            for held, offset, piece in pieces:
                held.parts += _parts(value, piece, offset)

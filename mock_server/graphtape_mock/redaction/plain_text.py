"""Bytes with their escapes undone, mapped to their places in the original bytes."""

import html
import re
from bisect import bisect_right
from collections.abc import Callable

from graphtape_mock.redaction.json_leaves import ESCAPE, unescaped

Span = tuple[int, int]
"""The start and end offsets of a part of some bytes."""

_WRITTEN_FOR_THE_WEB = re.compile(
    rb"%[0-9A-Fa-f]{2}|&(?:amp|lt|gt|quot|apos|#[0-9]{1,6}|#[xX][0-9A-Fa-f]{1,5});"
)


class PlainText:
    """A part of other bytes with escapes undone, as `data`."""

    __slots__ = ("_cuts", "_places", "_plain", "data")

    def __init__(self, data: bytes, cuts: list[int], places: list[int], plain: list[bool]) -> None:
        """Take *data* in runs that start at *cuts*, and their *places* in the original bytes.

        A run that is not *plain* stands for an escape, which can't be divided. The last cut is the
        end of *data*.
        """
        self.data = data
        self._cuts, self._places, self._plain = cuts, places, plain

    @classmethod
    def of(cls, data: bytes) -> "PlainText":
        """Return a PlainText of *data* as it is, without escapes to undo."""
        return cls(data, [0, len(data)], [0, len(data)], [True, True])

    def span(self, start: int, end: int) -> Span:
        """Return the place in the original bytes of the part from *start* to *end*, not empty."""
        first = bisect_right(self._cuts, start) - 1
        last = bisect_right(self._cuts, end - 1) - 1
        begin = self._places[first]
        if self._plain[first]:
            begin += start - self._cuts[first]
        if self._plain[last]:
            return begin, self._places[last] + end - self._cuts[last]
        return begin, self._places[last + 1]

    def string(self, start: int, end: int) -> "PlainText":
        """Return the inside of a JSON string, from *start* to *end* of this text, unescaped."""
        return self._read(start, end, ESCAPE, unescaped)

    def web_text(self) -> "PlainText | None":
        """Return this text without percent-encoding and HTML entities; None if it has neither."""
        if _WRITTEN_FOR_THE_WEB.search(self.data) is None:
            return None
        return self._read(0, len(self.data), _WRITTEN_FOR_THE_WEB, _web_character)

    def _read(
        self, start: int, end: int, escape: re.Pattern[bytes], meaning: Callable[[bytes], bytes]
    ) -> "PlainText":
        pieces: list[bytes] = []
        cuts: list[int] = []
        places: list[int] = []
        plain: list[bool] = []
        length = 0

        def add(piece: bytes, place: int, *, is_plain: bool) -> None:
            nonlocal length
            pieces.append(piece)
            cuts.append(length)
            places.append(place)
            plain.append(is_plain)
            length += len(piece)

        done = start
        for match in escape.finditer(self.data, start, end):
            if match.start() > done:
                self._add_plain(add, done, match.start())
            add(meaning(match.group()), self.span(*match.span())[0], is_plain=False)
            done = match.end()
        if end > done:
            self._add_plain(add, done, end)
        last = self.span(end - 1, end)[1] if end else 0
        cuts.append(length)
        places.append(last)
        plain.append(True)
        return PlainText(b"".join(pieces), cuts, places, plain)

    def _add_plain(self, add: Callable[..., None], start: int, end: int) -> None:
        """Add the part from *start* to *end*, with the cuts that this text has there."""
        index = bisect_right(self._cuts, start) - 1
        while start < end:
            stop = min(end, self._cuts[index + 1])
            place = self._places[index]
            if self._plain[index]:
                place += start - self._cuts[index]
            add(self.data[start:stop], place, is_plain=self._plain[index])
            start = stop
            index += 1


def _web_character(written: bytes) -> bytes:
    if written[:1] == b"%":
        return bytes((int(written[1:], 16),))
    return html.unescape(written.decode()).encode("utf-8", "replace")

"""Prepared bytes with places for ids: scanned once, filled in for every response."""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any


class Template:
    """Bytes with gaps; gap *i* takes the *i*-th of the values it is rendered with."""

    __slots__ = ("_pick", "_static")

    def __init__(self, pieces: Iterable[bytes | int], gaps: int) -> None:
        """Take *pieces* in order, each bytes or the number of a gap, of *gaps* in all."""
        static: list[bytes] = []
        order: list[int] = []
        for piece in pieces:
            if isinstance(piece, int):
                order.append(piece)
            elif piece:
                order.append(gaps + len(static))
                static.append(piece)
        self._static = static
        self._pick: Callable[[Sequence[bytes]], Any] | None = None
        if len(order) > 1:
            self._pick = itemgetter(*order)
        elif order and not static:
            self._pick = lambda values: (values[order[0]],)

    def render(self, values: list[bytes]) -> bytes:
        """Return the bytes with every gap filled. *values* has one for each gap."""
        if self._pick is None:
            return self._static[0] if self._static else b""
        return b"".join(self._pick(values + self._static))

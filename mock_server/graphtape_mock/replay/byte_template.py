"""Prepared bytes with places for ids: scanned once, filled in for every response."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any


class ByteTemplate:
    """Bytes with gaps; gap *i* takes the *i*-th of the values it is rendered with."""

    __slots__ = ("_pick", "_repeated", "_static")

    def __init__(self, pieces: Iterable[bytes | int], gaps: int) -> None:
        """Take *pieces* in order, each bytes or the number of a gap, of *gaps* in all."""
        runs = _runs([piece for piece in pieces if piece != b""])
        # What stands in a template many times, as the metadata in every token of a stream does,
        # is filled in once.
        repeated = [run for run, times in Counter(runs).items() if times > 1 and run[1:]]
        self._repeated = [ByteTemplate(run, gaps) for run in repeated]
        gap_of = {run: gaps + number for number, run in enumerate(repeated)}
        gaps += len(repeated)
        static: list[bytes] = []
        order: list[int] = []
        for run in runs:
            for piece in (gap_of[run],) if run in gap_of else run:
                if isinstance(piece, int):
                    order.append(piece)
                else:
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
        if self._repeated:
            values = values + [template.render(values) for template in self._repeated]
        return b"".join(self._pick(values + self._static))


def _runs(pieces: list[bytes | int]) -> list[tuple[bytes | int, ...]]:
    """Cut *pieces* before and after each text that is there but once."""
    times: Counter[bytes | int] = Counter(piece for piece in pieces if isinstance(piece, bytes))
    return [tuple(run) for _, run in groupby(pieces, lambda piece: times[piece] == 1)]

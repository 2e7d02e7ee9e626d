"""Bytes with slots for ids: made once, filled in for every response."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any


class ByteTemplate:
    """Bytes with slots; slot *i* takes the *i*-th of the values it is rendered with."""

    __slots__ = ("_pick", "_repeated", "_static")

    def __init__(self, pieces: Iterable[bytes | int], slots: int) -> None:
        """Take *pieces* in order, each bytes or the number of one of the *slots*."""
        runs = _runs([piece for piece in pieces if piece != b""])
        # A sequence that a template repeats, like the metadata of every token in a stream, is
        # filled in once.
        repeated = [run for run, times in Counter(runs).items() if times > 1 and run[1:]]
        self._repeated = [ByteTemplate(run, slots) for run in repeated]
        slot_of = {run: slots + number for number, run in enumerate(repeated)}
        slots += len(repeated)
        static: list[bytes] = []
        order: list[int] = []
        for run in runs:
            for piece in (slot_of[run],) if run in slot_of else run:
                if isinstance(piece, int):
                    order.append(piece)
                else:
                    order.append(slots + len(static))
                    static.append(piece)
        self._static = static
        self._pick: Callable[[Sequence[bytes]], Any] | None = None
        if len(order) > 1:
            self._pick = itemgetter(*order)
        elif order and not static:
            self._pick = lambda values: (values[order[0]],)

    @property
    def size(self) -> int:
        """The bytes of its texts."""
        return sum(map(len, self._static)) + sum(template.size for template in self._repeated)

    def render(self, values: list[bytes]) -> bytes:
        """Return the bytes with every slot filled. *values* has one for each slot."""
        if self._pick is None:
            return self._static[0] if self._static else b""
        if self._repeated:
            values = values + [template.render(values) for template in self._repeated]
        return b"".join(self._pick(values + self._static))


def _runs(pieces: list[bytes | int]) -> list[tuple[bytes | int, ...]]:
    """Cut *pieces* before and after each text that appears only once."""
    times: Counter[bytes | int] = Counter(piece for piece in pieces if isinstance(piece, bytes))
    return [tuple(run) for _, run in groupby(pieces, lambda piece: times[piece] == 1)]

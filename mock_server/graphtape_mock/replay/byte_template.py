"""Byte templates: bytes with slots for ids, made once and filled in for each response."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any


class ByteTemplate:
    """Bytes with numbered slots; `render` puts the *i*-th value into slot *i*."""

    __slots__ = ("_pick", "_repeated", "_static")

    def __init__(self, pieces: Iterable[bytes | int], slots: int) -> None:
        """Join *pieces* in order: bytes, or slot numbers below *slots*."""
        sequences = _sequences([piece for piece in pieces if piece != b""])
        # A sequence that appears more than once, like the metadata of every token in a stream,
        # becomes a template of its own, rendered once.
        repeated = [
            sequence for sequence, times in Counter(sequences).items() if times > 1 and sequence[1:]
        ]
        self._repeated = [ByteTemplate(sequence, slots) for sequence in repeated]
        slot_of = {sequence: slots + number for number, sequence in enumerate(repeated)}
        slots += len(repeated)
        static: list[bytes] = []
        order: list[int] = []
        for sequence in sequences:
            for piece in (slot_of[sequence],) if sequence in slot_of else sequence:
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
        """The number of bytes that it stores: the bytes between the slots."""
        return sum(map(len, self._static)) + sum(template.size for template in self._repeated)

    def render(self, values: list[bytes]) -> bytes:
        """Return the bytes with *values*, one for each slot, filled in."""
        if self._pick is None:
            return self._static[0] if self._static else b""
        if self._repeated:
            values = values + [template.render(values) for template in self._repeated]
        return b"".join(self._pick(values + self._static))


def _sequences(pieces: list[bytes | int]) -> list[tuple[bytes | int, ...]]:
    """Split *pieces* into alternating sequences: unique bytes, or slots and repeated bytes."""
    times: Counter[bytes | int] = Counter(piece for piece in pieces if isinstance(piece, bytes))
    return [tuple(sequence) for _, sequence in groupby(pieces, lambda piece: times[piece] == 1)]

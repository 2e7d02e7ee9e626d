"""A secret in some bytes."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

PLACEHOLDERS = re.compile(rb"\[redacted-([0-9]{1,9})\]")
"""What stands in the place of a secret."""

PLACEHOLDER = "placeholder"
"""The kind of a secret that was replaced before."""


class Found(NamedTuple):
    """Where a secret is, and of which kind."""

    start: int
    end: int
    kind: str
    secret: bytes | None
    """The secret itself, as it reads without escapes: equal ones get the same placeholder.

    None for a later part of a secret that is split: it is left out.
    """
    quote: bytes = b""
    """What to write around the placeholder, where the secret is a number."""
    is_part: bool = False
    """Whether this is a part of a secret that is split over frames; `secret` is the whole."""


def is_placeholder(data: bytes) -> bool:
    """Return whether *data* is the placeholder of a secret, and nothing else."""
    return PLACEHOLDERS.fullmatch(data) is not None


def merged(found: Iterable[Found], data: bytes) -> Iterator[Found]:
    """Yield what was *found* in *data* in the order of the bytes, one for those that overlap."""
    best: Found | None = None
    for each in sorted(found, key=lambda each: (each.start, -each.end)):
        if best is None or each.start >= best.end:
            if best is not None:
                yield best
            best = each
        elif each.end > best.end:
            best = _joined(best, each, data)
        elif _rank(each) > _rank(best) and (each.is_part or each[:2] == best[:2]):
            best = each._replace(start=best.start, end=best.end)
    if best is not None:
        yield best


def _joined(first: Found, second: Found, data: bytes) -> Found:
    """Return one for both, which overlap: the whole of a split secret, or else all their bytes."""
    if first.is_part or second.is_part:
        whole = first if first.is_part else second
        return whole._replace(start=first.start, end=second.end)
    secret = data[first.start : second.end]
    return Found(first.start, second.end, first.kind, secret, first.quote or second.quote)


def _rank(found: Found) -> int:
    """Return which of two finds names the same bytes better."""
    if found.is_part:
        return 4
    ranks = {PLACEHOLDER: 3, "given": 2}
    return ranks.get(found.kind, 0 if found.kind.startswith("named:") else 1)

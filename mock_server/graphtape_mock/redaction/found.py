"""The place and the kind of a secret in some bytes."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

PLACEHOLDERS = re.compile(rb"\[redacted-([0-9]{1,9})\]")
"""Matches the placeholder of a secret."""

PLACEHOLDER = "placeholder"
"""The kind of a find that is a placeholder: its secret was replaced before."""


class Found(NamedTuple):
    """A secret that was found: its place in the bytes, and its kind."""

    start: int
    end: int
    kind: str
    secret: bytes | None
    """The secret itself, without escapes. Equal secrets get the same placeholder.

    None for a later part of a split secret: such a part is removed without a placeholder.
    """
    quote: bytes = b""
    """The quote to write around the placeholder of a number; empty for other secrets."""
    is_part: bool = False
    """Whether this is a part of a secret that is split over frames; `secret` is the whole."""


def is_placeholder(data: bytes) -> bool:
    """Return whether *data* is the placeholder of a secret, and nothing else."""
    return PLACEHOLDERS.fullmatch(data) is not None


def merged(found: Iterable[Found], data: bytes) -> Iterator[Found]:
    """Yield *found* in the order of their places in *data*; finds that overlap become one."""
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
    """Return one find for two that overlap: the whole split secret, or else all their bytes."""
    if first.is_part or second.is_part:
        whole = first if first.is_part else second
        return whole._replace(start=first.start, end=second.end)
    secret = data[first.start : second.end]
    return Found(first.start, second.end, first.kind, secret, first.quote or second.quote)


def _rank(found: Found) -> int:
    """Return the rank by which one of two finds of the same bytes is preferred."""
    if found.is_part:
        return 4
    ranks = {PLACEHOLDER: 3, "given": 2}
    return ranks.get(found.kind, 0 if found.kind.startswith("named:") else 1)

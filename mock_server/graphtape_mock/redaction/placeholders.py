"""Placeholders in the place of secrets, and the count of what they replaced."""

from collections import Counter
from dataclasses import dataclass

_MOST_PLACES = 1000


@dataclass(frozen=True, slots=True)
class Replaced:
    """Secrets of one kind that were replaced in one place."""

    kind: str
    """Such as `github-token`, `named:password` or `given`."""
    place: str
    """Such as `request header x-api-key` or `event 3 values.messages[0].content`; may be empty."""
    count: int


class Placeholders:
    """Numbers secrets by their first appearance, and counts how often each kind was replaced."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def placeholder(self, secret: bytes) -> bytes:
        """Return the placeholder of *secret*, the same whenever it is asked for."""
        number = self._numbers.setdefault(secret, len(self._numbers) + 1)
        return b"[redacted-%d]" % number

    def count(self, kind: str, place: str) -> None:
        """Count a secret that was replaced; beyond a thousand places, without its place."""
        key = (kind, place)
        if key not in self._counts and len(self._counts) >= _MOST_PLACES:
            key = (kind, "")
        self._counts[key] += 1

    @property
    def replaced(self) -> tuple[Replaced, ...]:
        """What was replaced so far, in the order of its first appearance."""
        return tuple(Replaced(kind, place, count) for (kind, place), count in self._counts.items())

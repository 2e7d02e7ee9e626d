"""Makes placeholders for secrets, and counts the secrets that they replaced."""

from collections import Counter
from dataclasses import dataclass

from graphtape_mock.redaction.found import PLACEHOLDERS

_MOST_PLACES = 1000


@dataclass(frozen=True, slots=True)
class Replaced:
    """Secrets of one kind that were replaced in one place."""

    kind: str
    """The kind of the secrets, such as `github-token`, `named:password` or `given`."""
    place: str
    """Such as `request header x-api-key` or `event 3 values.messages[0].content`; may be empty."""
    count: int


class Placeholders:
    """Numbers secrets by their first appearance, and counts how often each kind was replaced."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._last = self._kept = 0
        self._counts: Counter[tuple[str, str]] = Counter()

    def placeholder(self, secret: bytes) -> bytes:
        """Return the placeholder of *secret*, the same one each time."""
        written = PLACEHOLDERS.fullmatch(secret)
        if written is not None and int(written[1]) <= self._kept:
            return secret
        if secret not in self._numbers:
            self._last += 1
            self._numbers[secret] = self._last
        return b"[redacted-%d]" % self._numbers[secret]

    def keep(self, highest: int) -> None:
        """Leave existing placeholders up to number *highest*, and all made so far, as they are.

        New secrets get higher numbers.
        """
        self._last = self._kept = max(self._last, highest)

    def count(self, kind: str, place: str) -> None:
        """Count a secret that was replaced; after a thousand places, count it without *place*."""
        key = (kind, place)
        if key not in self._counts and len(self._counts) >= _MOST_PLACES:
            key = (kind, "")
        self._counts[key] += 1

    @property
    def replaced(self) -> tuple[Replaced, ...]:
        """The secrets that were replaced so far, in the order of their first appearance."""
        return tuple(Replaced(kind, place, count) for (kind, place), count in self._counts.items())

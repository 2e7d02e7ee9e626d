"""The user's regular expressions for further secrets."""

import re
from collections.abc import Iterable, Iterator

from graphtape_mock.redaction.plain_text import Span


class BadPattern(ValueError):
    """A pattern that can't be used; the message says why."""


class UserPattern:
    """One regular expression of the user."""

    def __init__(self, pattern: str) -> None:
        """Compile *pattern*. Raises BadPattern if it is invalid, or matches the empty text."""
        try:
            self._pattern = re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            raise BadPattern(f"expected a regular expression, got {pattern!r}: {error}") from None
        if self._pattern.search("") is not None:
            raise BadPattern(
                f"expected a regular expression that matches no empty text, got {pattern!r}: "
                "it would replace nothing, everywhere"
            )
        self.kind = f"pattern:{pattern}"

    def find(self, data: bytes) -> Iterator[Span]:
        """Yield the span of each match in *data*, read as UTF-8."""
        text = data.decode("utf-8", "surrogateescape")
        done = place = 0
        for match in self._pattern.finditer(text):
            start, end = match.span()
            begin = place + _length(text[done:start])
            done, place = end, begin + _length(text[start:end])
            if end > start:
                yield begin, place


def _length(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def user_patterns(patterns: Iterable[str]) -> tuple[UserPattern, ...]:
    """Return the *patterns*, compiled. Raises BadPattern for the first that can't be used."""
    return tuple(map(UserPattern, patterns))

"""Texts in quotes, at any depth of JSON in a string in a string."""

import re

from graphtape_mock.redaction.plain_text import Span

OPENING = re.compile(rb"(\\{0,64})([\"'])")
"""An opening quote with its escapes."""

_QUOTE_OR_LINE_END = re.compile(rb"(?<!\\)(\\*+)([\"'])|[\r\n]")


def text_end(data: bytes, start: int, quote_mark: bytes, depth: int) -> Span:
    """Return where the text that starts at *start* ends, and where its closing quote does."""
    for match in _QUOTE_OR_LINE_END.finditer(data, start):
        if match[2] is None:
            return match.start(), match.start()  # A line end: the text was cut.
        if match[2] == quote_mark:
            escapes = _closing_escapes(len(match[1]), depth)
            if escapes is not None:
                return match.end() - 1 - escapes, match.end()
    return len(data), len(data)


def _closing_escapes(backslashes: int, depth: int) -> int | None:
    """Return how many of the *backslashes* before a quote belong to it, None if it closes nothing.

    In JSON in a string in a string ..., *depth* levels down, a quote closes the text, or one
    around it, if one of the levels finds it not escaped.
    """
    for level in range(depth + 1):
        if backslashes % 2 == 0:
            return int(2**level - 1)
        backslashes //= 2
    return None

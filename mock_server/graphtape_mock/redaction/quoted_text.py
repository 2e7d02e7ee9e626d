"""Finds the ends of texts in quotes, also in JSON that is nested in JSON strings at any depth."""

import re

from graphtape_mock.redaction.plain_text import Span

OPENING = re.compile(rb"(\\{0,64})([\"'])")
"""An opening quote with its escapes."""

_QUOTE_OR_LINE_END = re.compile(rb"(?<!\\)(\\*+)([\"'])|[\r\n]")


def text_end(data: bytes, start: int, quote_mark: bytes, depth: int) -> Span:
    """Return the end of the text that starts at *start*, and the end of its closing quote."""
    for match in _QUOTE_OR_LINE_END.finditer(data, start):
        if match[2] is None:
            return match.start(), match.start()  # A line end means that the text was cut.
        if match[2] == quote_mark:
            escapes = _closing_escapes(len(match[1]), depth)
            if escapes is not None:
                return match.end() - 1 - escapes, match.end()
    return len(data), len(data)


def _closing_escapes(backslashes: int, depth: int) -> int | None:
    """Return how many of the *backslashes* escape a closing quote; None if it closes no text.

    In JSON that is nested in strings *depth* levels deep, a quote closes the text, or a text
    around it, if it is unescaped at one of the levels.
    """
    for level in range(depth + 1):
        if backslashes % 2 == 0:
            return int(2**level - 1)
        backslashes //= 2
    return None

"""Finds secrets in bytes; a span is a pair of start and end."""

import re
from collections.abc import Iterable, Iterator

Span = tuple[int, int]

# The start of a word: after no word character, or after a JSON escape, as in `\nsk-...`.
_START = rb"(?:(?<![A-Za-z0-9_])|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4}))"
_DIGIT_AHEAD = rb"(?=[A-Za-z._~+/-]{0,64}[0-9])"  # Keys have a digit, words have none.
_SHAPES = re.compile(
    _START
    + rb"(?:lsv2_[a-z]{2}_\w{8,}"  # LangSmith: personal and service keys.
    + rb"|sk-"  # OpenAI, Anthropic, OpenRouter ...
    + _DIGIT_AHEAD
    + rb"[\w-]{16,}"
    + rb"|gh[a-z]_\w{20,}|github_pat_\w{20,}"
    + rb"|AIza[\w-]{30,}|xox[a-z]-[\w-]{10,}|AKIA[0-9A-Z]{12,})"
    + rb"|(?<=bearer )"
    + _DIGIT_AHEAD
    + rb"[\w.~+/-]{8,}=*"
    + rb"|\[redacted-[0-9]+\]",
    re.IGNORECASE,
)
_TORN_SHAPES = re.compile(
    _START + rb"(?:lsv2_|sk-|gh[a-z]_|github_pat_|AIza|xox[a-z]-|AKIA)[\w-]*\Z"
    rb"|(?<=bearer )[\w.~+/=-]+\Z",
    re.IGNORECASE,
)
_TORN_WINDOW = 8192  # Bytes at the end of a torn frame that are searched for such a shape.
_OPENING = re.compile(rb"(\\*)([\"'])")
_QUOTE_OR_LINE_END = re.compile(rb"(\\*)([\"'])|[\r\n]")
_COMMA = re.compile(rb"\s*,\s*")


def shaped_spans(data: bytes, *, torn: bool) -> Iterator[Span]:
    """Yield the spans of well-known keys in *data*; if *torn*, also of a partial key at its end."""
    yield from (match.span() for match in _SHAPES.finditer(data))
    if torn:
        yield from (match.span() for match in _TORN_SHAPES.finditer(data, len(data) - _TORN_WINDOW))


def text_spans(data: bytes, position: int, *, several: bool) -> Iterator[Span]:
    """Yield the span of the string after a JSON key that ends at *position*.

    If *several*, the value is a list, and each string in it gives a span. Values of other types
    are not secrets: in a schema, a key such as `password` has an object.
    """
    while opening := _OPENING.match(data, position):
        start = opening.end()
        end, after = _text_end(data, start, opening[2], len(opening[1]).bit_length())
        if end > start:
            yield start, end
        comma = _COMMA.match(data, after)
        if not several or comma is None:
            return
        position = comma.end()


def _text_end(data: bytes, start: int, quote_mark: bytes, depth: int) -> Span:
    """Return the end of the text that starts at *start*, and the end of its closing quote."""
    for match in _QUOTE_OR_LINE_END.finditer(data, start):
        if match[2] is None:
            return match.start(), match.start()  # A line end: the text was cut.
        if match[2] == quote_mark:
            escapes = _closing_escapes(len(match[1]), depth)
            if escapes is not None:
                return match.end() - 1 - escapes, match.end()
    return len(data), len(data)


def _closing_escapes(backslashes: int, depth: int) -> int | None:
    """Return how many of the *backslashes* belong to the quote after them; None if it is escaped.

    *depth* is the number of JSON strings around each other. The quote closes the text, or one
    around it, if it is unescaped at one of these levels.
    """
    for level in range(depth + 1):
        if backslashes % 2 == 0:
            return int(2**level - 1)
        backslashes //= 2
    return None


def merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield *spans*, which are sorted by start, with overlapping ones merged."""
    current: Span | None = None
    for start, end in spans:
        if current is None:
            current = start, end
        elif start < current[1]:
            current = current[0], max(current[1], end)
        else:
            yield current
            current = start, end
    if current is not None:
        yield current

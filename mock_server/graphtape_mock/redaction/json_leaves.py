"""Finds the scalars of JSON and their places, so that one can be replaced without another change.

Both readers take linear time and do not recurse, so nesting may have any depth.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

Path = tuple[str | int, ...]
"""Keys and indexes from the root to a value."""

DEEPEST = 512
"""The maximum length of a path; longer ones are cut, or the work would grow with depth squared."""


class NotJson(ValueError):
    """The bytes are not JSON; `position` is the offset of the first invalid byte."""

    def __init__(self, position: int) -> None:
        super().__init__(f"expected JSON, got something else at byte {position}")
        self.position: Final = position


class Leaf(NamedTuple):
    """A scalar in JSON."""

    path: Path
    start: int
    """Offset of the first byte of the token; for a string, of its opening quote."""
    end: int
    """Offset after the last byte of the token."""
    text: str | None
    """The string without escapes; None for a number, a boolean or null."""
    key_start: int
    """Offset of the opening quote of the nearest key above the leaf, or -1 without a key."""


_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_STRING_OF_A_LINE = rb'"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"'
_QUOTED = rb"'[^'\\\r\n]*+(?:\\[^\r\n][^'\\\r\n]*+)*+'"
_NUMBER = rb"-?(?:[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|Infinity|NaN)"
_TOKEN = re.compile(
    rb"[ \t\r\n]*+(?:(" + _STRING + rb")|([{}\[\],:])|(" + _NUMBER + rb"|true|false|null))", re.S
)
# JSON inside other text may be written like a Python dict, or span several `data:` lines.
_LENIENT_TOKEN = re.compile(
    rb"(?:[ \t\r\n]|(?<=[\r\n])data:)*+(?:("
    + _STRING_OF_A_LINE
    + b"|"
    + _QUOTED
    + rb")|([{}\[\],:])|("
    + _NUMBER
    + rb"|true|false|null|True|False|None))",
    re.S,
)
_CUT_STRING = re.compile(rb"(?:[ \t\r\n]|(?<=[\r\n])data:)*+\"")
_LINE_END = re.compile(rb"[\r\n]|\Z")
_BEGINNING = re.compile(rb'[{\["]')
_BLANK = re.compile(rb"[ \t\r\n]*+")
ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)",
    re.S,
)
"""One escape in a string. `\\x41` is Python's."""

_SURROGATES = range(0xD800, 0xE000)
_SHORT = {
    b'"': b'"',
    b"\\": b"\\",
    b"/": b"/",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
}


def leaves(data: bytes) -> Iterator[Leaf]:
    """Yield the scalars of the JSON document *data*, in order.

    Raises NotJson where *data* stops being JSON, after the scalars before that were yielded.
    """
    scanner = _Scanner(data, 0, _TOKEN)
    yield from scanner.value()
    blank = _BLANK.match(data, scanner.position)
    if blank is not None and blank.end() < len(data):
        raise NotJson(blank.end())


def embedded_leaves(data: bytes) -> Iterator[Leaf]:
    """Yield the scalars of all JSON that the text *data* quotes, complete or cut off.

    Paths start at the root of each document. Such a text is the data of an event stream, or an
    error message that quotes a request, in JSON or as a Python dict.
    """
    position = 0
    while beginning := _BEGINNING.search(data, position):
        scanner = _Scanner(data, beginning.start(), _LENIENT_TOKEN)
        try:
            yield from scanner.value()
        except NotJson:
            if cut := _CUT_STRING.match(data, scanner.position):
                line_end = _LINE_END.search(data, cut.end())
                scanner.position = line_end.start() if line_end else len(data)
                if scanner.wants_value:
                    text = unescape(data[cut.end() : scanner.position])
                    yield Leaf(
                        scanner.path, cut.end() - 1, scanner.position, text, scanner.key_start
                    )
        position = max(scanner.position, beginning.end())


def unescape(raw: bytes) -> str:
    """Return the inside of a JSON string, unescaped; an escape that is cut off stays as it is."""
    if b"\\" in raw:
        raw = ESCAPE.sub(lambda match: unescaped(match.group()), raw)
    return raw.decode("utf-8", "replace")


def unescaped(escape: bytes) -> bytes:
    """Return the UTF-8 of one escape. A lone surrogate becomes U+FFFD."""
    if escape[1:2] in b"ux" and len(escape) > 2:
        if len(escape) == 12:
            pair = (int(escape[2:6], 16), int(escape[8:12], 16))
            return chr(0x10000 + ((pair[0] - 0xD800) << 10) + pair[1] - 0xDC00).encode()
        code = int(escape[2:], 16)
        return (chr(code) if code not in _SURROGATES else "\ufffd").encode()
    return _SHORT.get(escape[1:], escape[1:])


class _Scanner:
    """Reads one value. Then `position` is where the value ended or became invalid."""

    def __init__(self, data: bytes, position: int, token: re.Pattern[bytes]) -> None:
        self._data, self._token = data, token
        self.position = position
        self.path: Path = ()
        self.key_start = -1
        self.wants_value = True

    def value(self) -> Iterator[Leaf]:
        data, match = self._data, self._token.match
        open_: list[tuple[int, int]] = []  # Each container's closing byte and key_start.
        path: list[str | int] = []
        wants = _VALUE
        while token := match(data, self.position):
            kind, start, end = token.lastindex, token.start(token.lastindex or 0), token.end()
            mark = data[start] if kind == 2 else 0
            if wants & _VALUE_WANTED and kind != 2:
                text = unescape(data[start + 1 : end - 1]) if kind == 1 else None
                self.position = end
                yield Leaf(tuple(path[:DEEPEST]), start, end, text, self.key_start)
                wants = _COMMA
            elif wants & _VALUE_WANTED and mark in b"{[":
                open_.append((mark + 2, self.key_start))  # `}` is `{` + 2, `]` is `[` + 2.
                path.append(0 if mark == _LIST else "")
                wants = _VALUE_OR_END if mark == _LIST else _KEY_OR_END
            elif wants & _KEY_WANTED and kind == 1:
                path[-1] = unescape(data[start + 1 : end - 1])
                self.key_start = start
                wants = _COLON
            elif wants == _COLON and mark == ord(":"):
                wants = _VALUE
            elif wants == _COMMA and mark == ord(",") and open_:
                index = path[-1]
                if isinstance(index, int):
                    path[-1] = index + 1
                    self.key_start = open_[-1][1]
                    wants = _VALUE
                else:
                    wants = _KEY
            elif wants & _END_WANTED and open_ and mark == open_[-1][0]:
                self.key_start = open_.pop()[1]
                path.pop()
                wants = _COMMA
            else:
                break
            self.position = end
            if wants == _COMMA and not open_:
                return
        self.path, self.wants_value = tuple(path[:DEEPEST]), bool(wants & _VALUE_WANTED)
        raise NotJson(self.position)


_LIST = ord("[")
_VALUE, _VALUE_OR_END, _KEY, _KEY_OR_END, _COLON, _COMMA = 1, 2, 4, 8, 16, 32
_VALUE_WANTED = _VALUE | _VALUE_OR_END
_KEY_WANTED = _KEY | _KEY_OR_END
_END_WANTED = _VALUE_OR_END | _KEY_OR_END | _COMMA

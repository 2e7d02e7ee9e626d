"""Values behind the name of a secret in a text: JSON, headers, forms, queries, environments."""

import re
from collections.abc import Iterator

from graphtape_mock.redaction.found import Found
from graphtape_mock.redaction.likely import is_opaque, is_random, is_stand_in
from graphtape_mock.redaction.quoted_text import OPENING, text_end
from graphtape_mock.redaction.secret_names import SecretNames

_AFTER_NAME = re.compile(rb"(\\{0,64}[\"'])?[ \t]{0,64}([:=])[ \t\r\n]{0,256}")
_LONGEST_NAME = 96
_NOT_IN_NAME = re.compile(rb"[^\w.$-]")
_LIST = re.compile(rb"\[[ \t\r\n]{0,256}")
_COMMA = re.compile(rb"[ \t\r\n]{0,256},[ \t\r\n]{0,256}")
_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])")
_ASSIGNED = re.compile(rb"\{[^{}\r\n\"'\\]{1,200}\}(?=;|\Z)|[^\s&;\"'\\<>`]+")
_HEADER_TEXT = re.compile(rb"[^\s,;\"'\\<>]+")
_COOKIES = re.compile(rb"[\w!#$%&*+.^`|~-]{1,128}=[^\r\n\"'\\]+")
_AUTHORIZATION = re.compile(
    rb"(?:(?P<scheme>[A-Za-z][A-Za-z0-9-]{2,30})[ \t]{1,8}(?=[^\s\"'\\,;<>]))?"
    rb"(?P<secret>[^\s\"'\\,;<>]+)"
)
_REST_OF_LINE = re.compile(rb"(?:[^\r\n'\\]|\\{1,64}\")+")
_SIGNING = (b"digest", b"aws4-hmac-sha256", b"hawk", b"oauth", b"signature")
_SCHEMES = (
    b"bearer",
    b"basic",
    b"token",
    b"apikey",
    b"api-key",
    b"negotiate",
    b"ntlm",
    b"bot",
    b"key",
)
_ESCAPES = (b"b", b"f", b"n", b"r", b"t")
_TRAILING = b",.)]}:!?"


class Assignments:
    """Finds such values."""

    def __init__(self, names: SecretNames) -> None:
        """Take the *names* of secrets."""
        self._names = names

    def find(self, data: bytes, lowered: bytes) -> Iterator[Found]:
        """Yield the secrets behind a name in *data*; *lowered* is its lower case."""
        for end in self._names.ends(lowered):
            after = _AFTER_NAME.match(data, end)
            if after is None:
                continue
            quote_mark = after[1]
            name = _name(data, end, quote_mark)
            in_query = data[end - len(name) - 1 : end - len(name)] in (b"?", b"&")
            secret = self._names.has_bytes(name)
            if not secret and not self._names.is_weak(name, in_query=in_query):
                continue
            kind = f"named:{name.decode('utf-8', 'replace').lower()}"
            if quote_mark and after[2] == b":":
                spans = _json_values(data, after.end(), quote_mark)
            elif after[2] == b"=":
                spans = self._assigned(data, after.end(), in_query=in_query, name=name)
            else:
                spans = _header_text(data, after.end(), name)
            for start, stop, mark in spans:
                if secret or is_random(data[start:stop]):
                    yield Found(start, stop, kind, data[start:stop], mark)

    def _assigned(
        self, data: bytes, position: int, *, in_query: bool, name: bytes
    ) -> Iterator[tuple[int, int, bytes]]:
        """Yield the value behind `=`: of a form, a query, an environment, a connection string."""
        if opening := OPENING.match(data, position):
            start = opening.end()
            end, _ = text_end(data, start, opening[2], len(opening[1]).bit_length())
        elif value := _ASSIGNED.match(data, position):
            start, end = value.span()
            if not in_query:
                end = start + len(value[0].rstrip(_TRAILING))
        else:
            return
        text = data[start:end]
        if end > start and not is_stand_in(text) and not self._is_code(data, end, text, in_query):
            yield start, end, b""

    def _is_code(self, data: bytes, end: int, text: bytes, in_query: bool) -> bool:
        """Return whether *text* is an expression, as in `connect(password=password)`."""
        if in_query:
            return False
        return (
            self._names.has_bytes(text)
            or _CODE.match(text) is not None
            or (
                text.replace(b"_", b"").replace(b".", b"").isalpha()
                and data[end : end + 1] in b"(["
                and end < len(data)
            )
        )


_CODE = re.compile(
    rb"(?:os|process|env|settings|config|self|this|args|request|params|getenv|secrets)[.(\[]"
    rb"|[A-Za-z_.]{1,64}\("
)


def _name(data: bytes, end: int, quote_mark: bytes | None) -> bytes:
    """Return the name that ends at *end*: all between its quotes, or else one word."""
    before = data[max(0, end - _LONGEST_NAME) : end]
    if quote_mark:
        opening = before.rfind(quote_mark[-1:])
        if opening >= 0:
            return before[opening + 1 :]
    name = _NOT_IN_NAME.split(before)[-1]
    if name[:1] in _ESCAPES and before[: len(before) - len(name)].endswith(b"\\"):
        return name[1:]  # The first letter is that of an escape, as in `\nKEY=...`.
    return name


def _json_values(data: bytes, position: int, quote_mark: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield the text or number at *position*; the texts of a list, if it is one.

    Objects are left to those who read JSON: schemas have objects under the names of secrets.
    """
    if number := _NUMBER.match(data, position):
        yield *number.span(), quote_mark
        return
    several = _LIST.match(data, position)
    if several is not None:
        position = several.end()
    while opening := OPENING.match(data, position):
        start = opening.end()
        end, after = text_end(data, start, opening[2], len(opening[1]).bit_length())
        if end > start:
            yield start, end, b""
        comma = _COMMA.match(data, after)
        if several is None or comma is None:
            return
        position = comma.end()


def _header_text(data: bytes, position: int, name: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield the secret in the text of a header, or in a line of YAML."""
    lowered = name.lower()
    if lowered.endswith(b"cookie"):
        if cookies := _COOKIES.match(data, position):
            yield *cookies.span(), b""
    elif lowered.endswith(b"authorization"):
        yield from _authorization(data, position)
    elif value := _HEADER_TEXT.match(data, position):
        start = value.start()
        text = value[0].rstrip(_TRAILING)
        if is_opaque(text) and not is_stand_in(text):
            yield start, start + len(text), b""


def _authorization(data: bytes, position: int) -> Iterator[tuple[int, int, bytes]]:
    value = _AUTHORIZATION.match(data, position)
    if value is None:
        return
    scheme = (value["scheme"] or b"").lower()
    start = value.start("secret")
    if scheme in _SIGNING:
        line = _REST_OF_LINE.match(data, start)
        if line is not None and b"=" in line[0]:
            yield *line.span(), b""
        return
    text = value["secret"].rstrip(_TRAILING)
    known = scheme in _SCHEMES and len(text) >= 4 and text.lower() not in _PROSE
    if (known or (is_opaque(text) and len(text) >= 8)) and not is_stand_in(text):
        yield start, start + len(text), b""


_PROSE = (b"token", b"tokens", b"auth", b"authentication", b"scheme", b"header", b"credentials")

"""Finds values after the name of a secret in JSON, headers, forms, queries and environments."""

import re
from collections.abc import Iterator
from typing import NamedTuple

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
_ASSIGNED = re.compile(rb"[^\s&;\"'\\<>`]+")
_WEAK_VALUE = re.compile(rb"[A-Za-z0-9_./+~:%-]+=*")
_HEADER_TEXT = re.compile(rb"[^\s,;\"'\\<>]+")
_COOKIES = re.compile(rb"[\w!#$%&*+.^`|~-]{1,128}=[^\r\n\"'\\]+")
_AUTHORIZATION = re.compile(
    rb"(?:(?P<scheme>[A-Za-z][A-Za-z0-9-]{2,30})[ \t]{1,8}(?=[^\s\"'\\,;<>]))?"
    rb"(?P<secret>[^\s\"'\\,;<>]+)"
)
_SIGNED = re.compile(rb"(?=[^\r\n'=]{1,256}=)(?:[^\r\n'\\]|\\{1,64}\")+")
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
    """Finds values that follow the name of a secret, as in `password=...`."""

    def __init__(self, names: SecretNames) -> None:
        """Take the *names* of secrets."""
        self._names = names

    def find(self, data: bytes, lowered: bytes) -> Iterator[Found]:
        """Yield the secrets that follow a name in *data*; *lowered* is *data* in lower case."""
        done = 0  # No value is read twice, even if it has names in it.
        for end in self._names.ends(lowered):
            after = _AFTER_NAME.match(data, end)
            if after is None or end <= done:
                continue
            quote_mark = after[1]
            name = _name(data, end, quote_mark)
            in_query = data[end - len(name) - 1 : end - len(name)] in (b"?", b"&")
            weak = not self._names.has_bytes(name)
            if weak and not self._names.is_weak(name, in_query=in_query):
                continue
            position = after.end()
            if quote_mark and after[2] == b":":
                values = _json_values(data, position, quote_mark)
            elif opening := OPENING.match(data, position):
                values = iter((_quoted(data, opening),))
            elif weak:
                values = _text(_WEAK_VALUE, data, position)
            elif after[2] == b"=":
                values = _text(_ASSIGNED, data, position, trailing=b"" if in_query else _TRAILING)
            else:
                values = _header_text(data, position, name)
            in_json = bool(quote_mark) and after[2] == b":"
            for value in values:
                text = data[value.start : value.end]
                if not in_json:
                    done = value.end
                    if not value.is_secret or is_stand_in(text):
                        continue
                    if not in_query and self._is_code(data, value.end, text):
                        continue
                if text and (not weak or is_random(text)):
                    kind = f"named:{name.decode('utf-8', 'replace').lower()}"
                    yield Found(value.start, value.end, kind, text, value.quote)

    def _is_code(self, data: bytes, end: int, text: bytes) -> bool:
        """Return whether *text* is an expression, as in `connect(password=password)`."""
        return (
            self._names.has_bytes(text)
            or _CODE.match(text) is not None
            or (_DOTTED.match(text) is not None and data[end : end + 1] in (b"(", b"["))
        )


class _Value(NamedTuple):
    start: int
    end: int
    quote: bytes = b""
    is_secret: bool = True


_CODE = re.compile(
    rb"(?:os|process|env|settings|config|self|this|args|request|params|getenv|secrets)[.(\[]"
    rb"|[A-Za-z_.]{1,64}\("
)
_DOTTED = re.compile(rb"[A-Za-z_.]+\Z")


def _name(data: bytes, end: int, quote_mark: bytes | None) -> bytes:
    """Return the name that ends at *end*: all text between its quotes, or else one word."""
    before = data[max(0, end - _LONGEST_NAME) : end]
    if quote_mark:
        opening = before.rfind(quote_mark[-1:])
        if opening >= 0:
            return before[opening + 1 :]
    name = _NOT_IN_NAME.split(before)[-1]
    if name[:1] in _ESCAPES and before[: len(before) - len(name)].endswith(b"\\"):
        return name[1:]  # The first letter belongs to an escape, as in `\nKEY=...`.
    return name


def _quoted(data: bytes, opening: re.Match[bytes]) -> _Value:
    depth = len(opening[1]).bit_length()
    return _Value(opening.end(), text_end(data, opening.end(), opening[2], depth)[0])


def _text(
    pattern: re.Pattern[bytes], data: bytes, position: int, trailing: bytes = _TRAILING
) -> Iterator[_Value]:
    """Yield the text at *position* without the punctuation *trailing* it."""
    if value := pattern.match(data, position):
        text = value[0].rstrip(trailing)
        is_secret = pattern is not _HEADER_TEXT or is_opaque(text)
        yield _Value(position, position + len(text), is_secret=is_secret)


def _json_values(data: bytes, position: int, quote_mark: bytes) -> Iterator[_Value]:
    """Yield the text or number at *position*; for a list, yield the texts in it.

    Objects are left to `Walk`, because schemas have objects under the names of secrets.
    """
    if number := _NUMBER.match(data, position):
        yield _Value(*number.span(), quote_mark)
        return
    several = _LIST.match(data, position)
    if several is not None:
        position = several.end()
    while opening := OPENING.match(data, position):
        depth = len(opening[1]).bit_length()
        end, after = text_end(data, opening.end(), opening[2], depth)
        yield _Value(opening.end(), end)
        comma = _COMMA.match(data, after)
        if several is None or comma is None:
            return
        position = comma.end()


def _header_text(data: bytes, position: int, name: bytes) -> Iterator[_Value]:
    """Yield the secret in the text of a header, or in a line of YAML."""
    lowered = name.lower()
    if lowered.endswith(b"cookie"):
        if cookies := _COOKIES.match(data, position):
            yield _Value(*cookies.span())
    elif lowered.endswith(b"authorization"):
        yield from _authorization(data, position)
    else:
        yield from _text(_HEADER_TEXT, data, position)


def _authorization(data: bytes, position: int) -> Iterator[_Value]:
    value = _AUTHORIZATION.match(data, position)
    if value is None:
        return
    scheme = (value["scheme"] or b"").lower()
    start = value.start("secret")
    if scheme in _SIGNING and (line := _SIGNED.match(data, start)):
        yield _Value(*line.span())
        return
    text = value["secret"].rstrip(_TRAILING)
    known = scheme in _SCHEMES and len(text) >= 4 and text.lower() not in _PROSE
    is_secret = known or (is_opaque(text) and len(text) >= 8)
    yield _Value(start, start + len(text), is_secret=is_secret)


_PROSE = (b"token", b"tokens", b"auth", b"authentication", b"scheme", b"header", b"credentials")

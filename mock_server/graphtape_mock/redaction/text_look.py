"""Finds secrets in bytes as they are, without parsing JSON.

Names and values in nested JSON are found by their quotes, at any depth, and torn data is read as
far as it goes. The time is linear in the number of bytes.
"""

import base64
import re
from collections.abc import Iterator

from graphtape_mock.redaction.assignments import Assignments
from graphtape_mock.redaction.found import PLACEHOLDER, PLACEHOLDERS, Found
from graphtape_mock.redaction.given_values import GivenValues
from graphtape_mock.redaction.likely import is_random, is_stand_in
from graphtape_mock.redaction.secret_names import SecretNames
from graphtape_mock.redaction.token_formats import (
    DISCORD_PROBE,
    DISCORD_TOKEN,
    INNER_FORMATS,
    TOKEN_FORMATS,
)
from graphtape_mock.redaction.user_patterns import UserPattern

_BEARER = re.compile(
    rb"(?i:bearer)(?:[ \t+]|%20){1,8}"
    rb"(?P<secret>(?=[A-Za-z._~+/-]{0,64}[0-9])[\w.~+/-]{8,}=*)"  # Plain words have no digits.
)
_BASIC = re.compile(rb"(?i:basic)(?:[ \t+]|%20){1,8}(?P<secret>[A-Za-z0-9+/_-]{6,}={0,2})")
_USER_INFO = re.compile(
    rb":(?:\\{0,8}/){2}(?:[^\s/?#\"'\\<>@:]{0,256}:(?P<secret>[^\s\"'\\<>/]{1,512})"
    rb"|(?P<user>[\w.~-]{16,256}))@(?=[\w.\[-])"
)
_HEX_DIGIT_TAIL = re.compile(rb"(?:\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}|\\[bfnrt])\Z")
_TORN_WINDOW = 8192  # How far back from its end torn data is searched for the start of a key.
_TORN = re.compile(
    rb"(?:(?<![A-Za-z0-9_])|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4}))(?:"
    + b"|".join(
        re.escape(beginning)
        for each in TOKEN_FORMATS
        for beginning in each.beginnings
        if len(beginning) >= 4 or beginning == b"sk-"
    )
    + rb")[\w.~+/=-]*\Z|(?<=(?i:bearer) )[\w.~+/=-]+\Z"
)


class TextLook:
    """Finds secrets in bytes by name, by format, by the user's patterns, and as given values."""

    def __init__(
        self, names: SecretNames, given: GivenValues, patterns: tuple[UserPattern, ...]
    ) -> None:
        """Take the *names* of secrets, the *given* values, and the user's *patterns*."""
        self._assignments = Assignments(names)
        self._names, self._given, self._patterns = names, given, patterns

    def find(self, data: bytes) -> Iterator[Found]:
        """Yield the secrets in *data*, and the placeholders of those that were replaced."""
        lowered = data.lower()
        if b"[redacted-" in data:
            for match in PLACEHOLDERS.finditer(data):
                yield Found(*match.span(), PLACEHOLDER, match[0])
        for start, end, value in self._given.find(data):
            yield Found(start, end, "given", value)
        for pattern in self._patterns:
            for start, end in pattern.find(data):
                yield Found(start, end, pattern.kind, data[start:end])
        yield from _tokens(data)
        yield from _inner_tokens(data, lowered)
        yield from _credentials(data, lowered)
        if self._names.may_be_in(lowered):
            yield from self._assignments.find(data, lowered)

    def find_torn(self, data: bytes) -> Iterator[Found]:
        """Yield finds at the end of *data* that may be the beginning of a secret."""
        for match in _TORN.finditer(data, max(0, len(data) - _TORN_WINDOW)):
            yield Found(*match.span(), "cut-token", match[0])
        for start, end in self._given.beginnings(data):
            yield Found(start, end, "given", data[start:end])


def _tokens(data: bytes) -> Iterator[Found]:
    for kind, beginnings, pattern, _ in TOKEN_FORMATS:
        for beginning in beginnings:
            position = data.find(beginning)
            while position >= 0:
                match = pattern.match(data, position) if _starts_word(data, position) else None
                if match is not None:
                    group = "secret" if "secret" in pattern.groupindex else 0
                    yield Found(*match.span(group), kind, match[group])
                    position = match.end()
                else:
                    position += 1
                position = data.find(beginning, position)


def _starts_word(data: bytes, position: int) -> bool:
    """Return whether a word starts at *position*: after an escape, or no word character."""
    before = data[position - 1 : position]
    if not before or not (before.isalnum() or before == b"_"):
        return True
    return _HEX_DIGIT_TAIL.search(data[max(0, position - 6) : position]) is not None


def _inner_tokens(data: bytes, lowered: bytes) -> Iterator[Found]:
    for kind, hint, pattern, _ in INNER_FORMATS:
        if hint in lowered:
            group = "secret" if "secret" in pattern.groupindex else 0
            for match in pattern.finditer(data):
                yield Found(*match.span(group), kind, match[group])
    if DISCORD_PROBE.search(data):
        for match in DISCORD_TOKEN.finditer(data):
            yield Found(*match.span(), "discord-token", match[0])


def _credentials(data: bytes, lowered: bytes) -> Iterator[Found]:
    if b"bearer" in lowered:
        for match in _BEARER.finditer(data):
            yield Found(*match.span("secret"), "bearer-token", match["secret"])
    if b"basic" in lowered:
        for match in _BASIC.finditer(data):
            if _is_user_and_password(match["secret"]):
                yield Found(*match.span("secret"), "basic-credentials", match["secret"])
    if b"@" in data and b":" in data:
        for match in _USER_INFO.finditer(data):
            group = "secret" if match["secret"] is not None else "user"
            text = match[group]
            if not is_stand_in(text) and (group == "secret" or is_random(text)):
                yield Found(*match.span(group), "url-credentials", text)


def _is_user_and_password(encoded: bytes) -> bool:
    try:
        text = base64.b64decode(encoded + b"==", altchars=b"-_" if b"-" in encoded else None)
        return ":" in (decoded := text.decode()) and decoded.isprintable()
    except ValueError:
        return False

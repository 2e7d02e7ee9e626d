"""What never reaches a file: keys, tokens, cookies and passwords become placeholders.

Secrets are found in four ways: by the name of the header or JSON key they belong to, as a value
that is known (the key that was sent), by the shape of well-known keys, and as a placeholder that
is already there. The same secret becomes the same placeholder, `[redacted-1]` for the first that
appears, so requests still match and values still join.

It works on bytes: what holds no secret stays equal to the byte, and a frame that was torn in the
middle of a secret is cleaned too. JSON inside JSON strings is understood to any depth, because
errors of the servers quote the request that they refuse.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import orjson

from graphtape_contracts import Exchange, Frame, Headers, Request, Response, sse

SECRET_NAMES = ("authorization", "proxy-authorization", "cookie", "set-cookie")
"""Names of headers and JSON keys whose value is secret."""

SECRET_ENDINGS = (
    "api-key",
    "access-key",
    "private-key",
    "secret-key",
    "service-key",
    "access-token",
    "auth-token",
    "bearer-token",
    "refresh-token",
    "session-token",
    "passwd",
    "password",
    "secret",
)
"""Endings of such names. A bare `token` is not among them: state has tokens that are words."""

SHORTEST_SECRET = 6
"""Known values with fewer characters are left alone: they are no secrets, and occur everywhere."""

_SHORTEST_PREFIX = 4  # Of a known secret that is cut at the end of a torn frame.


def _spelling(name: str) -> bytes:
    # `api-key` also stands for api_key, apiKey and "Api Key".
    parts = re.split(r"[-_ ]", name)
    return b"[-_ ]?".join(re.escape(part).encode() for part in parts)


def _alternatives(names: Iterable[str]) -> bytes:
    return b"|".join(map(_spelling, names))


_ENDING = _alternatives(SECRET_ENDINGS)

# A word starts: behind no word character, or behind the escape of one, as in `\nsk-...`.
_START = rb"(?:(?<![A-Za-z0-9_])|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4}))"
_DIGIT_AHEAD = rb"(?=[A-Za-z._~+/-]{0,64}[0-9])"  # Words have none.
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
_TORN_WINDOW = 8192  # How far back from its end a torn frame is searched for such a shape.
_OPENING = re.compile(rb"(\\*)([\"'])")
_QUOTE_OR_LINE_END = re.compile(rb"(\\*)([\"'])|[\r\n]")
_COMMA = re.compile(rb"\s*,\s*")

_Span = tuple[int, int]


class Redactor:
    """Replaces secrets by placeholders, numbered by first appearance over all that it is given."""

    def __init__(self, names: Iterable[str] = (), secrets: Iterable[str] = ()) -> None:
        """Take further *names* of headers and JSON keys, and values that are known *secrets*."""
        whole = _alternatives((*SECRET_NAMES, *filter(None, names)))
        self._name = re.compile(rb"(?:.*(?:" + _ENDING + rb")|(?:" + whole + rb"))\Z", re.I | re.S)
        self._key = re.compile(
            rb"(?:" + _ENDING + rb"|(?<=[\"'])(?:" + whole + rb"))"
            rb"\\*[\"']\s*:\s*(?P<list>\[\s*)?",
            re.IGNORECASE,
        )
        self._forms: dict[bytes, bytes] = {}
        for secret in secrets:
            if len(secret) >= SHORTEST_SECRET:
                self._forms |= dict.fromkeys(_forms(secret), secret.encode())
        longest_first = sorted(self._forms, key=len, reverse=True)
        self._known = re.compile(b"|".join(map(re.escape, longest_first))) if self._forms else None
        self._numbers: dict[bytes, int] = {}

    def redact(self, data: bytes, *, torn: bool = False) -> bytes:
        """Return *data* without its secrets; *torn* where its end may be the middle of one."""
        pieces: list[bytes] = []
        done = 0
        for start, end in _merged(sorted(self._spans(data, torn=torn))):
            pieces += data[done:start], self._placeholder(data[start:end])
            done = end
        return b"".join((*pieces, data[done:])) if pieces else data

    def redact_text(self, text: str) -> str:
        """Return *text* without its secrets."""
        return self.redact(text.encode(errors="replace")).decode()

    def redact_headers(self, headers: Headers) -> Headers:
        """Return *headers* with their names and order kept, and without secret values."""
        return tuple((name, self._header(name, value)) for name, value in headers)

    def redact_frame(self, frame: Frame, *, stream: bool, first: bool = False) -> Frame:
        """Return *frame* without its secrets; read again as an event block if of a *stream*."""
        raw = self.redact(frame.raw, torn=frame.torn)
        if raw == frame.raw:
            return frame
        if stream:
            return sse.frame(raw, frame.at, first=first, torn=frame.torn)
        return Frame(frame.at, raw)

    def redact_exchange(self, exchange: Exchange) -> Exchange:
        """Return *exchange* without its secrets."""
        request, response = exchange.request, exchange.response
        body = self.redact(request.body)
        path = self.redact_text(request.path)
        frames = (
            self.redact_frame(frame, stream=exchange.is_stream, first=number == 0)
            for number, frame in enumerate(exchange.frames)
        )
        return Exchange(
            Request(request.method, path, self.redact_headers(request.headers), body),
            Response(response.status, self.redact_headers(response.headers)),
            tuple(frames),
            exchange.end,
        )

    def names_secret(self, name: str) -> bool:
        """Whether what the header or JSON key *name* stands for is secret."""
        return self._name.match(name.encode(errors="replace")) is not None

    def _header(self, name: str, value: str) -> str:
        if value and self.names_secret(name):
            return self._placeholder(value.encode()).decode()
        return self.redact_text(value)

    def _placeholder(self, secret: bytes) -> bytes:
        secret = self._forms.get(secret, secret)
        number = self._numbers.setdefault(secret, len(self._numbers) + 1)
        return b"[redacted-%d]" % number

    def _spans(self, data: bytes, *, torn: bool) -> Iterator[_Span]:
        for key in self._key.finditer(data):
            yield from _values(data, key.end(), several=key["list"] is not None)
        for pattern in (_SHAPES, self._known):
            if pattern is not None:
                yield from (match.span() for match in pattern.finditer(data))
        if torn:
            yield from (
                match.span() for match in _TORN_SHAPES.finditer(data, len(data) - _TORN_WINDOW)
            )
            yield from self._torn_known(data)

    def _torn_known(self, data: bytes) -> Iterator[_Span]:
        for form in self._forms:
            for length in range(len(form) - 1, _SHORTEST_PREFIX - 1, -1):
                if data.endswith(form[:length]):
                    yield len(data) - length, len(data)
                    break


def redact_json(value: Any, names: Iterable[str] = (), secrets: Iterable[str] = ()) -> Any:
    """Return the JSON *value* without its secrets, numbered from 1 in the order of sorted keys.

    Of a request with secrets and of the same request as recorded, with placeholders, it makes the
    same value. What no encoder takes, because it is nested too deep, is returned as it is.
    """
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return value
    return orjson.loads(Redactor(names, secrets).redact(data))


def strip_url(url: str) -> str:
    """Return *url* without user, password, query and fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _forms(secret: str) -> Iterator[bytes]:
    """Yield the ways to write *secret*: plain, in JSON to three levels, in a URL."""
    text = secret
    yield text.encode()
    yield quote(secret, safe="").encode()
    for _ in range(3):
        text = orjson.dumps(text).decode()[1:-1]
        yield text.encode()


def _values(data: bytes, position: int, *, several: bool) -> Iterator[_Span]:
    """Yield where the text behind a key is, or the texts where it is a list of them.

    Numbers, objects and the like are no secrets: schemas have objects under the names of keys.
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


def _text_end(data: bytes, start: int, quote_mark: bytes, depth: int) -> _Span:
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


def _merged(spans: Iterable[_Span]) -> Iterator[_Span]:
    current: _Span | None = None
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

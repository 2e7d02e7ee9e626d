"""Replaces keys, tokens, cookies and passwords by placeholders.

All data passes through a Redactor before it is written to a file or shown.

Secrets are found in four ways: by the name of their header or JSON key, as a known value (the key
that was sent), by the shape of well-known keys, and as an existing placeholder. Equal secrets get
equal placeholders, `[redacted-1]` for the first one, so requests still match and equal values stay
equal.

Redaction works on bytes: data without a secret is unchanged, and a frame that was torn in the
middle of a secret is redacted too. Secrets are also found in JSON inside JSON strings, at any
depth, because servers quote the request in their error messages.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import orjson

from graphtape_contracts import Exchange, Frame, Headers, Request, Response, sse
from graphtape_mock.redaction.secret_names import SecretNames
from graphtape_mock.redaction.spans import Span, merged, shaped_spans, text_spans

SHORTEST_SECRET = 6
"""The minimum length of a known secret. Shorter values stay: they occur by chance."""

_SHORTEST_PREFIX = 4  # The minimum length of a partial known secret at the end of a torn frame.


class Redactor:
    """Replaces secrets by placeholders, numbered in the order in which it finds the secrets."""

    def __init__(self, names: Iterable[str] = (), secrets: Iterable[str] = ()) -> None:
        """Also redact values of headers and JSON keys in *names*, and *secrets* anywhere."""
        self._names = SecretNames(names)
        self._forms: dict[bytes, bytes] = {}
        for secret in secrets:
            if len(secret) >= SHORTEST_SECRET:
                self._forms |= dict.fromkeys(_forms(secret), secret.encode())
        longest_first = sorted(self._forms, key=len, reverse=True)
        self._known = re.compile(b"|".join(map(re.escape, longest_first))) if self._forms else None
        self._numbers: dict[bytes, int] = {}

    def redact(self, data: bytes, *, torn: bool = False) -> bytes:
        """Return *data* without its secrets; *torn* means that it may end inside a secret."""
        pieces: list[bytes] = []
        done = 0
        for start, end in merged(sorted(self._spans(data, torn=torn))):
            pieces += data[done:start], self._placeholder(data[start:end])
            done = end
        return b"".join((*pieces, data[done:])) if pieces else data

    def redact_text(self, text: str) -> str:
        """Return *text* without its secrets."""
        return self.redact(text.encode(errors="replace")).decode()

    def redact_headers(self, headers: Headers) -> Headers:
        """Return *headers* without secret values; names and order are unchanged."""
        return tuple((name, self._header(name, value)) for name, value in headers)

    def redact_frame(self, frame: Frame, *, stream: bool, first: bool = False) -> Frame:
        """Return *frame* without its secrets.

        *stream* means that it is a block of an event stream, *first* that it is the first frame.
        """
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
        """Return whether the value of the header or JSON key *name* is secret."""
        return self._names.has(name)

    def _header(self, name: str, value: str) -> str:
        if value and self.names_secret(name):
            return self._placeholder(value.encode()).decode()
        return self.redact_text(value)

    def _placeholder(self, secret: bytes) -> bytes:
        secret = self._forms.get(secret, secret)
        number = self._numbers.setdefault(secret, len(self._numbers) + 1)
        return b"[redacted-%d]" % number

    def _spans(self, data: bytes, *, torn: bool) -> Iterator[Span]:
        for key in self._names.key.finditer(data):
            yield from text_spans(data, key.end(), several=key["list"] is not None)
        yield from shaped_spans(data, torn=torn)
        if self._known is not None:
            yield from (match.span() for match in self._known.finditer(data))
        if torn:
            yield from self._torn_known(data)

    def _torn_known(self, data: bytes) -> Iterator[Span]:
        for form in self._forms:
            for length in range(len(form) - 1, _SHORTEST_PREFIX - 1, -1):
                if data.endswith(form[:length]):
                    yield len(data) - length, len(data)
                    break


def redact_json(value: Any, names: Iterable[str] = (), secrets: Iterable[str] = ()) -> Any:
    """Return the JSON *value* with placeholders for its secrets, numbered by sorted keys from 1.

    A request with secrets and its recorded form with placeholders give equal results. A value
    that is nested too deep to encode is returned unchanged.
    """
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return value
    return orjson.loads(Redactor(names, secrets).redact(data))


def _forms(secret: str) -> Iterator[bytes]:
    """Yield the encodings of *secret*: plain, in a URL, in JSON strings nested up to three deep."""
    text = secret
    yield text.encode()
    yield quote(secret, safe="").encode()
    for _ in range(3):
        text = orjson.dumps(text).decode()[1:-1]
        yield text.encode()

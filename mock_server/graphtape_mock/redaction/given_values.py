"""Finds the values that the user gave as header or key, in the usual encodings."""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from graphtape_mock.redaction.plain_text import Span

SHORTEST_SECRET = 6
"""Shorter given values are not replaced, because they are not secret and occur everywhere."""

SHORTEST_BEGINNING = 4
"""The end of torn text is replaced if at least this many bytes of a given value begin there."""

_SHORTEST_INNER = 8  # The minimum of base64 characters inside longer base64.
_BESIDE = 2  # The maximum of base64 characters that a value shares with the text beside it.
_SHORTEST_COOKIE = 8
_SCHEME = re.compile(r"(?:bearer|basic|token|apikey|api-key|digest|negotiate)\s+(\S+)\Z", re.I)
_COOKIES = re.compile(r"[^\s=;,]+=[^;]*(?:;\s*[^\s=;,]+=[^;]*)*;?\Z")
_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")


class GivenValues:
    """Finds the user's values in bytes, plain or encoded."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Take the *secrets*; from headers, also tokens after `Bearer` and values of cookies."""
        self.values = tuple(
            dict.fromkeys(
                part
                for secret in secrets
                for part in _parts(secret)
                if len(part) >= SHORTEST_SECRET
            )
        )
        self._forms: dict[bytes, bytes] = {}
        self._inner: dict[bytes, bytes] = {}
        for value in self.values:
            plain = value.encode(errors="surrogatepass")
            for form in _forms(value):
                self._forms.setdefault(form, plain)
            for form in _inner_base64(plain):
                self._inner.setdefault(form, plain)
        self.longest = max(map(len, self._forms), default=0)
        """The length of the longest value as it may be written, in bytes."""
        self._firsts = frozenset(form[0] for form in self._forms)

    def find(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Yield start and end of each value in *data*, and the value as it was given."""
        for form, value in self._forms.items():
            yield from ((start, end, value) for start, end in _all(form, data))
        for form, value in self._inner.items():
            for first, last in _all(form, data):
                start, end = first, last
                # The base64 characters beside this form hold bits of the value, too.
                while start and data[start - 1] in _BASE64 and first - start < _BESIDE:
                    start -= 1
                while end < len(data) and data[end] in _BASE64 and end - last < _BESIDE:
                    end += 1
                yield start, end, value

    def beginning(self, text: bytes, first: int = 0) -> int | None:
        """Return where, from *first* on, a value may begin that *text* cuts off, or None."""
        for start in range(max(first, len(text) - self.longest + 1), len(text)):
            if text[start] in self._firsts:
                end = text[start:]
                if any(len(form) > len(end) and form.startswith(end) for form in self._forms):
                    return start
        return None

    def beginnings(self, data: bytes) -> Iterator[Span]:
        """Yield each span at the end of *data* that may be the beginning of a value."""
        for form in self._forms:
            for length in range(min(len(form) - 1, len(data)), SHORTEST_BEGINNING - 1, -1):
                if data.endswith(form[:length]):
                    yield len(data) - length, len(data)
                    break


def _all(form: bytes, data: bytes) -> Iterator[Span]:
    position = data.find(form)
    while position >= 0:
        yield position, position + len(form)
        position = data.find(form, position + len(form))


def _parts(secret: str) -> Iterator[str]:
    yield secret
    if scheme := _SCHEME.match(secret):
        yield scheme[1]
        decoded = _decoded(scheme[1])
        if ":" in decoded:
            yield decoded
            yield decoded.partition(":")[2]
    elif _COOKIES.match(secret):
        for cookie in secret.split(";"):
            value = cookie.partition("=")[2].strip()
            if len(value) >= _SHORTEST_COOKIE:
                yield value


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


def _forms(value: str) -> Iterator[bytes]:
    """Yield the ways to write *value*: plain, for the web, in base64, in JSON to four levels."""
    plain = value.encode(errors="surrogatepass")
    yield plain
    for quoted in (quote(plain, safe=""), quote(plain, safe="/"), quote_plus(plain)):
        yield quoted.encode()
        yield re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), quoted).encode()
    yield html.escape(value).encode(errors="surrogatepass")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(plain).rstrip(b"=")
    for ascii_only in (True, False):
        text = value
        for _ in range(4):
            text = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
            yield text.encode(errors="surrogatepass")


def _inner_base64(plain: bytes) -> Iterator[bytes]:
    """Yield the base64 that *plain* has inside longer text, at each of the three alignments."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain + b"\0\0")
        first = -(-before * 8 // 6)  # The first without bits of the text before.
        last = (before + len(plain)) * 8 // 6  # After the last without bits of the text after.
        inner = encoded[first:last]
        if len(inner) >= _SHORTEST_INNER:
            yield inner
            yield inner.translate(_FOR_URLS)


_FOR_URLS = bytes.maketrans(b"+/", b"-_")

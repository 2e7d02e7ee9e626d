"""Finds secrets in JSON, and in JSON that is nested in JSON strings, at any depth."""

import base64
import re
from collections.abc import Iterator

from graphtape_mock.redaction.found import Found
from graphtape_mock.redaction.json_leaves import Leaf, embedded_leaves
from graphtape_mock.redaction.json_places import inner_end, within_json
from graphtape_mock.redaction.named_leaves import named_leaves
from graphtape_mock.redaction.plain_text import PlainText
from graphtape_mock.redaction.secret_names import SecretNames
from graphtape_mock.redaction.text_look import TextLook

_NO_SECRETS = (b"true", b"false", b"null", b"True", b"False", b"None", b'""', b"''")
_BASE64 = re.compile(rb"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}={0,2}")
_DEEPEST = 24


class Walk:
    """Finds secrets in all JSON in some bytes, whatever escapes the JSON is written with."""

    def __init__(self, names: SecretNames, look: TextLook) -> None:
        """Take the *names* of secrets, and *look*, which finds secrets in plain bytes."""
        self._names, self._look = names, look

    def find(self, data: bytes) -> Iterator[Found]:
        """Yield the secrets in *data*. Secrets inside a value come before the value itself."""
        yield from self._find(PlainText.of(data), data, _DEEPEST, 2)

    def _find(self, plain: PlainText, root: bytes, depth: int, unquoted: int) -> Iterator[Found]:
        data = plain.data
        finds = list(self._look.find(data))
        if finds or b"\\" in data or self._names.may_be_in(data.lower()):
            leaves = list(embedded_leaves(data))
            for found in within_json(finds, leaves, data):
                start, end = plain.span(found.start, found.end)
                yield found._replace(start=start, end=end, quote=_written(plain, root, found))
            for leaf in leaves:
                if depth and leaf.text and _holds_more(data[leaf.start : leaf.end]):
                    inside = plain.string(leaf.start + 1, inner_end(leaf, data))
                    yield from self._find(inside, root, depth - 1, unquoted)
            for leaf, name in named_leaves(leaves, self._names):
                if data[leaf.start : leaf.end] not in _NO_SECRETS:
                    yield from _whole(plain, root, leaf, f"named:{name.lower()}")
        if unquoted and (text := plain.web_text()) is not None:
            yield from self._find(text, root, depth, unquoted - 1)
        if unquoted:
            yield from self._in_base64(plain, root)

    def _in_base64(self, plain: PlainText, root: bytes) -> Iterator[Found]:
        for match in _BASE64.finditer(plain.data):
            text = _text_of_base64(match[0])
            if text is not None:
                start, end = plain.span(*match.span())
                inside = PlainText(text, [0, len(text)], [start, end], [False, True])
                yield from self._find(inside, root, 0, 0)


def _written(plain: PlainText, root: bytes, found: Found) -> bytes:
    """Return the quote for the placeholder of a number, with the escapes that it needs there."""
    if not found.quote:
        return b""
    quote = plain.data.rfind(found.quote, 0, found.start)
    if quote < 0:  # The data are only a list of numbers.
        return found.quote
    start, end = plain.span(quote, quote + len(found.quote))
    return root[start:end]


def _holds_more(string: bytes) -> bool:
    """Return whether *string* may hold JSON that a search of the text around it misses."""
    return b"\\" in string or (b"'" in string and (b"{" in string or b"[" in string))


def _whole(plain: PlainText, root: bytes, leaf: Leaf, kind: str) -> Iterator[Found]:
    data = plain.data
    if leaf.text is None:
        quote = root[slice(*plain.span(leaf.key_start, leaf.key_start + 1))]
        yield Found(*plain.span(leaf.start, leaf.end), kind, data[leaf.start : leaf.end], quote)
        return
    start, end = leaf.start + 1, inner_end(leaf, data)
    if start < end:
        secret = leaf.text.encode("utf-8", "replace")
        yield Found(*plain.span(start, end), kind, secret)


def _text_of_base64(run: bytes) -> bytes | None:
    """Return the text that *run* encodes, or None if it encodes no text, like an image or an id."""
    altchars = b"-_" if b"-" in run or b"_" in run else None
    try:
        if not _is_text(base64.b64decode(run[:24], altchars)):
            return None
        text = base64.b64decode(run.rstrip(b"=") + b"==", altchars)
    except ValueError:
        return None
    return text if _is_text(text) else None


def _is_text(data: bytes) -> bool:
    return data.isascii() and not data.translate(None, _PRINTABLE)


_PRINTABLE = bytes((9, 10, 13, *range(32, 127)))

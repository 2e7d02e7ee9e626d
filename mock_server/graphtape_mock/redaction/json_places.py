"""Limits secrets in JSON to the inside of a string or a whole number, so that JSON stays valid."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from graphtape_mock.redaction.found import PLACEHOLDER, Found
from graphtape_mock.redaction.json_leaves import Leaf

_LINE_START = re.compile(rb"(?:\A|(?<=[\r\n]))(?:data:)?[ \t]*\Z")


def within_json(finds: Iterable[Found], leaves: list[Leaf], data: bytes) -> Iterator[Found]:
    """Yield the *finds* in *data*, adjusted so that JSON stays valid; *leaves* are its scalars.

    A find inside a number becomes the whole number. A find that crosses the end of a string is cut
    to the inside of the string. A given value that does so is dropped, because it only matched
    the quotes around the string.
    """
    starts = [leaf.start for leaf in leaves]
    for found in finds:
        first = max(bisect_right(starts, found.start) - 1, 0)
        touched = [
            leaf
            for leaf in leaves[first : bisect_right(starts, found.end - 1)]
            if found.start < leaf.end and _is_in_json(leaf, data)
        ]
        number = next((leaf for leaf in touched if leaf.text is None), None)
        if found.kind == PLACEHOLDER or found.quote or not touched:
            yield found
        elif number is not None and len(touched) == 1:
            if data[number.start : number.end].strip(b"-")[:1].isdigit():
                yield _whole_number(found, number, data)
        elif len(touched) == 1 and _inside(found, touched[0], data):
            yield found
        elif found.kind != "given":
            yield from _cut(found, touched, data)
        elif all(leaf.text is None for leaf in touched):
            yield found  # Better invalid JSON than a given value: `[0,[0` in a URL is no JSON.


def inner_end(leaf: Leaf, data: bytes) -> int:
    """Return the end of the inside of a string in *data*. The string may be cut off."""
    return leaf.end - 1 if _is_closed(leaf, data) else leaf.end


def _is_closed(leaf: Leaf, data: bytes) -> bool:
    inside = data[leaf.start + 1 : leaf.end - 1]
    escapes = len(inside) - len(inside.rstrip(b"\\"))
    quoted = leaf.end - leaf.start > 1 and data[leaf.end - 1] == data[leaf.start]
    return quoted and escapes % 2 == 0


def _is_in_json(leaf: Leaf, data: bytes) -> bool:
    """Return whether *leaf* is part of JSON, and not of a text that happens to have quotes."""
    if leaf.path:
        return True
    if leaf.text is not None and not _is_closed(leaf, data):
        return False
    first = _LINE_START.search(data, max(0, leaf.start - 16), leaf.start) is not None
    return first and not data[leaf.end : leaf.end + 1].strip()


def _inside(found: Found, leaf: Leaf, data: bytes) -> bool:
    return leaf.start < found.start and found.end <= inner_end(leaf, data)


def _whole_number(found: Found, number: Leaf, data: bytes) -> Found:
    quote = data[number.key_start : number.key_start + 1] if number.key_start >= 0 else b'"'
    secret = data[number.start : number.end]
    return Found(number.start, number.end, found.kind, secret, quote)


def _cut(found: Found, leaves: list[Leaf], data: bytes) -> Iterator[Found]:
    for leaf in leaves:
        if leaf.text is not None:
            start = max(found.start, leaf.start + 1)
            end = min(found.end, inner_end(leaf, data))
            if start < end:
                yield Found(start, end, found.kind, data[start:end])

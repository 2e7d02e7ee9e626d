"""The limit on the nesting of JSON, which is the same on every version of Python."""

import re
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from graphtape_contracts.json_value import is_list, is_object

DEEPEST = 254
"""The most levels of nesting that are read, and that langgraph-api 0.16.7 (orjson) can write.

Values up to this depth can be traversed, compared and encoded below the recursion limit of every
Python: 1,000 frames in 3.11; 1,500 calls in C, which cannot be changed, in 3.12.1.
"""

_NO_BRACKETS = re.compile(r'(?:"(?:[^"\\]++|\\.)*+"?+|[^][{}"]++)++', re.DOTALL)
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}


def is_too_deep(text: str) -> bool:
    """Return whether the JSON *text*, complete or not, has more than `DEEPEST` levels."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    brackets = _NO_BRACKETS.sub("", text)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > DEEPEST


def is_deeper(value: Any, levels: int = DEEPEST) -> bool:
    """Return whether the JSON *value* has arrays and objects nested deeper than *levels*."""
    level: list[Any] = [value]
    for _ in range(levels):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return any(is_object(node) or is_list(node) for node in level)


def _children(node: Any) -> Iterable[Any]:
    if is_object(node):
        return node.values()
    return node if is_list(node) else ()

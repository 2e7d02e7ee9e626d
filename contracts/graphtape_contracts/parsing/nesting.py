"""The limit on the nesting of JSON, which is the same on every version of Python."""

import re
from itertools import accumulate

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

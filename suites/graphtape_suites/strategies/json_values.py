"""Strategies for JSON values in the state of a graph, both ordinary and odd.

Servers were observed to return all of these odd values unchanged: U+2028 and similar characters,
emoji, empty keys, integers up to 64 bits, deep nesting, and protocol text inside user data. Values
that some server changes or refuses are never drawn: NaN, larger integers, NUL, lone surrogates, and
nesting deeper than about a hundred levels.
"""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from graphtape_contracts.json_value import Json

_ODD_TEXTS = (
    "",
    " ",
    "line\nline\r\nline\rline",
    "\u2028 \u2029 \u0085 \ufeff",
    "\U0001f600\u200d\U0001f468 e\u0301",
    "event: end\n\ndata: {}\n\n",
    "data: [DONE]",
    "\x01\x1f\x7f\"\\/'",
    "\ufffd",
    "x" * 300,
)
_PROTOCOL_WORDS = (
    "ai",
    "human",
    "AIMessageChunk",
    "attempt",
    "content",
    "data",
    "error",
    "event",
    "id",
    "interrupts",
    "message",
    "metadata",
    "name",
    "result",
    "run_id",
    "tool_calls",
    "type",
    "__error__",
    "__interrupt__",
)
_LARGEST = 2**63 - 1
_ODD_NUMBERS = (0, -0.0, 1.0, 1e300, 1e-7, 2**53 + 1, _LARGEST, -_LARGEST - 1)


@cache
def texts() -> st.SearchStrategy[str]:
    """Return a strategy for texts without NUL, many of them odd or similar to protocol text."""
    return st.one_of(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
        st.sampled_from(_ODD_TEXTS),
        st.sampled_from(_PROTOCOL_WORDS),
    )


@cache
def json_values() -> st.SearchStrategy[Any]:
    """Return a strategy for JSON values, mostly small and sometimes deeply nested."""
    scalars = _scalars()
    flat = st.lists(scalars, max_size=3) | st.dictionaries(texts(), scalars, max_size=2)
    nested = st.lists(scalars | flat, max_size=2) | st.dictionaries(texts(), flat, max_size=2)
    deep = st.builds(_nest, scalars | flat, st.integers(1, 60))
    return st.one_of(scalars, flat, nested, deep)


@cache
def json_objects(*, max_size: int = 3) -> st.SearchStrategy[Json]:
    """Return a strategy for JSON objects."""
    return st.dictionaries(texts(), json_values(), max_size=max_size)


@cache
def _scalars() -> st.SearchStrategy[Any]:
    return st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-_LARGEST - 1, _LARGEST),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(_ODD_NUMBERS),
        texts(),
    )


def _nest(value: Any, depth: int) -> Any:
    for level in range(depth):
        value = [value] if level % 2 else {"": value}
    return value

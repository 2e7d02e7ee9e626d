"""Incomplete JSON, such as the arguments of a tool call while they stream.

Observed on langchain-core 1.7.2, which parses such arguments after every chunk: it takes the
longest prefix that becomes valid JSON when its open string and brackets are closed.
"""

import json
import math
from collections import defaultdict
from typing import NamedTuple, TypeAlias

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
"""A decoded JSON value."""

_CLOSERS = {"{": "}", "[": "]"}


class _Outline(NamedTuple):
    """The structure of an incomplete JSON text: its open brackets and strings."""

    closers: str
    """The brackets that close those open at the end, innermost first."""
    cuts: list[int]
    """The lengths of the prefixes that `closers` might complete, in ascending order."""
    in_string: bool
    escaped: bool
    """Whether the text ends with a backslash that would escape the next character."""


def parse_partial_json(text: str) -> JsonValue:
    """Parse the JSON *text*, or its longest prefix that can be completed to JSON.

    An unmatched closing bracket makes the whole result null. Numbers that JSON does not have (NaN,
    infinities) become null, as servers send them. Control characters inside strings are allowed.

    Raises ValueError if there is no such prefix, RecursionError if *text* is nested too deeply.
    """
    try:
        return _parse(text)
    except json.JSONDecodeError as error:
        refused = error
    outline = _outline(text)
    if outline is None:
        return None
    if outline.in_string:
        whole = text[:-1] if outline.escaped else text
        try:
            return _parse(f'{whole}"{outline.closers}')
        except json.JSONDecodeError:
            pass  # The string is a key, or ends inside an escape: drop all of it.
    for length in reversed(outline.cuts):
        try:
            return _parse(text[:length] + outline.closers)
        except json.JSONDecodeError:
            continue
    raise refused


def _parse(text: str) -> JsonValue:
    value: JsonValue = json.loads(
        text, strict=False, parse_constant=_no_number, parse_float=_finite_float
    )
    return value


def _no_number(_name: str) -> None:
    return None


def _finite_float(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _outline(text: str) -> _Outline | None:
    """Return the outline of *text*; None if a closing bracket is unmatched."""
    open_: list[str] = []
    cuts: defaultdict[int, list[int]] = defaultdict(list)  # Keyed by the number of open brackets.
    in_string = escaped = False
    for length, char in enumerate(text, 1):
        if in_string:
            if char == '"' and not escaped:
                in_string = False
            else:
                escaped = char == "\\" and not escaped
        elif char == '"':
            in_string = True
        elif char in _CLOSERS:
            open_.append(_CLOSERS[char])
        elif char in "}]" and (not open_ or open_.pop() != char):
            return None
        if not in_string:
            cuts[len(open_)].append(length)
    return _Outline("".join(reversed(open_)), cuts[len(open_)], in_string, escaped)

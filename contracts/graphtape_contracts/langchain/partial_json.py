"""Incomplete JSON, such as the arguments of a tool call while they stream.

Observed on langchain-core 1.7.2, which shows such arguments in every chunk: the longest beginning
of the text that is JSON once its open string and the brackets open at the end are closed.
"""

import json
import math
from collections import defaultdict
from typing import NamedTuple, TypeAlias

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
"""A decoded JSON value."""

_CLOSERS = {"{": "}", "[": "]"}


class _Outline(NamedTuple):
    """What a scan of the brackets and quotes of a text shows."""

    closers: str
    """What closes the brackets that are open at the end."""
    cuts: list[int]
    """The lengths, rising, of the beginnings that these closers might complete."""
    in_string: bool
    escaped: bool
    """The text ends in a backslash that escapes what would follow."""


def parse_partial_json(text: str) -> JsonValue:
    """Parse the JSON *text*, or as much of its beginning as makes sense.

    A bracket that closes none makes the whole text null. Numbers that JSON cannot write (NaN,
    infinities) are null as well, which is what the servers send for them. Control characters
    inside strings are allowed.

    Raises ValueError when no beginning of *text* is JSON, RecursionError when it is too deep.
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
            pass  # The string is a key, or is cut inside an escape: all of it goes.
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
    """Scan *text*; None when a bracket closes what is not open."""
    open_: list[str] = []
    cuts: defaultdict[int, list[int]] = defaultdict(list)  # By the number of open brackets.
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

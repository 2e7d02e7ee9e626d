"""JSON values: type checks, a search for objects, and compact output."""

import json
from collections.abc import Iterable
from enum import Enum
from typing import Any, TypeGuard

Json = dict[str, Any]
"""A JSON object."""

Path = tuple[str | int, ...]
"""A place in a JSON value: the keys and indexes that lead there."""


class Absent(Enum):
    """The reason why there is no JSON value."""

    NOT_JSON = "not JSON"
    EMPTY = "empty"
    """No data, or only white space: Aegra 0.11.0 writes null like this."""
    TOO_DEEP = "nested too deeply to read"


def is_object(value: object) -> TypeGuard[Json]:
    """Return whether *value* is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Return whether *value* is a JSON array."""
    return isinstance(value, list)


def objects_in(data: Any) -> Iterable[Json]:
    """Yield every object in *data*, at any depth, outermost first."""
    waiting: list[Any] = [data]
    while waiting:
        value = waiting.pop()
        if is_object(value):
            yield value
            waiting.extend(reversed(value.values()))
        elif is_list(value):
            waiting.extend(reversed(value))


def show(value: Any) -> str:
    """Return *value* as compact JSON with sorted keys, or a note that it is nested too deeply."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    except RecursionError:
        return "(nested too deeply to show)"

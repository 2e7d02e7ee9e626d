"""JSON values, as the checkers of types want to see them, and what is found in them."""

from collections.abc import Iterable
from typing import Any, TypeGuard

Json = dict[str, Any]
"""A JSON object."""

Path = tuple[str | int, ...]
"""Where in a JSON value: the keys and indexes that lead there."""


def is_object(value: object) -> TypeGuard[Json]:
    """Whether *value* is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether *value* is a JSON array."""
    return isinstance(value, list)


def objects_in(data: Any) -> Iterable[Json]:
    """Yield every object in *data*, outermost first, however deep they are."""
    waiting: list[Any] = [data]
    while waiting:
        value = waiting.pop()
        if is_object(value):
            yield value
            waiting.extend(reversed(value.values()))
        elif is_list(value):
            waiting.extend(reversed(value))

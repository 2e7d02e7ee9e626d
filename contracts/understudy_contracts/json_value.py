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
    """Yield every object in *data*, outermost first."""
    if is_object(data):
        yield data
        for value in data.values():
            yield from objects_in(value)
    elif is_list(data):
        for value in data:
            yield from objects_in(value)

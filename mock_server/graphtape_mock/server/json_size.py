"""The memory that a JSON value takes."""

from sys import getsizeof
from typing import Any

from graphtape_contracts.json_value import is_list, is_object


def size_of(value: Any) -> int:
    """Return the bytes that a decoded JSON *value* takes, with everything in it."""
    total = 0
    waiting: list[Any] = [value]
    while waiting:
        found = waiting.pop()
        total += getsizeof(found)
        if is_object(found):
            total += sum(map(getsizeof, found))
            waiting.extend(found.values())
        elif is_list(found):
            waiting.extend(found)
    return total

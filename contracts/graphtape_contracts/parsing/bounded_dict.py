"""A dictionary of bounded size, in which rules store the state of a stream."""

from collections.abc import Collection
from typing import Generic, TypeVar

MAX_ENTRIES = 256

Value = TypeVar("Value")


class BoundedDict(Generic[Value]):
    """A dictionary of at most `MAX_ENTRIES` entries; if full, it drops the least recently set."""

    def __init__(self) -> None:
        """Create an empty dictionary."""
        self._values: dict[str, Value] = {}
        self.forgot = False
        """Whether an entry was ever dropped because the dictionary was full."""

    def __contains__(self, id_: str) -> bool:
        """Return whether there is a value with that id."""
        return id_ in self._values

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._values)

    def values(self) -> Collection[Value]:
        """Return the values, least recently set first."""
        return self._values.values()

    def items(self) -> Collection[tuple[str, Value]]:
        """Return pairs of id and value, least recently set first."""
        return self._values.items()

    def get(self, id_: str) -> Value | None:
        """Return the value with that id, or None."""
        return self._values.get(id_)

    def set(self, id_: str, value: Value) -> None:
        """Add or replace the value with that id."""
        self._values.pop(id_, None)
        self._values[id_] = value
        if len(self._values) > MAX_ENTRIES:
            del self._values[next(iter(self._values))]
            self.forgot = True

    def pop(self, id_: str) -> Value | None:
        """Remove and return the value with that id, or return None."""
        return self._values.pop(id_, None)

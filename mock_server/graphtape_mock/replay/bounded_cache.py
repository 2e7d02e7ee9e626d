"""A cache with a maximum number of entries and a maximum total size in bytes."""

from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """Values by key. Beyond a limit, the least recently used values are removed."""

    def __init__(self, limit: int, byte_limit: int) -> None:
        """Hold up to *limit* values with *byte_limit* bytes in total; the newest is always held."""
        self._limit, self._byte_limit = limit, byte_limit
        self._entries: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self.bytes = 0
        """The total size of all values, in bytes."""

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def values(self) -> list[Value]:
        """The values, least recently used first."""
        return [value for value, _ in self._entries.values()]

    def get(self, key: Key) -> Value | None:
        """Return the value of *key* and mark it as recently used; None if there is none."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def peek(self, key: Key) -> Value | None:
        """Return the value of *key* without marking it as used; None if there is none."""
        entry = self._entries.get(key)
        return None if entry is None else entry[0]

    def add(self, key: Key, value: Value, size: int) -> None:
        """Add a *value* of *size* bytes under a *key* that is not in use."""
        self._entries[key] = (value, size)
        self.bytes += size
        while len(self._entries) > 1 and self._is_full():
            _, (_, dropped) = self._entries.popitem(last=False)
            self.bytes -= dropped

    def remove(self, key: Key) -> None:
        """Remove the value of *key*, if there is one."""
        if (entry := self._entries.pop(key, None)) is not None:
            self.bytes -= entry[1]

    def clear(self) -> None:
        """Remove everything."""
        self._entries.clear()
        self.bytes = 0

    def _is_full(self) -> bool:
        return len(self._entries) > self._limit or self.bytes > self._byte_limit

"""A dictionary of bounded size: what a rule remembers of a stream."""

from collections.abc import Collection
from typing import Generic, TypeVar

MAX_ENTRIES = 256

Value = TypeVar("Value")


class BoundedDict(Generic[Value]):
    """Values by id, at most `MAX_ENTRIES`: the one that was set longest ago goes first."""

    def __init__(self) -> None:
        """Begin with none."""
        self._values: dict[str, Value] = {}
        self.forgot = False
        """Whether there were too many, so that some are no longer known."""

    def __contains__(self, id_: str) -> bool:
        """Return whether there is a value with that id."""
        return id_ in self._values

    def __len__(self) -> int:
        """How many values there are."""
        return len(self._values)

    def values(self) -> Collection[Value]:
        """Return the values, the one that was set longest ago first."""
        return self._values.values()

    def items(self) -> Collection[tuple[str, Value]]:
        """Return ids and values, the one that was set longest ago first."""
        return self._values.items()

    def get(self, id_: str) -> Value | None:
        """Return the value with that id; None if there is none."""
        return self._values.get(id_)

    def set(self, id_: str, value: Value) -> None:
        """Set the value with that id, in the place of one before."""
        self._values.pop(id_, None)
        self._values[id_] = value
        if len(self._values) > MAX_ENTRIES:
            del self._values[next(iter(self._values))]
            self.forgot = True

    def pop(self, id_: str) -> Value | None:
        """Take out the value with that id; None if there is none."""
        return self._values.pop(id_, None)

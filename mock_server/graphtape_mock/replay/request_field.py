"""A request field that shapes the response to a recorded run."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from graphtape_contracts import Frame, sse
from graphtape_contracts.json_value import Json

Frames = Sequence[Frame]
Value = TypeVar("Value")


class RequestField(Generic[Value]):
    """A change to the frames of a recorded run that depends on one value of the request.

    The change gets only this value of the recorded and of the new request, so a cache key that
    holds the value holds everything the change depends on.
    """

    def __init__(
        self,
        read: Callable[[Json], Value],
        change: Callable[[Frames, Value, Value, sse.Eol], Frames],
    ) -> None:
        """Take two functions.

        *read* returns the value, as JSON, of a request body. *change* returns the changed frames,
        given frames, the recorded value, the new value and the line end.
        """
        self.read = read
        self._change = change
        self.__doc__ = change.__doc__

    def __call__(self, frames: Frames, recorded: Json, requested: Json, eol: sse.Eol) -> Frames:
        """Return *frames* as sent in response to the body *requested* instead of *recorded*."""
        return self._change(frames, self.read(recorded), self.read(requested), eol)


def depends_on(
    read: Callable[[Json], Value],
) -> Callable[[Callable[[Frames, Value, Value, sse.Eol], Frames]], RequestField[Any]]:
    """Return a decorator that makes a RequestField of *read* and the decorated change."""
    return lambda change: RequestField(read, change)

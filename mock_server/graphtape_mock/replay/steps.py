"""The steps by which a held response is sent."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from graphtape_contracts import sse
from graphtape_mock.replay.response_plan import ResponsePlan


@dataclass(frozen=True, slots=True)
class Advance:
    """Send the next events."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class Until:
    """Send everything up to and including the next event with this name."""

    event: str


@dataclass(frozen=True, slots=True)
class SendEvent:
    """Send an event that is not in the recording."""

    event: str
    data: object


@dataclass(frozen=True, slots=True)
class Finish:
    """Send the rest and end the response."""


Step = Advance | Until | SendEvent | Finish


class HeldPlan:
    """A plan that is sent in parts, one for each step."""

    def __init__(self, plan: ResponsePlan) -> None:
        self._plan = plan
        self._place = 0

    def take(self, step: Step) -> bytes:
        """Return the bytes that *step* sends. Raises NoSuchEvent if no remaining event fits."""
        match step:
            case Advance(count):
                end = self._plan.place_of(count, self._place) + 1
            case Until(event):
                end = self._plan.place_of(event, self._place) + 1
            case SendEvent(event, data):
                text = orjson.dumps(data).decode()
                return sse.encode_event(event, text, eol=self._plan.eol)
            case _:
                end = len(self._plan.chunks)
        return b"".join(self._go(end))

    def _go(self, end: int) -> Iterator[bytes]:
        for chunk in self._plan.chunks[self._place : end]:
            yield chunk.body
        self._place = end

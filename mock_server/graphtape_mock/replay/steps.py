"""A response that is held: which part of it leaves next is said step by step."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from graphtape_contracts import sse
from graphtape_mock.replay.response_plan import ResponsePlan


@dataclass(frozen=True, slots=True)
class Advance:
    """Let the next events go."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class Until:
    """Let all go up to and including the next event of a name."""

    event: str


@dataclass(frozen=True, slots=True)
class SendEvent:
    """Send an event that the recording does not have."""

    event: str
    data: object


@dataclass(frozen=True, slots=True)
class Finish:
    """Let the rest go, and the end."""


Step = Advance | Until | SendEvent | Finish


class Held:
    """What of a script is still to go."""

    def __init__(self, script: ResponsePlan) -> None:
        self._script = script
        self._place = 0

    def take(self, step: Step) -> bytes:
        """Return what leaves by *step*. Raises NoSuchEvent where the rest has no such event."""
        match step:
            case Advance(count):
                end = self._script.place_of(count, self._place) + 1
            case Until(event):
                end = self._script.place_of(event, self._place) + 1
            case SendEvent(event, data):
                text = orjson.dumps(data).decode()
                return sse.encode_event(event, text, eol=self._script.eol)
            case _:
                end = len(self._script.chunks)
        return b"".join(self._go(end))

    def _go(self, end: int) -> Iterator[bytes]:
        for chunk in self._script.chunks[self._place : end]:
            yield chunk.body
        self._place = end

"""Events of a recorded stream with their data decoded, to derive other events from."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from understudy_contracts import Frame, sse
from understudy_contracts.json_value import Json, is_list, is_object


class Event(NamedTuple):
    """One event: when it arrived (seconds), its name on the wire, its data and id."""

    at: float
    name: str
    data: Any
    id: str | None = None

    @property
    def base(self) -> str:
        """The name without the namespace of a subgraph: `updates` of `updates|child:UUID`."""
        return self.name.partition("|")[0]

    @property
    def namespace(self) -> str:
        """The namespace of a subgraph, or nothing for the graph itself."""
        return self.name.partition("|")[2]


def event_of(frame: Frame) -> Event | None:
    """Return the event of *frame*; None where it is none, or one whose data is no JSON."""
    if frame.event is None or frame.data is None or frame.torn:
        return None
    try:
        return Event(frame.at, frame.event, orjson.loads(frame.data), frame.id)
    except ValueError:
        return None


def is_heartbeat(frame: Frame) -> bool:
    """Whether *frame* is nothing but the comment that keeps a quiet stream alive."""
    return (frame.comment, frame.event, frame.data) == (sse.HEARTBEAT, None, None)


def frame_of(event: Event, eol: sse.Eol) -> Frame:
    """Return the frame of *event*, as a server that ends lines with *eol* sends it."""
    data = orjson.dumps(event.data).decode()
    return sse.frame(sse.encode_event(event.name, data, event.id, eol=eol), event.at)


def objects_in(data: Any) -> Iterable[Json]:
    """Yield every object in *data*, outermost first."""
    if is_object(data):
        yield data
        for value in data.values():
            yield from objects_in(value)
    elif is_list(data):
        for value in data:
            yield from objects_in(value)


_MESSAGE_TYPES = frozenset(
    ("human", "ai", "system", "tool", "function", "chat", "developer", "remove")
)


def is_message(value: object) -> bool:
    """Whether *value* is a LangChain message, or a chunk of one, as the servers write them."""
    if not is_object(value):
        return False
    kind = value.get("type")
    return (
        isinstance(kind, str)
        and "content" in value
        and "id" in value
        and (kind in _MESSAGE_TYPES or kind.endswith("MessageChunk"))
    )


def messages_in(data: Any) -> Iterable[Json]:
    """Yield every message in *data*, in the order of the wire."""
    return (found for found in objects_in(data) if is_message(found))

"""Events of a recorded stream with their data decoded."""

import json
from typing import Any, NamedTuple

import orjson

from graphtape_contracts import Frame, sse
from graphtape_contracts.parsing.nesting import is_deeper


class RecordedEvent(NamedTuple):
    """One event: when it arrived (seconds), its name on the wire, its data and id."""

    at: float
    name: str
    data: Any
    id: str | None = None
    number: int = 0
    """The number of its frame in the recorded body, from 1; 0 for a derived event."""

    @property
    def base(self) -> str:
        """The name without the namespace of a subgraph: `updates` of `updates|child:UUID`."""
        return self.name.partition("|")[0]

    @property
    def namespace(self) -> str:
        """The namespace of a subgraph; empty for the graph itself."""
        return self.name.partition("|")[2]


def event_of(frame: Frame) -> RecordedEvent | None:
    """Return the event of *frame*; None if it is not an event, or its data is not JSON."""
    if frame.event is None or frame.data is None or frame.torn:
        return None
    try:
        return RecordedEvent(frame.at, frame.event, orjson.loads(frame.data), frame.id)
    except ValueError:
        return None


def is_heartbeat(frame: Frame) -> bool:
    """Return whether *frame* is only the comment that keeps a silent stream alive."""
    return (frame.comment, frame.event, frame.data) == (sse.HEARTBEAT, None, None)


def frame_of(event: RecordedEvent, eol: sse.Eol) -> Frame:
    """Return the frame of *event*, as a server that ends lines with *eol* sends it."""
    try:
        data = orjson.dumps(event.data).decode()
    except orjson.JSONEncodeError:
        if not is_deeper(event.data):
            raise
        # LangGraph.js 1.5.1 sends data of more levels than orjson writes.
        data = json.dumps(event.data, ensure_ascii=False, separators=(",", ":"))
    return sse.frame(sse.encode_event(event.name, data, event.id, eol=eol), event.at)

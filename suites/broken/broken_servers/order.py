"""Streams with a wrong start or end."""

from broken_servers.changes import Frames, Parts, data, drop, each, event, frames, nth, twice
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer

FAILING = ("failing", "tools")
END = event("end", {"status": "success"})


def _metadata_last(all_: Frames) -> Parts:
    return [*all_[1:], all_[0]]


def _first_values_first(all_: Frames) -> Parts:
    first = next((n for n, frame in enumerate(all_) if frame.event == "values"), None)
    return all_ if first is None else [all_[0], all_[first], *all_[1:first], *all_[first + 1 :]]


SERVERS = [
    BrokenServer(
        "order.metadata-first", "metadata comes last", ResponseChange(frames(_metadata_last))
    ),
    BrokenServer(
        "order.metadata-first", "metadata is missing", ResponseChange(each("metadata", drop))
    ),
    BrokenServer(
        "order.metadata-once", "metadata comes twice", ResponseChange(each("metadata", twice))
    ),
    BrokenServer(
        "order.metadata-once",
        "attempts are counted from 0",
        ResponseChange(each("metadata", data(lambda value: value | {"attempt": 0}))),
    ),
    BrokenServer(
        "order.error-last",
        "values follow an error",
        ResponseChange(each("error", lambda f: [f, event("updates", {"agent": None})])),
    ),
    BrokenServer(
        "order.end-last",
        "an end event comes in the middle",
        ResponseChange(nth("metadata", 0, lambda frame: [frame, END])),
    ),
    BrokenServer(
        "order.no-end", "an end event comes last", ResponseChange(frames(lambda all_: [*all_, END]))
    ),
    BrokenServer(
        "data.end",
        "an end event has a text as its data",
        ResponseChange(frames(lambda all_: [*all_, event("end", "success")])),
    ),
    BrokenServer(
        "order.events-first",
        "values come before the start events",
        ResponseChange(frames(_first_values_first)),
    ),
]

"""Streams that violate a NOTE: they are unusual, but a graph may produce them."""

from typing import Any

from editing import with_output

from broken_servers.changes import (
    Frames,
    Parts,
    data,
    drop,
    each,
    event,
    frames,
    nth,
    raw,
    then,
    twice,
    waits,
)
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer
from graphtape_contracts import Frame
from graphtape_contracts.json_value import is_object
from graphtape_contracts.parsing.event import parse

NOTES = ("--graphtape-level=note",)


def _is_result(frame: Frame) -> bool:
    value = parse(frame.data)
    return "result" in value.get("payload", value)


def _without_results(frame: Frame) -> list[Frame]:
    return [] if _is_result(frame) else [frame]


def _unless_failed(output: Any) -> Any:
    return {} if is_object(output) and "__error__" in output else output


def _first_partial_alone(all_: Frames) -> Parts:
    places = [n for n, frame in enumerate(all_) if frame.event == "messages/partial"]
    return [frame for n, frame in enumerate(all_) if n not in places[1:]]


SERVERS = [
    BrokenServer(
        "message-assembly.chunks",
        "a chunk of a message is lost",
        ResponseChange(nth("messages", 1, drop)),
        ("agent",),
        options=NOTES,
    ),
    BrokenServer(
        "message-assembly.chunks",
        "a chunk of a message comes twice",
        ResponseChange(nth("messages", 1, twice)),
        ("agent",),
        options=NOTES,
    ),
    BrokenServer(
        "message-assembly.partials",
        "only the first partial message is sent",
        ResponseChange(frames(_first_partial_alone)),
        ("agent",),
        options=NOTES,
    ),
    BrokenServer(
        "tasks.unfinished",
        "all results of tasks are lost",
        ResponseChange(then(each("tasks", _without_results), each("debug", _without_results))),
        options=NOTES,
    ),
    BrokenServer(
        "tasks.failure-ends-run",
        "streams and waits swallow errors",
        ResponseChange(then(each("error", drop), waits(with_output(_unless_failed)))),
        options=NOTES,
    ),
    BrokenServer(
        "events.known",
        "unknown events are sent",
        ResponseChange(frames(lambda all_: [*all_, event("progress", 1)])),
        options=NOTES,
    ),
    BrokenServer(
        "fields.known",
        "blocks have an unknown field",
        ResponseChange(each("values", raw(b"event: values", b"time: 1\r\nevent: values"))),
        options=NOTES,
    ),
    BrokenServer(
        "messages-tuple.chunk-type",
        "chunks have the type of a whole message",
        ResponseChange(each("messages", data(lambda pair: [pair[0] | {"type": "ai"}, pair[1]]))),
        options=NOTES,
    ),
]

"""Streams in which something is wrong that only a NOTE is about: a graph may be like that."""

from typing import Any

from broken_servers.answering import answering
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
    value,
    waits,
)
from broken_servers.server import BrokenServer
from graphtape_contracts import Frame
from graphtape_contracts.json_value import is_object
from graphtape_contracts.parsing.event import parse

NOTES = ("--graphtape-level=note",)


def _is_result(frame: Frame) -> bool:
    told = parse(frame.data)
    return "result" in told.get("payload", told)


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
        answering(nth("messages", 1, drop)),
        ("agent",),
        options=NOTES,
    ),
    BrokenServer(
        "message-assembly.chunks",
        "a chunk of a message comes twice",
        answering(nth("messages", 1, twice)),
        ("agent",),
        options=NOTES,
    ),
    BrokenServer(
        "message-assembly.partials",
        "messages do not grow to their end",
        answering(frames(_first_partial_alone)),
        ("agent",),
        options=NOTES,
    ),
    BrokenServer(
        "tasks.unfinished",
        "results of tasks are lost everywhere",
        answering(then(each("tasks", _without_results), each("debug", _without_results))),
        options=NOTES,
    ),
    BrokenServer(
        "tasks.failure-ends-run",
        "errors are swallowed by streams and waits",
        answering(then(each("error", drop), waits(value(_unless_failed)))),
        options=NOTES,
    ),
    BrokenServer(
        "events.known",
        "events come that nobody knows",
        answering(frames(lambda all_: [*all_, event("progress", 1)])),
        options=NOTES,
    ),
    BrokenServer(
        "fields.known",
        "blocks have a field that nobody knows",
        answering(each("values", raw(b"event: values", b"time: 1\r\nevent: values"))),
        options=NOTES,
    ),
    BrokenServer(
        "messages-tuple.chunk-type",
        "chunks are whole messages by their type",
        answering(each("messages", data(lambda pair: [pair[0] | {"type": "ai"}, pair[1]]))),
        options=NOTES,
    ),
]

"""Streams with events that were not requested, have wrong names, or are missing."""

from broken_servers.changes import (
    Frames,
    Parts,
    asked,
    drop,
    each,
    event,
    frames,
    modes_asked,
    named,
    nth,
    when,
)
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer
from graphtape_contracts import Frame
from graphtape_contracts.parsing.event import parse

SUBGRAPHS = ("subgraphs", "tools")
CHECKPOINT = {"id": "x", "step": 0, "source": "loop"}


def _wrong_namespace(frame: Frame) -> Parts:
    name, bar, _ = (frame.event or "").partition("|")
    return named(f"{name}|node:17")(frame) if bar else [frame]


def _without_namespaces(all_: Frames) -> Parts:
    return (p for f in all_ for p in named((f.event or "").partition("|")[0])(f))


def _subgraphs_unasked(frame: Frame) -> Parts:
    namespace = "node:01a20208-0000-7000-8000-000000000000"
    return [frame, event(f"updates|{namespace}", parse(frame.data))]


def _as_partial_too(frame: Frame) -> Parts:
    return [frame, event("messages/partial", parse(frame.data)[:1])]


SERVERS = [
    BrokenServer(
        "events.asked",
        "updates come without being requested",
        ResponseChange(nth("metadata", 0, lambda f: [f, event("updates", {"agent": {}})])),
    ),
    BrokenServer(
        "events.asked",
        "values come in every mode",
        ResponseChange(frames(lambda all_: [*all_, event("values", {"messages": []})])),
    ),
    BrokenServer(
        "events.interrupts-asked",
        "interrupts come in values that were not requested",
        ResponseChange(frames(lambda all_: [*all_, event("values", {"__interrupt__": []})])),
    ),
    BrokenServer(
        "events.checkpoints-asked",
        "checkpoints come without being requested",
        ResponseChange(
            nth("metadata", 0, lambda f: [f, event("checkpoints", {"id": "x", "step": 0})])
        ),
    ),
    BrokenServer(
        "events.checkpoints-kept",
        "checkpoints come for runs that are not kept",
        ResponseChange(
            when(
                lambda e: asked(e).get("stream_mode") == "checkpoints",
                frames(lambda all_: [*all_, event("checkpoints", CHECKPOINT)]),
            )
        ),
    ),
    BrokenServer(
        "events.messages-tuple-only",
        "messages come in both modes",
        ResponseChange(
            when(
                lambda e: {"messages", "messages-tuple"} <= {*modes_asked(e)},
                each("messages", _as_partial_too),
            )
        ),
        profile="standard",
        options=("-k", "events.messages-tuple-only"),
    ),
    BrokenServer(
        "events.namespace-asked",
        "events of subgraphs come without being requested",
        ResponseChange(each("updates", _subgraphs_unasked)),
        SUBGRAPHS,
    ),
    BrokenServer(
        "events.namespace-form",
        "namespaces are not a path of nodes",
        ResponseChange(frames(lambda all_: (p for f in all_ for p in _wrong_namespace(f)))),
        SUBGRAPHS,
    ),
    BrokenServer(
        "consistency.subgraphs",
        "events of subgraphs have no namespace",
        ResponseChange(frames(_without_namespaces)),
        SUBGRAPHS,
    ),
    BrokenServer(
        "events.run-no-namespace",
        "LangChain's events have a namespace",
        ResponseChange(
            when(
                lambda e: asked(e).get("stream_subgraphs") is True,
                each("events", named("events|agent:01a20208-0000-7000-8000-000000000000")),
            )
        ),
        SUBGRAPHS,
        profile="standard",
    ),
    BrokenServer(
        "events.partial-no-namespace",
        "partial messages have a namespace",
        ResponseChange(each("messages/partial", named("messages/partial|agent"))),
    ),
    BrokenServer(
        "modes.present",
        "tasks are missing",
        ResponseChange(each("tasks", drop)),
    ),
    BrokenServer(
        "modes.present",
        "updates come as custom events",
        ResponseChange(each("updates", named("custom"))),
    ),
    BrokenServer(
        "modes.present",
        "LangChain's events are missing",
        ResponseChange(each("events", drop)),
    ),
]

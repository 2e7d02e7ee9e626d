"""Messages that grow wrongly or come with wrong metadata."""

from typing import Any

from broken_servers.changes import Frames, Parts, data, drop, each, frames, nth, twice, with_key
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer
from graphtape_contracts import Frame

SUBGRAPHS = ("subgraphs", "tools")


def _chunks_in_place_of_messages(all_: Frames) -> Parts:
    """Reduce each partial message to the text that is new in it."""
    last = ""

    def piece(messages: Any) -> Any:
        nonlocal last
        whole = messages[0]["content"]
        grown = whole.removeprefix(last)
        last = whole
        return [messages[0] | {"content": grown}]

    for frame in all_:
        partial = frame.event == "messages/partial"
        yield from data(piece)(frame) if partial else [frame]


def _backwards(event_: str) -> Any:
    """Return a change that sends the events named *event_* in reverse order."""

    def apply(all_: Frames) -> Parts:
        places = [n for n, frame in enumerate(all_) if frame.event == event_]
        for place, frame in zip(places, [all_[n] for n in reversed(places)], strict=True):
            all_[place] = frame
        return all_

    return apply


def _introduced_late(all_: Frames) -> Parts:
    """Move the metadata of messages to the end of the stream."""
    late = [frame for frame in all_ if frame.event == "messages/metadata"]
    return [frame for frame in all_ if frame.event != "messages/metadata"] + late


def _chunk_without_id(pair: Any) -> Any:
    return [pair[0] | {"id": None}, pair[1]]


def _chunk_of_nowhere(pair: Any) -> Any:
    known = pair[1]
    return [pair[0], {k: v for k, v in known.items() if not k.startswith("langgraph_")}]


def _last_again(frame: Frame) -> Parts:
    return [frame, frame] if '"chunk_position":"last"' in (frame.data or "") else [frame]


def _of_another_namespace(frame: Frame) -> Parts:
    if "|" not in (frame.event or ""):
        return [frame]
    return data(lambda pair: with_key(pair, "langgraph_checkpoint_ns", lambda _: "other:1"))(frame)


SERVERS = [
    BrokenServer(
        "messages.metadata-first",
        "the metadata of messages comes last",
        ResponseChange(frames(_introduced_late)),
    ),
    BrokenServer(
        "messages.metadata-once",
        "the metadata of a message comes twice",
        ResponseChange(each("messages/metadata", twice)),
    ),
    BrokenServer(
        "messages.metadata-followed",
        "messages have metadata and no content",
        ResponseChange(each("messages/partial", drop)),
    ),
    BrokenServer(
        "messages.partials-grow",
        "partial messages have only the new text",
        ResponseChange(frames(_chunks_in_place_of_messages)),
        ("agent",),
    ),
    BrokenServer(
        "messages.partials-grow",
        "partial messages come in reverse order",
        ResponseChange(frames(_backwards("messages/partial"))),
        ("agent",),
    ),
    BrokenServer(
        "messages.tool-calls-persist",
        "partial messages lose their tool calls",
        ResponseChange(
            nth(
                "messages/partial",
                1,
                data(lambda found: with_key(found, "tool_calls", lambda _: [])),
            )
        ),
    ),
    BrokenServer(
        "messages.complete-once",
        "complete messages come twice",
        ResponseChange(each("messages/complete", twice)),
    ),
    BrokenServer(
        "data.messages-metadata",
        "the metadata of messages lacks their ids",
        ResponseChange(each("messages/metadata", data(lambda value: [*value.values()]))),
    ),
    BrokenServer(
        "data.messages-partial",
        "a partial message is not a list",
        ResponseChange(each("messages/partial", data(lambda messages: messages[0]))),
    ),
    BrokenServer(
        "data.messages-complete",
        "complete messages have no ids",
        ResponseChange(
            each("messages/complete", data(lambda found: [m | {"id": None} for m in found]))
        ),
    ),
    BrokenServer(
        "data.messages",
        "chunks have no id",
        ResponseChange(each("messages", data(_chunk_without_id))),
    ),
    BrokenServer(
        "data.messages",
        "chunks do not name their node",
        ResponseChange(each("messages", data(_chunk_of_nowhere))),
    ),
    BrokenServer(
        "data.messages",
        "chunks come without metadata",
        ResponseChange(each("messages", data(lambda pair: pair[0]))),
    ),
    BrokenServer(
        "messages-tuple.metadata-same",
        "chunks of one message come from different nodes",
        ResponseChange(
            nth(
                "messages",
                1,
                data(lambda pair: with_key(pair, "langgraph_node", lambda _: "other")),
            )
        ),
        ("agent",),
    ),
    BrokenServer(
        "messages-tuple.namespace",
        "chunks of subgraphs come from another namespace",
        ResponseChange(each("messages", _of_another_namespace)),
        SUBGRAPHS,
        profile="standard",
        options=("-k", "messages-tuple.namespace"),
    ),
    BrokenServer(
        "messages-tuple.none-after-last",
        "chunks follow the last one",
        ResponseChange(each("messages", _last_again)),
    ),
    BrokenServer(
        "message-assembly.streamed",
        "a chunk of a message is lost",
        ResponseChange(nth("messages", 2, drop)),
    ),
    BrokenServer(
        "message-assembly.streamed",
        "a chunk of a message comes twice",
        ResponseChange(nth("messages", 2, twice)),
    ),
]

"""Messages that are streamed wrongly, in `messages` or in `messages-tuple`."""

from collections.abc import Callable
from typing import Any

from mutation import Change, Mutant, doubled, with_body, with_data, without

_ANOTHER_RUN = "01a20208-0000-7000-8000-000000000000"


def _everywhere(old: bytes, new: bytes) -> Change:
    return lambda exchange: with_body(exchange.body.replace(old, new))(exchange)


DataChange = Callable[[Any], Any]


def _with_message(**fields: Any) -> DataChange:
    """Make a change of data that sets *fields* of the message in a tuple or a partial."""
    return lambda data: [data[0] | fields, *data[1:]]


def _with_metadata(**fields: Any) -> DataChange:
    """Make a change of data that sets *fields* of the metadata in a tuple."""
    return lambda data: [data[0], data[1] | fields]


def _announced_with(**fields: Any) -> DataChange:
    """Make a change of data that sets *fields* of the metadata in a `messages/metadata` event."""
    return lambda data: {
        id_: {"metadata": entry["metadata"] | fields} for id_, entry in data.items()
    }


def _with_args(args: str) -> DataChange:
    """Make a change of data that sets the arguments of the only tool call chunk in a chunk."""

    def change(data: Any) -> Any:
        chunk, metadata = data
        piece = chunk["tool_call_chunks"][0] | {"args": args}
        return [chunk | {"tool_call_chunks": [piece]}, metadata]

    return change


MUTANTS = [
    Mutant(
        "messages.metadata-first",
        "the metadata of a streamed message are missing",
        "python/mode-tools-messages",
        without("messages/metadata"),
    ),
    Mutant(
        "messages.metadata-first",
        "the metadata of a whole message are missing",
        "python/mode-tools-messages",
        without("messages/metadata", 1),
    ),
    Mutant(
        "messages.metadata-once",
        "the metadata of a message are sent twice",
        "python/mode-agent-messages",
        doubled("messages/metadata"),
    ),
    Mutant(
        "messages.metadata-followed",
        "the message of a tool is missing",
        "python/mode-tools-messages",
        without("messages/complete"),
    ),
    Mutant(
        "messages.partials-grow",
        "a partial is a delta",
        "python/mode-agent-messages",
        with_data("messages/partial", _with_message(content=" "), 3),
    ),
    Mutant(
        "messages.partials-grow",
        "two interleaved messages have swapped texts",
        "python/two-messages",
        with_data("messages/partial", _with_message(content="m2 a"), 4),
    ),
    Mutant(
        "messages.tool-calls-persist",
        "a tool call is missing from a partial",
        "python/mode-tools-messages",
        with_data("messages/partial", _with_message(tool_calls=[]), 3),
    ),
    Mutant(
        "messages.complete-once",
        "a whole message is sent twice",
        "python/mode-tools-messages",
        doubled("messages/complete"),
    ),
    Mutant(
        "messages-tuple.run",
        "the metadata of a tool's message have another run id",
        "python/mode-tools-messages-tuple",
        with_data("messages", _with_metadata(run_id=_ANOTHER_RUN), 5),
    ),
    Mutant(
        "messages-tuple.run",
        "`messages/metadata` has another run id",
        "python/mode-agent-messages",
        with_data("messages/metadata", _announced_with(run_id=_ANOTHER_RUN)),
    ),
    Mutant(
        "messages-tuple.attempt",
        "the metadata of a tool's message have a wrong attempt",
        "python/mode-tools-messages-tuple",
        with_data("messages", _with_metadata(run_attempt=2), 5),
    ),
    Mutant(
        "messages-tuple.namespace",
        "the messages of a subgraph have another namespace",
        "python/mode-subgraph-sub-messages-tuple",
        _everywhere(b'"langgraph_checkpoint_ns":"child:', b'"langgraph_checkpoint_ns":"other:'),
    ),
    Mutant(
        "messages-tuple.metadata-same",
        "a chunk has another step than the previous ones",
        "python/mode-agent-messages-tuple",
        with_data("messages", _with_metadata(langgraph_step=2), 3),
    ),
    Mutant(
        "messages-tuple.none-after-last",
        "the last chunk is sent twice",
        "python/mode-agent-messages-tuple",
        doubled("messages", -1),
    ),
    Mutant(
        "messages-tuple.none-after-last",
        "a chunk in the middle is marked as the last",
        "python/mode-agent-messages-tuple",
        with_data("messages", _with_message(chunk_position="last"), 3),
    ),
    Mutant(
        "messages-tuple.chunk-type",
        "a chunk has the type of a whole message",
        "python/mode-agent-messages-tuple",
        with_data("messages", _with_message(type="ai"), 3),
    ),
    Mutant(
        "message-assembly.streamed",
        "a chunk that is in `events` is missing",
        "python/full-agent-all9",
        without("messages", 3),
        # The missing chunk is also missing from the sum.
        also=frozenset(("message-assembly.chunks",)),
    ),
    Mutant(
        "message-assembly.streamed",
        "a chunk that is in `events` once is sent twice",
        "python/full-agent-all9",
        doubled("messages", 3),
        also=frozenset(("message-assembly.chunks",)),
    ),
    Mutant(
        "message-assembly.chunks",
        "a chunk is missing",
        "python/full-agent-all-tuple-noevents",
        without("messages", 3),
    ),
    Mutant(
        "message-assembly.chunks",
        "a part of the arguments of a tool call is different",
        "python/full-tools-all-tuple-noevents",
        with_data("messages", _with_args('": "Lo'), 2),
    ),
    Mutant(
        "message-assembly.partials",
        "the last partial is missing",
        "python/full-agent-all-messages-noevents",
        without("messages/partial", -1),
    ),
]

"""Streamed messages: chunks, their sum, and the events of the stream mode `messages`.

Works on messages as they are on the wire, decoded to dicts. Results may share parts with what was
put in: treat all of them as read-only.
"""

from collections.abc import Iterable
from typing import Any

import orjson

from graphtape_contracts.json_value import Json, is_object, objects_in
from graphtape_contracts.langchain.chunks import Message, add_chunks
from graphtape_contracts.langchain.merge import NotAddable

__all__ = [
    "Message",
    "NotAddable",
    "PartialMessages",
    "add_chunks",
    "as_message",
    "is_chunk",
    "is_message",
    "messages_in",
]

_PLAIN_TYPES = {
    "AIMessageChunk": "ai",
    "ChatMessageChunk": "chat",
    "FunctionMessageChunk": "function",
    "HumanMessageChunk": "human",
    "SystemMessageChunk": "system",
    "ToolMessageChunk": "tool",
}
_COMMON = ("content", "additional_kwargs", "response_metadata", "type", "name", "id")
_OWN = {
    "ai": ("tool_calls", "invalid_tool_calls", "usage_metadata"),
    "chat": ("role",),
    "tool": ("tool_call_id", "artifact", "status"),
}

_TYPES = frozenset(("human", "ai", "system", "tool", "function", "chat", "developer", "remove"))


def is_message(value: object) -> bool:
    """Return whether *value* is a LangChain message or chunk, as the servers write them."""
    if not is_object(value):
        return False
    kind = value.get("type")
    return (
        isinstance(kind, str)
        and "content" in value
        and "id" in value
        and (kind in _TYPES or kind.endswith("MessageChunk"))
    )


def messages_in(data: Any) -> Iterable[Json]:
    """Yield every message in *data*, in the order of the wire."""
    return (found for found in objects_in(data) if is_message(found))


def is_chunk(message: Message) -> bool:
    """Return whether the *message* is a piece of a streamed one."""
    return message.get("type") in _PLAIN_TYPES


def as_message(chunk: Message) -> Message:
    """Return the *chunk*, single or summed, as `messages/partial` shows it; a message as it is.

    Keys that belong to no field of a message are dropped, as observed.
    """
    if not is_chunk(chunk):
        return chunk
    plain = _PLAIN_TYPES[chunk["type"]]
    message = {key: chunk[key] for key in (*_COMMON, *_OWN.get(plain, ())) if key in chunk}
    message["type"] = plain
    if "invalid_tool_calls" in message:
        # In a chunk these keys are in another order: name, args, id, error, type.
        message["invalid_tool_calls"] = [
            {key: call.get(key) for key in ("type", "id", "name", "args", "error")}
            for call in message["invalid_tool_calls"]
        ]
    return message


class PartialMessages:
    """Makes the events of the stream mode `messages` of the tuples of `messages-tuple`.

    One object serves one attempt of one run, all its namespaces together: the server begins again
    after each `metadata` event. Observed on langgraph-api 0.16.7:

    - the metadata is that of the tuple in which an id is first seen, and is sent once;
    - a model that streams twice under one id goes on where the first stream ended;
    - chunks that follow a whole message of their id make a prompt template of the two.
    """

    def __init__(self) -> None:
        self._totals: dict[str, Message] = {}

    def feed(self, message: Message, metadata: Any) -> list[tuple[str, Any]]:
        """Take the two parts of the next tuple; return the names and data of its events.

        The message has an id: the server gives one to each that comes without.

        Raises NotAddable if the server ends the run with an `error` event instead: when a
        chunk cannot be added to those before, or the arguments of a tool call, cut where they
        are, cannot be sent.
        """
        id_: str = message["id"]
        events: list[tuple[str, Any]] = []
        total = self._totals.get(id_)
        if total is None:
            events.append(("messages/metadata", {id_: {"metadata": metadata}}))
            total = message
        else:
            total = _continue(total, message)
        self._totals[id_] = total
        shown = as_message(total)
        _check_sendable(shown.get("tool_calls"))
        events.append(("messages/partial" if is_chunk(message) else "messages/complete", [shown]))
        return events


def _continue(total: Message, message: Message) -> Message:
    if "type" not in total:  # A prompt template already.
        return {**total, "messages": [*total["messages"], _in_template(message)]}
    if is_chunk(total):
        return add_chunks(total, message)
    return {
        "name": None,
        "input_variables": [],
        "optional_variables": [],
        "output_parser": None,
        "partial_variables": {},
        "metadata": None,
        "tags": None,
        "messages": [_in_template(total), _in_template(message)],
        "validate_template": False,
    }


def _in_template(message: Message) -> Message:
    kind: str = message["type"]
    plain = _PLAIN_TYPES.get(kind, kind)
    hidden = (*_OWN.get(plain, ()), "tool_call_chunks", "chunk_position")
    return {key: value for key, value in message.items() if key not in hidden}


def _check_sendable(tool_calls: Any) -> None:
    # Half of a surrogate pair, or an integer beyond 64 bits: the server's encoder is the same.
    try:
        orjson.dumps(tool_calls)
    except TypeError as error:
        raise NotAddable("TypeError", str(error)) from None

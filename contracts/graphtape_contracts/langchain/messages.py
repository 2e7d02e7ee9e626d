"""Streamed messages: chunks, their sum, and the events of the stream mode `messages`.

Messages are dicts decoded from JSON. Results may share parts with the arguments: treat both as
read-only.
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
    """Return whether *value* is a LangChain message or chunk, as servers send them."""
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
    """Yield every message in *data*, at any depth, in document order."""
    return (found for found in objects_in(data) if is_message(found))


def is_chunk(message: Message) -> bool:
    """Return whether *message* is a chunk of a streamed message."""
    return message.get("type") in _PLAIN_TYPES


def as_message(chunk: Message) -> Message:
    """Return the message that `messages/partial` shows for a *chunk* or a sum of chunks.

    Keys that are not fields of a message are dropped, as observed. An argument that is a whole
    message is returned unchanged.
    """
    if not is_chunk(chunk):
        return chunk
    plain = _PLAIN_TYPES[chunk["type"]]
    message = {key: chunk[key] for key in (*_COMMON, *_OWN.get(plain, ())) if key in chunk}
    message["type"] = plain
    if "invalid_tool_calls" in message:
        # A chunk has these keys in a different order: name, args, id, error, type.
        message["invalid_tool_calls"] = [
            {key: call.get(key) for key in ("type", "id", "name", "args", "error")}
            for call in message["invalid_tool_calls"]
        ]
    return message


class PartialMessages:
    """Derives the events of the stream mode `messages` from the tuples of `messages-tuple`.

    Use one object for each attempt of a run, for all namespaces: the server starts over after each
    `metadata` event. Observed on langgraph-api 0.16.7:

    - The metadata of a message is sent once, from the first tuple with its id.
    - If a model streams twice under one id, the second stream is appended to the first.
    - If chunks follow a whole message with the same id, the two become a prompt template.
    """

    def __init__(self) -> None:
        self._totals: dict[str, Message] = {}

    def feed(self, message: Message, metadata: Any) -> list[tuple[str, Any]]:
        """Process the next tuple; return the events that result, as pairs of name and data.

        *message* must have an id; servers assign an id to every message that has none.

        Raises NotAddable where the server would end the run with an `error` event: if a chunk
        cannot be added to the previous ones, or the partial arguments of a tool call cannot be
        encoded.
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
    if "type" not in total:  # Already a prompt template.
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
    # orjson, which the server uses too, rejects lone surrogates and integers beyond 64 bits.
    try:
        orjson.dumps(tool_calls)
    except TypeError as error:
        raise NotAddable("TypeError", str(error)) from None

"""Flaws of a recorded message that prevent adding it to other messages.

Messages and chunks from a server have no such flaws, but edited recordings may lack anything.
"""

from graphtape_contracts.json_value import Json, is_list, is_object

_OWN_TEXT = {
    "ChatMessageChunk": "role",
    "FunctionMessageChunk": "name",
    "ToolMessageChunk": "tool_call_id",
}
"""The text that each type of chunk must have."""


def flaw_of(message: Json) -> str:
    """Return what *message* should have and what it has; empty if it can be added to others."""
    for key in ("type", "id"):
        if not isinstance(message.get(key), str):
            return _expected(message, key, "text")
    if not isinstance(message.get("content"), str | list):
        return _expected(message, "content", "text or an array")
    if not str(message["type"]).endswith("MessageChunk"):
        return ""
    own = _OWN_TEXT.get(message["type"])
    if own is not None and own not in message:
        return _expected(message, own, "text")
    for key in ("additional_kwargs", "response_metadata"):
        if not is_object(message.get(key, {})):
            return _expected(message, key, "an object")
    usage = message.get("usage_metadata")
    if usage is not None and not is_object(usage):
        return _expected(message, "usage_metadata", "an object or null")
    if not is_list(message.get("tool_call_chunks", [])):
        return _expected(message, "tool_call_chunks", "an array")
    calls = message.get("invalid_tool_calls", [])
    if not is_list(calls) or not all(map(is_object, calls)):
        return _expected(message, "invalid_tool_calls", "an array of objects")
    return ""


def _expected(message: Json, key: str, kind: str) -> str:
    got = _kind(message[key]) if key in message else "none"
    return f'expected "{key}" of a message as {kind}, got {got}'


def _kind(value: object) -> str:
    if value is None:
        return "null"
    kinds: dict[type, str] = {str: "text", bool: "a boolean", dict: "an object", list: "an array"}
    return kinds.get(type(value), "a number")

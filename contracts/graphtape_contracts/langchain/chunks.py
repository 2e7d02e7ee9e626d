"""Adds two chunks of a streamed message, in the JSON form that servers send.

Observed on langchain-core 1.7.2 (`messages/ai.py`, `base.py`, `tool.py`), including key order.
"""

from typing import Any, TypeAlias

from graphtape_contracts.langchain.merge import (
    NotAddable,
    Object,
    merge_artifacts,
    merge_content,
    merge_dicts,
    merge_lists,
)
from graphtape_contracts.langchain.tool_calls import (
    chunks_of_raw_calls,
    finish_blocks,
    parse_tool_calls,
    tool_call_chunk,
)

Message: TypeAlias = dict[str, Any]
"""A message, or a chunk of one, as decoded JSON."""

_IDENTITY = {
    "ChatMessageChunk": "role",
    "FunctionMessageChunk": "name",
    "ToolMessageChunk": "tool_call_id",
}
"""For each type of chunk, the key whose value must be the same in both chunks."""
_COUNTS = ("input_tokens", "output_tokens", "total_tokens")
_DETAILS = {
    "input_token_details": ("audio", "cache_creation", "cache_read"),
    "output_token_details": ("audio", "reasoning"),
}


def add_chunks(left: Message, right: Message) -> Message:
    """Return the sum of the chunk *left* and the chunk *right* that follows it.

    Keys that are not fields of a message are dropped, and so is the name, except that of a function
    message. A missing field counts as empty: servers without langchain-core omit some. Token counts
    that LangChain does not define come from the server in random order; here they are in order of
    first appearance.

    Raises NotAddable if one of the two is not a chunk, if their types differ (langchain-core can
    add chunks of some different types, but no server sends those under one id), or if their values
    cannot be merged.
    """
    kind: str = left["type"]
    if kind != right["type"] or not kind.endswith("MessageChunk"):
        raise NotAddable(
            "TypeError", f'unsupported operand type(s) for +: "{kind}" and "{right["type"]}"'
        )
    if kind in _IDENTITY:
        _require_same(_IDENTITY[kind], left, right)
    total: Message = {
        "content": merge_content(left["content"], right["content"]),
        "additional_kwargs": _merge("additional_kwargs", left, right),
        "response_metadata": _merge("response_metadata", left, right),
        "type": kind,
        "name": left["name"] if kind == "FunctionMessageChunk" else None,
        "id": left.get("id"),
    }
    if kind == "AIMessageChunk":
        _add_ai(total, left, right)
    elif kind == "ToolMessageChunk":
        _add_tool(total, left, right)
    elif kind == "ChatMessageChunk":
        total["role"] = left["role"]
    return total


def _merge(key: str, left: Message, right: Message) -> Object:
    return merge_dicts(left.get(key, {}), right.get(key, {}))


def _require_same(key: str, left: Message, right: Message) -> None:
    if left[key] != right[key]:
        # The server's message says "names" also when the call ids of tool messages differ.
        what = "roles" if key == "role" else "names"
        raise NotAddable("ValueError", f"Cannot concatenate {left['type']}s with different {what}.")


def _add_ai(total: Message, left: Message, right: Message) -> None:
    merged = merge_lists(left.get("tool_call_chunks", []), right.get("tool_call_chunks", []))
    pieces = [tool_call_chunk(piece) for piece in merged] or chunks_of_raw_calls(
        total["additional_kwargs"].get("tool_calls")
    )
    last = "last" in (left.get("chunk_position"), right.get("chunk_position"))
    ids: list[str] = [id_ for id_ in (left.get("id"), right.get("id")) if id_]
    total["id"] = max(ids, key=_id_rank, default=None)
    total["tool_calls"], total["invalid_tool_calls"] = parse_tool_calls(pieces)
    total["usage_metadata"] = _add_usage(left.get("usage_metadata"), right.get("usage_metadata"))
    total["tool_call_chunks"] = pieces
    total["chunk_position"] = "last" if last else None
    if last and total["response_metadata"].get("output_version") == "v1":
        total["content"] = finish_blocks(total["content"], total["tool_calls"])


def _add_tool(total: Message, left: Message, right: Message) -> None:
    total["tool_call_id"] = left["tool_call_id"]
    total["artifact"] = merge_artifacts(left.get("artifact"), right.get("artifact"))
    total["status"] = "error" if "error" in (left.get("status"), right.get("status")) else "success"


def _id_rank(id_: str) -> int:
    """Return the precedence of an id: 2 for a provider's, 1 for `lc_run-`, 0 for other `lc_`."""
    if id_.startswith("lc_run-"):
        return 1
    return 0 if id_.startswith("lc_") else 2


def _add_usage(left: Object | None, right: Object | None) -> Object | None:
    if not left or not right:
        return left or right
    total = _add_counts(left, right)
    for key, known in _DETAILS.items():
        details = total.get(key)
        if isinstance(details, dict):
            total[key] = _first(known, details)
    return _first((*_COUNTS, *_DETAILS), total)


def _add_counts(left: Object, right: Object) -> Object:
    total: Object = {}
    for key in [*left, *(key for key in right if key not in left)]:
        counts = [side[key] for side in (left, right) if key in side]
        numbers = [count for count in counts if isinstance(count, int)]
        details = [count for count in counts if isinstance(count, dict)]
        if len(numbers) == len(counts):
            total[key] = sum(numbers)
        elif len(details) == len(counts):
            total[key] = _add_counts(details[0], details[1] if len(details) > 1 else {})
        else:
            raise NotAddable(
                "ValueError",
                f"Unknown value types: {[type(count) for count in counts]}. "
                "Only dict and int values are supported.",
            )
    return total


def _first(keys: tuple[str, ...], mapping: Object) -> Object:
    """Return *mapping* with *keys* moved to the front."""
    return {key: mapping[key] for key in keys if key in mapping} | mapping

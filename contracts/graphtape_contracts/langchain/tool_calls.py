"""The tool calls in chunks of AI messages, while the arguments are still streaming.

Observed on langchain-core 1.7.2 (`messages/ai.py`, `messages/tool.py`).
"""

import json

from graphtape_contracts.langchain.merge import Content, Object
from graphtape_contracts.langchain.partial_json import JsonValue, parse_partial_json


def tool_call_chunk(piece: JsonValue) -> Object:
    """Return *piece* with exactly the keys of a tool call chunk; missing values are None."""
    found = piece if isinstance(piece, dict) else {}
    return {key: found.get(key) for key in ("name", "args", "id", "index")} | {
        "type": "tool_call_chunk"
    }


def chunks_of_raw_calls(raw: JsonValue) -> list[Object]:
    """Convert the *raw* tool calls that OpenAI's models put into `additional_kwargs` to chunks.

    Returns an empty list if any of them has an unexpected shape.
    """
    pieces: list[Object] = []
    for call in raw if isinstance(raw, list) else []:
        if not isinstance(call, dict):
            return []
        function = call.get("function", {"name": None, "arguments": None})
        if not isinstance(function, dict) or not {"name", "arguments"} <= function.keys():
            return []
        pieces.append(
            tool_call_chunk({**call, "name": function["name"], "args": function["arguments"]})
        )
    return pieces


def parse_tool_calls(pieces: list[Object]) -> tuple[list[Object], list[Object]]:
    """Return the valid and the invalid tool calls that the merged *pieces* represent so far."""
    valid: list[Object] = []
    invalid: list[Object] = []
    for piece in pieces:
        args = _parse_args(piece["args"])
        if isinstance(args, dict):
            valid.append(
                {"name": piece["name"] or "", "args": args, "id": piece["id"], "type": "tool_call"}
            )
        else:
            invalid.append(
                {key: piece[key] for key in ("name", "args", "id")}
                | {"error": None, "type": "invalid_tool_call"}
            )
    return valid, invalid


def _parse_args(text: JsonValue) -> JsonValue:
    if not text:
        return {}
    try:
        return parse_partial_json(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def finish_blocks(content: Content, calls: list[Object]) -> Content:
    """Return *content* with each block of tool call chunks replaced by its call from *calls*.

    langchain-core does this at the last chunk of a message in its content format "v1".
    """
    if isinstance(content, str):
        return content
    by_id = {id_: call for call in calls if isinstance(id_ := call["id"], str) and id_}
    return [_finish_block(block, by_id) if isinstance(block, dict) else block for block in content]


def _finish_block(block: Object, calls: dict[str, Object]) -> Object:
    match block.get("type"):
        case "tool_call_chunk":
            id_ = block.get("id")
            if not isinstance(id_, str) or id_ not in calls:
                return block
            call = calls[id_]
            whole: Object = {"type": "tool_call"}
            whole |= {key: call[key] for key in ("name", "args", "id")}
            if "extras" in block:
                whole["extras"] = block["extras"]
            return whole
        case "server_tool_call" | "server_tool_call_chunk":
            args = _whole_args(block.get("args") or "{}")
            if args is None:
                return block
            return {**block, "type": "server_tool_call", "args": args}
        case _:
            return block


def _whole_args(text: JsonValue) -> Object | None:
    try:
        args: JsonValue = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
    return args if isinstance(args, dict) else None

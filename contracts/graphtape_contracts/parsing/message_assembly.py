"""Adds up the chunks of a message, limited to the parts that every dialect sends alike.

These parts are the content, and the tool calls once their arguments are complete.
`chunks.add_chunks` computes the full sum after every chunk; this module computes the parts once, in
linear time.
"""

from dataclasses import dataclass, field
from typing import Any

from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_contracts.langchain.merge import NotAddable, merge_content
from graphtape_contracts.parsing.event import parse

ToolCall = tuple[Any, Any, Any]
"""The name, the arguments and the id of a tool call."""


@dataclass(slots=True)
class _ToolCall:
    """The chunks of one tool call so far."""

    name: str = ""
    id: str = ""
    args: list[str] = field(default_factory=list[str])


class MessageAssembly:
    """Adds up the chunks of one message."""

    def __init__(self) -> None:
        """Start without chunks."""
        self._text: list[str] = []
        self._blocks: list[Any] | None = None
        self._known = True
        self._calls: dict[int, _ToolCall] | None = {}
        self.is_open = False
        """Whether the last chunk is missing. False if the server does not mark last chunks."""

    def add(self, piece: Json) -> None:
        """Add *piece*, the next chunk."""
        self.is_open = "chunk_position" in piece and piece["chunk_position"] != "last"
        content = piece.get("content")
        if isinstance(content, str) and self._blocks is None:
            self._text.append(content)
        else:
            self._add_blocks(content)
        pieces = piece.get("tool_call_chunks")
        for call in pieces if is_list(pieces) else []:
            self._add_call(call)

    @property
    def text(self) -> str | None:
        """The content; None if it is a list of blocks or cannot be added up."""
        return "".join(self._text) if self._known and self._blocks is None else None

    @property
    def content(self) -> str | list[Any] | None:
        """The content as langchain-core adds it up; None if it cannot be added up."""
        return self._blocks if self._known and self._blocks is not None else self.text

    @property
    def calls(self) -> list[ToolCall] | None:
        """The tool calls; None if there are none, or one is incomplete or has no `index`."""
        if not self._calls:
            return None
        calls: list[ToolCall] = []
        for call in self._calls.values():
            args = parse("".join(call.args) or "{}")
            if not is_object(args):
                return None
            calls.append((call.name, args, call.id or None))
        return calls

    def _add_blocks(self, content: Any) -> None:
        before: Any = "".join(self._text) if self._blocks is None else self._blocks
        is_first = self._blocks is None and not self._text
        total = content if is_first else _merged(before, content)
        self._known = self._known and is_list(total)
        self._blocks = total if is_list(total) else []

    def _add_call(self, piece: object) -> None:
        if self._calls is None or not is_object(piece) or type(piece.get("index")) is not int:
            self._calls = None  # Without an index, the call that the chunk continues is unknown.
            return
        name, id_, args = (piece.get(key) or "" for key in ("name", "id", "args"))
        call = self._calls.setdefault(piece["index"], _ToolCall())
        readable = isinstance(name, str) and isinstance(id_, str) and isinstance(args, str)
        if not readable or (id_ and call.id not in ("", id_)):
            self._calls = None  # Two calls with the same index cannot be distinguished.
            return
        call.name += name
        call.id = call.id or id_
        call.args.append(args)


def _merged(before: Any, content: Any) -> Any:
    if not isinstance(content, str) and not is_list(content):
        return None
    try:
        return merge_content(before, content)
    except NotAddable:
        return None


def tool_calls_of(message: Json) -> list[ToolCall] | None:
    """Return the tool calls of a whole *message*; None if they are unreadable."""
    calls = message.get("tool_calls")
    if not is_list(calls) or not all(is_object(call) for call in calls):
        return None
    return [(call.get("name"), call.get("args"), call.get("id")) for call in calls]

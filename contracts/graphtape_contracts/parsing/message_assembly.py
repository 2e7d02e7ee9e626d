"""The sum of the chunks of a message, as far as it can be compared with the message.

`chunks.add_chunks` makes the whole sum after every piece; this one is made at the end, in a time
that grows with the length of the message, and only of what is the same in every dialect: the
content, and the tool calls whose arguments are whole.
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
    """The pieces of one tool call."""

    name: str = ""
    id: str = ""
    args: list[str] = field(default_factory=list[str])


class MessageAssembly:
    """Adds up the pieces of one message."""

    def __init__(self) -> None:
        """Begin with no piece."""
        self._text: list[str] = []
        self._blocks: list[Any] | None = None
        self._known = True
        self._calls: dict[int, _ToolCall] | None = {}
        self.is_open = False
        """Whether the server marks the last piece, and it has not come."""

    def add(self, piece: Json) -> None:
        """Add the next *piece*."""
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
        """The content, if it is a text."""
        return "".join(self._text) if self._known and self._blocks is None else None

    @property
    def content(self) -> str | list[Any] | None:
        """The content, as langchain-core adds it up; None if it cannot be added up."""
        return self._blocks if self._known and self._blocks is not None else self.text

    @property
    def calls(self) -> list[ToolCall] | None:
        """The tool calls; None if there are none, or one that is not whole or has no number."""
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
            self._calls = None  # Without a number it is not known which call it goes on with.
            return
        name, id_, args = (piece.get(key) or "" for key in ("name", "id", "args"))
        call = self._calls.setdefault(piece["index"], _ToolCall())
        readable = isinstance(name, str) and isinstance(id_, str) and isinstance(args, str)
        if not readable or (id_ and call.id not in ("", id_)):
            self._calls = None  # Another call under a number that is taken is a call of its own.
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
    """Return the tool calls of a whole *message*; None if they cannot be read."""
    calls = message.get("tool_calls")
    if not is_list(calls) or not all(is_object(call) for call in calls):
        return None
    return [(call.get("name"), call.get("args"), call.get("id")) for call in calls]

"""Models the stream of a chat model: the chunks of a message, and how they add up.

Chunks have the form of the Python server (langchain-core 1.7.2); `dialect_data` converts them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from graphtape_contracts.json_value import Json, is_list
from graphtape_contracts.langchain.tool_calls import parse_tool_calls

ModelId = str
"""The id that LangChain gives to a streamed message: `lc_run--UUID`."""


@dataclass(frozen=True)
class MessagePiece:
    """The part of a message in one chunk."""

    content: str | list[Json]
    calls: tuple[Json, ...] = ()
    """Pieces of tool calls: `name`, `args`, `id` and `index`."""
    usage: Json | None = None
    response_metadata: Json = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class ModelStream:
    """A chat model that streams one message."""

    pieces: tuple[MessagePiece, ...]
    own_id: str | None = None
    """The message id from the provider; None if LangChain assigns it."""
    named_pieces: int = 0
    """The number of leading chunks with the provider's id; the later chunks have LangChain's.

    Observed: all chunks; all but the empty last one; only the first (OpenAI's Responses API).
    """
    finished: bool = True
    """False if the node abandons the stream; then the complete message is in no event."""
    silent: bool = False
    """Whether the model is tagged `nostream`: the modes of messages hide it, `events` shows it."""
    hidden: bool = False
    """Whether it is tagged `langsmith:hidden`: `events` hides it, the modes of messages show it."""
    last_is_marked: bool = True
    """Whether the last chunk is marked (`chunk_position`)."""

    def chunks(self, model_id: ModelId) -> list[Json]:
        """Return the chunks as they are sent."""
        return [self._chunk(n, model_id) for n in range(len(self.pieces))]

    def _chunk(self, n: int, model_id: ModelId) -> Json:
        own = self.own_id is not None and n < self.named_pieces
        last = n == len(self.pieces) - 1 and self.finished and self.last_is_marked
        return _chunk([self.pieces[n]], str(self.own_id) if own else model_id, last)

    def whole(self, model_id: ModelId) -> Json:
        """Return the complete message."""
        return as_message(_chunk(self.pieces, self.own_id or model_id, True))

    def so_far(self, count: int, model_id: ModelId) -> Json:
        """Return the message up to chunk *count*, without chunks that have another id."""
        ids = [chunk["id"] for chunk in self.chunks(model_id)[:count]]
        same = [p for p, id_ in zip(self.pieces, ids, strict=False) if id_ == ids[-1]]
        return as_message(_chunk(same, ids[-1], False))


def _chunk(pieces: Sequence[MessagePiece], id_: str, last: bool) -> Json:
    calls = _sum_by_index([list(piece.calls) for piece in pieces])
    shown = [{**call, "type": "tool_call_chunk"} for call in calls]
    valid, invalid = parse_tool_calls(shown)
    return {
        "content": _sum_contents([piece.content for piece in pieces]),
        "additional_kwargs": {},
        "response_metadata": reduce(lambda a, b: a | b, (p.response_metadata for p in pieces)),
        "type": "AIMessageChunk",
        "name": None,
        "id": id_,
        "tool_calls": valid,
        "invalid_tool_calls": invalid,
        "usage_metadata": _sum_usages(piece.usage for piece in pieces),
        "tool_call_chunks": shown,
        "chunk_position": "last" if last else None,
    }


def as_message(chunk: Json) -> Json:
    """Return a chunk, or a sum of chunks, as a complete `ai` message."""
    kept = {k: v for k, v in chunk.items() if k not in ("tool_call_chunks", "chunk_position")}
    return kept | {"type": "ai"}


def _sum_contents(contents: Sequence[str | list[Json]]) -> str | list[Json]:
    if isinstance(contents[0], str):
        return "".join(content for content in contents if isinstance(content, str))
    return _sum_by_index([content for content in contents if is_list(content)])


def _sum_by_index(lists: Iterable[list[Json]]) -> list[Json]:
    """Merge parts with the same `index`: concatenate texts, keep the first of other values."""
    joined: dict[int, Json] = {}
    for part in (part for parts in lists for part in parts):
        total = joined.setdefault(part["index"], {})
        for key, value in part.items():
            grows = key in ("args", "text", "reasoning") and key in total
            if grows and value is not None:
                total[key] = (total[key] or "") + value
            elif key not in total or total[key] is None:
                total[key] = value
    return list(joined.values())


def _sum_usages(usages: Iterable[Json | None]) -> Json | None:
    known = [usage for usage in usages if usage is not None]
    if not known:
        return None
    return {key: sum(usage[key] for usage in known) for key in known[0]}

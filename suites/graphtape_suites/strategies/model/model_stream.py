"""What a chat model says piece by piece: chunks of one message, and their sum.

In the form of the Python server (langchain-core 1.7.2); `dialects.py` knows the others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from graphtape_contracts.json_value import Json, is_list
from graphtape_contracts.langchain.tool_calls import parse_tool_calls

ModelId = str
"""The id that LangChain gives to what a model says: `lc_run--UUID`."""


@dataclass(frozen=True)
class MessagePiece:
    """What one chunk adds to a message."""

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
    """The id its provider gave; without one it is LangChain's."""
    named_pieces: int = 0
    """How many chunks, from the first, bear the provider's id; LangChain names the others.

    Seen: all; all but the empty last one; the first alone, as OpenAI's Responses API does it.
    """
    finished: bool = True
    """False of a stream that its node gave up: the message is nowhere else."""
    silent: bool = False
    """Tagged `nostream`: hidden from the modes of messages, not from `events`."""
    hidden: bool = False
    """Tagged `langsmith:hidden`: hidden from `events`, not from the modes of messages."""
    last_is_marked: bool = True
    """Whether the last chunk says so (`chunk_position`)."""

    def chunks(self, model_id: ModelId) -> list[Json]:
        """Return the chunks as they are sent."""
        return [self._chunk(n, model_id) for n in range(len(self.pieces))]

    def _chunk(self, n: int, model_id: ModelId) -> Json:
        own = self.own_id is not None and n < self.named_pieces
        last = n == len(self.pieces) - 1 and self.finished and self.last_is_marked
        return _chunk([self.pieces[n]], str(self.own_id) if own else model_id, last)

    def whole(self, model_id: ModelId) -> Json:
        """Return the message that the node gets in the end."""
        return as_whole(_chunk(self.pieces, self.own_id or model_id, True))

    def so_far(self, count: int, model_id: ModelId) -> Json:
        """Return the sum of those of the first *count* chunks that share the id of the last."""
        ids = [chunk["id"] for chunk in self.chunks(model_id)[:count]]
        same = [p for p, id_ in zip(self.pieces, ids, strict=False) if id_ == ids[-1]]
        return as_whole(_chunk(same, ids[-1], False))


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


def as_whole(chunk: Json) -> Json:
    """Return the message that a chunk, or a sum of chunks, stands for."""
    kept = {k: v for k, v in chunk.items() if k not in ("tool_call_chunks", "chunk_position")}
    return kept | {"type": "ai"}


def _sum_contents(contents: Sequence[str | list[Json]]) -> str | list[Json]:
    if isinstance(contents[0], str):
        return "".join(content for content in contents if isinstance(content, str))
    return _sum_by_index([content for content in contents if is_list(content)])


def _sum_by_index(lists: Iterable[list[Json]]) -> list[Json]:
    """Join what has the same `index`: texts that grow are appended, the rest comes once."""
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

"""All events that the graph engine produces in a run. A request selects some of them."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from graphtape_contracts.json_value import Json
from graphtape_suites.strategies.model.model_stream import ModelId, ModelStream

Namespace: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """An event of one stream mode, with its data."""

    mode: str
    value: Any
    namespace: Namespace = ()


@dataclass(frozen=True)
class StreamedChunk:
    """Chunk number *count* of a model's message, counted from 1."""

    stream: ModelStream
    model_id: ModelId
    count: int
    metadata: Json
    namespace: Namespace


@dataclass(frozen=True)
class ReturnedMessages:
    """Complete messages that a node returned. A view leaves out those already streamed."""

    messages: tuple[Json, ...]
    known: frozenset[str]
    """Ids of messages in the node's input. A view leaves out these messages, too."""
    metadata: Json
    namespace: Namespace


EngineEvent: TypeAlias = Shown | StreamedChunk | ReturnedMessages

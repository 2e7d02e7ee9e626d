"""The events of a run inside the graph engine, before a request selects from them."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from graphtape_contracts.json_value import Json
from graphtape_suites.strategies.model.model_stream import ModelId, ModelStream

Namespace: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """An event with its data for one stream mode."""

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
    """Complete messages returned by a node; views leave out those already streamed."""

    messages: tuple[Json, ...]
    known: frozenset[str]
    """The ids of the messages in the node's input, which views leave out, too."""
    metadata: Json
    namespace: Namespace


EngineEvent: TypeAlias = Shown | StreamedChunk | ReturnedMessages

"""What happens in a run, moment by moment, before any request chose what to see of it."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from graphtape_contracts.json_value import Json
from graphtape_suites.strategies.model.model_stream import ModelId, ModelStream

Namespace: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """An event of a stream mode that shows it as it is."""

    mode: str
    value: Any
    namespace: Namespace = ()


@dataclass(frozen=True)
class StreamedChunk:
    """A chunk of a message that a model streams: the *count*th, from 1."""

    speech: ModelStream
    model_id: ModelId
    count: int
    metadata: Json
    namespace: Namespace


@dataclass(frozen=True)
class ReturnedMessages:
    """Whole messages that a node returned, for those who have not seen them yet."""

    messages: tuple[Json, ...]
    known: frozenset[str]
    """The ids of the messages that the node was given: they are news to nobody."""
    metadata: Json
    namespace: Namespace


Moment: TypeAlias = Shown | StreamedChunk | ReturnedMessages

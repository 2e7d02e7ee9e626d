"""The mode `messages-tuple`: chunks of messages, each with its metadata."""

import re
from collections.abc import Callable, Iterable

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import Json, Path, is_list, is_object
from graphtape_contracts.parsing.bounded_dict import MAX_ENTRIES, BoundedDict
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.identifiers import LOWER_UUID, MODEL_CALL_ID
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report
from graphtape_contracts.rules.sources import ON_MAIN_SERVERS

_STREAM = frozenset({Kind.STREAM})
_PYTHON = frozenset({Dialect.PYTHON, Dialect.AEGRA})

_ONE_CALL = re.compile(MODEL_CALL_ID)
_UUID = re.compile(LOWER_UUID)


def piece_in(event: Event) -> tuple[str, Json, Json] | None:
    """Return id, message and metadata in an event of `messages-tuple`; None for other events."""
    value = event.value
    if event.mode != "messages" or not is_list(value) or len(value) < 2:
        return None
    message, metadata = value[0], value[1]
    if is_object(message) and is_object(metadata) and isinstance(id_ := message.get("id"), str):
        return id_, message, metadata
    return None


def is_of_one_call(id_: str) -> bool:
    """Return whether LangChain generated the message id *id_*, once for a single model call.

    Under another id, a model may stream twice. Some chunks of a message may have the provider's id
    while others have LangChain's.
    """
    return bool(_ONE_CALL.match(id_))


def is_piece(message: Json) -> bool:
    """Return whether *message* is a chunk of an AI message, in any dialect."""
    return "tool_call_chunks" in message


def _metadata_in(event: Event) -> Iterable[tuple[Path, Json]]:
    """Yield the metadata of messages in *event*, as pairs of path in the data and metadata."""
    piece = piece_in(event)
    if piece is not None:
        yield (1,), piece[2]
    elif event.name == "messages/metadata" and is_object(event.value):
        for id_, entry in event.value.items():
            if is_object(entry) and is_object(metadata := entry.get("metadata")):
                yield (id_, "metadata"), metadata


def _same_as_run(key: str, of_run: str) -> Callable[[ExchangeHead, Report], EventWatch]:
    """Return the `judge` of a rule about a value of the run that is repeated in each message.

    *key* is its name in the metadata of a message, *of_run* its name in the `metadata` event.
    """

    def judge(head: ExchangeHead, report: Report) -> EventWatch:
        expected: object = None
        while isinstance(event := (yield), Event):
            if event.name == "metadata":
                expected = event.value.get(of_run) if is_object(event.value) else None
                continue
            for path, metadata in _metadata_in(event):
                got = metadata.get(key)
                if expected is not None and _is_from_server(got) and got != expected:
                    report(quote(expected), quote(got), at=event, path=(*path, key))

    return judge


def _is_from_server(value: object) -> bool:
    """Return whether *value* may be from the server, not the graph: it is an integer or a UUID."""
    return type(value) is int or (isinstance(value, str) and bool(_UUID.fullmatch(value)))


def _in_namespace(head: ExchangeHead, report: Report) -> EventWatch:
    while isinstance(event := (yield), Event):
        piece = piece_in(event)
        if piece is None or not event.namespace:
            continue
        inner = piece[2].get("langgraph_checkpoint_ns")
        outer = "|".join(event.namespace)
        if isinstance(inner, str) and not inner.startswith(f"{outer}|"):
            report(
                f"a task in the namespace {quote(outer)} of the event",
                quote(inner),
                at=event,
                path=(1, "langgraph_checkpoint_ns"),
            )


def _none_after_last(head: ExchangeHead, report: Report) -> EventWatch:
    closed: BoundedDict[int] = BoundedDict()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            closed = BoundedDict()
        piece = piece_in(event)
        if piece is None or not is_of_one_call(piece[0]):
            continue
        id_, message, _ = piece
        frame = closed.get(id_)
        if frame is not None:
            report(
                f"no chunk of {quote(id_)} after its last one in frame {frame}",
                quote(message.get("content")),
                at=event,
                path=(0,),
            )
        if message.get("chunk_position") == "last":
            closed.set(id_, event.number)


def _same_metadata(head: ExchangeHead, report: Report) -> EventWatch:
    known: BoundedDict[Json] = BoundedDict()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            known = BoundedDict()
        piece = piece_in(event)
        if piece is None or not is_of_one_call(piece[0]) or not is_piece(piece[1]):
            continue
        id_, _, metadata = piece
        before = known.get(id_)
        if before is not None and before != metadata:
            key = next(k for k in (*before, *metadata) if before.get(k) != metadata.get(k))
            report(
                f"{quote(before.get(key))}, as in the previous chunk",
                quote(metadata.get(key)),
                at=event,
                path=(1, key),
            )
        known.set(id_, metadata)


def _chunk_type(head: ExchangeHead, report: Report) -> EventWatch:
    while isinstance(event := (yield), Event):
        piece = piece_in(event)
        if piece is None or not is_piece(piece[1]):
            continue
        kind = piece[1].get("type")
        if kind != "AIMessageChunk":
            report('"AIMessageChunk"', quote(kind), at=event, path=(0, "type"))


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="messages-tuple.run",
        level=Level.SHOULD,
        statement="The metadata of a message contain the id of the run.",
        source=f"{ON_MAIN_SERVERS}, in `messages` and `messages/metadata`; a graph may overwrite "
        "it, so only another UUID is reported",
        kinds=_STREAM,
        judge=_same_as_run("run_id", "run_id"),
    ),
    EventRule(
        id="messages-tuple.attempt",
        level=Level.SHOULD,
        statement="The metadata of a message contain the number of the attempt.",
        source="observed on langgraph-api 0.16.7, over three attempts, and LangGraph.js 1.5.1, in "
        "`messages` and `messages/metadata`; Aegra does not send it",
        kinds=_STREAM,
        judge=_same_as_run("run_attempt", "attempt"),
    ),
    EventRule(
        id="messages-tuple.namespace",
        level=Level.SHOULD,
        statement="The `langgraph_checkpoint_ns` of a message from a subgraph starts with the "
        "namespace in the name of the event.",
        source="observed on langgraph-api 0.16.7 and LangGraph.js 1.5.1; clients use either to "
        "find the subgraph that a message comes from",
        kinds=_STREAM,
        judge=_in_namespace,
    ),
    EventRule(
        id="messages-tuple.metadata-same",
        level=Level.SHOULD,
        statement="All chunks that one call of a model streams have the same metadata.",
        source=f"{ON_MAIN_SERVERS}; checked for ids that LangChain generated, one for each call, "
        f"and for the {MAX_ENTRIES} latest messages",
        kinds=_STREAM,
        judge=_same_metadata,
    ),
    EventRule(
        id="messages-tuple.none-after-last",
        level=Level.SHOULD,
        statement="No chunk of a message follows the chunk whose `chunk_position` is `last`.",
        source="observed on langgraph-api 0.16.7; checked for ids that LangChain generated, one "
        "for each call of a model",
        dialects=_PYTHON,
        kinds=_STREAM,
        judge=_none_after_last,
    ),
    EventRule(
        id="messages-tuple.chunk-type",
        level=Level.NOTE,
        statement="The type of a chunk of an AI message is `AIMessageChunk`.",
        source="observed on langgraph-api 0.16.7 and Aegra 0.11.0; LangGraph.js sends `ai`",
        dialects=_PYTHON,
        kinds=_STREAM,
        judge=_chunk_type,
    ),
)
"""The rules about the metadata of all messages, then those about the chunks of one message."""

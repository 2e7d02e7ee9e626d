"""Message assembly: the chunks of a message add up to the message in the state of the graph."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import End
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import Json, Path, is_object, show
from graphtape_contracts.langchain.messages import messages_in
from graphtape_contracts.parsing.bounded_dict import MAX_ENTRIES, BoundedDict
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.langchain_event import parse_step
from graphtape_contracts.parsing.message_assembly import MessageAssembly, tool_calls_of
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report
from graphtape_contracts.rules.messages import shown
from graphtape_contracts.rules.messages_tuple import is_of_one_call, is_piece, piece_in

_STREAM = frozenset({Kind.STREAM})
_PYTHON = frozenset({Dialect.PYTHON, Dialect.AEGRA})
_REASON = (
    "observed on langgraph-api 0.16.7, LangGraph.js 2.0.0 and 1.5.1, Aegra 0.11.0, for ids that "
    "LangChain generated; a NOTE, because a node may rewrite its message after it streamed"
)


def _final(event: Event, modes: tuple[str, ...]) -> Iterator[tuple[str, Json]]:
    """Yield the id and the object of each message in *event*, if its mode is one of *modes*."""
    if event.mode in modes:
        for message in messages_in(event.value):
            if isinstance(id_ := message["id"], str) and message["type"] != "remove":
                yield id_, message


def _chunks(head: ExchangeHead, report: Report) -> EventWatch:
    exact = head.dialect in _PYTHON
    sums: BoundedDict[MessageAssembly] = BoundedDict()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            sums = BoundedDict()
        piece = piece_in(event)
        if piece is not None and is_of_one_call(piece[0]) and is_piece(piece[1]):
            added = sums.get(piece[0]) or MessageAssembly()
            added.add(piece[1])
            sums.set(piece[0], added)
        if not len(sums):
            continue
        for id_, message in _final(event, ("values", "updates")):
            total = sums.get(id_)
            if total is not None and not total.is_open:
                sums.pop(id_)
                _compare(total, message, event, report, exact=exact)


def _compare(
    total: MessageAssembly,
    message: Json,
    event: Event,
    report: Report,
    path: Path = (),
    *,
    exact: bool = True,
) -> None:
    # How a server without langchain-core adds up lists of blocks is unknown.
    content = total.content if exact else total.text
    got = message.get("content")
    if content is not None and content != got:
        report(f"the sum of the chunks, {quote(content)}", quote(got), at=event, path=path)
    calls, shown_calls = total.calls, tool_calls_of(message)
    if calls is not None and shown_calls is not None and calls != shown_calls:
        report(f"the tool calls {quote(calls)}", quote(shown_calls), at=event, path=path)


def _partials(head: ExchangeHead, report: Report) -> EventWatch:
    partials: BoundedDict[Json] = BoundedDict()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            partials = BoundedDict()
        elif event.name == "messages/partial":
            for _, id_, message in shown(event):
                if is_of_one_call(id_):
                    partials.set(id_, message)
        if not len(partials):
            continue
        for id_, message in _final(event, ("values", "updates", "messages/complete")):
            partial = partials.pop(id_)
            if partial is not None and partial.get("content") != message["content"]:
                expected = f"the content of the last partial, {quote(partial.get('content'))}"
                report(expected, quote(message["content"]), at=event)


def _output(head: ExchangeHead, report: Report) -> EventWatch:
    sums: BoundedDict[MessageAssembly] = BoundedDict()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            sums = BoundedDict()
        step = parse_step(event)
        data = event.value.get("data") if step and step.kind == "chat_model" else None
        if step is None or not is_object(data):
            continue
        if step.phase == "stream" and is_object(piece := data.get("chunk")):
            added = sums.get(step.run) or MessageAssembly()
            added.add(piece)
            sums.set(step.run, added)
            continue
        streamed = sums.pop(step.run)
        if streamed is not None and is_object(output := data.get("output")):
            _compare(streamed, output, event, report, ("data", "output"))


@dataclass(slots=True)
class _Pieces:
    """The number and a digest of the chunks of one message in one mode."""

    count: int = 0
    digest: int = 0
    frame: int = 0
    """The frame of the last chunk."""

    def add(self, piece: Json, event: Event) -> None:
        """Add a chunk from *event*, unless it is empty."""
        parts: tuple[Any, Any] = (piece.get("content") or "", piece.get("tool_call_chunks") or [])
        if any(parts):
            self.count += 1
            self.digest = hash((self.digest, *map(show, parts)))
            self.frame = event.number


def _streamed(head: ExchangeHead, report: Report) -> EventWatch:
    in_messages, in_events = BoundedDict[_Pieces](), BoundedDict[_Pieces]()
    is_over = False
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            in_messages, in_events = BoundedDict[_Pieces](), BoundedDict[_Pieces]()
        piece, step = piece_in(event), parse_step(event)
        if piece is not None and is_of_one_call(piece[0]) and is_piece(piece[1]):
            _add(in_messages, piece[0], piece[1], event)
        elif step is not None:
            is_over = step.kind == "chain" and step.ends and step.parents == []
            chunk = _chunk_of(event) if step.kind == "chat_model" else {}
            # Some chunks of one call may have the provider's id, as in `messages`.
            if isinstance(id_ := chunk.get("id"), str):
                _add(in_events, id_, chunk, event)
    # If a run was cancelled or failed, one mode may be ahead of the other.
    if event is End.COMPLETE and is_over and not (in_messages.forgot or in_events.forgot):
        for id_, pieces in in_messages.items():
            _compare_pieces(id_, pieces, in_events.get(id_), report)


def _add(pieces: BoundedDict[_Pieces], id_: str, piece: Json, event: Event) -> None:
    so_far = pieces.get(id_) or _Pieces()
    so_far.add(piece, event)
    pieces.set(id_, so_far)


def _chunk_of(event: Event) -> Json:
    data = event.value.get("data")
    chunk = data.get("chunk") if is_object(data) else None
    return chunk if is_object(chunk) else {}


def _compare_pieces(id_: str, pieces: _Pieces, others: _Pieces | None, report: Report) -> None:
    # A model may be hidden from `events` by its tags.
    if others is None or (pieces.count, pieces.digest) == (others.count, others.digest):
        return
    same_count = pieces.count == others.count
    got = "different chunks, or a different order" if same_count else f"{pieces.count} chunks"
    expected = f"the {others.count} chunks of the message {id_} in `events`"
    report(expected, got, at=pieces.frame)


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="message-assembly.streamed",
        level=Level.SHOULD,
        statement="The chunks of a message in `messages` are those in `on_chat_model_stream`, "
        "each once and in the same order.",
        source="observed on langgraph-api 0.16.7, in every recording of all modes; a client that "
        "misses a chunk shows an incomplete text",
        dialects=frozenset({Dialect.PYTHON}),
        kinds=_STREAM,
        judge=_streamed,
    ),
    EventRule(
        id="message-assembly.chunks",
        level=Level.NOTE,
        statement="The chunks of a message add up to its content and tool calls in the next "
        "`values` or `updates` that contain it.",
        source=f"{_REASON}; checked for the {MAX_ENTRIES} latest messages",
        kinds=_STREAM,
        judge=_chunks,
    ),
    EventRule(
        id="message-assembly.partials",
        level=Level.NOTE,
        statement="The content in the last `messages/partial` of a message equals that in the "
        "next `values`, `updates` or `messages/complete` with the message.",
        source=f"{_REASON}; checked for the {MAX_ENTRIES} latest messages",
        kinds=_STREAM,
        judge=_partials,
    ),
    EventRule(
        id="message-assembly.output",
        level=Level.NOTE,
        statement="The chunks in `on_chat_model_stream` add up to the content and tool calls in "
        "`on_chat_model_end`.",
        source="observed on langgraph-api 0.16.7; a NOTE, because a node may modify the message "
        "in place before the event is sent",
        dialects=_PYTHON,
        kinds=_STREAM,
        judge=_output,
    ),
)
"""The rule about the number and order of chunks, then one rule for each mode that streams them."""

"""The mode `messages`: each event shows a message as far as it has arrived."""

from collections.abc import Collection, Iterable
from typing import Any

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_contracts.parsing.bounded_dict import MAX_ENTRIES, BoundedDict
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report
from graphtape_contracts.rules.sources import ON_MAIN_SERVERS

# Joined streams are excluded: they may start in the middle of a message.
_STREAM = frozenset({Kind.STREAM})
_ANNOUNCE_ALL = frozenset({Dialect.PYTHON, Dialect.AEGRA})
"""Dialects that send `messages/metadata` for whole messages too, not only for streamed ones."""


def shown(event: Event) -> Iterable[tuple[int, str, Json]]:
    """Yield index, id and object of each message in a `messages/partial` or `messages/complete`.

    Items without an id are skipped, such as the prompt template that langgraph-api sends if a model
    streams under the id of a whole message.
    """
    if event.name in ("messages/partial", "messages/complete") and is_list(event.value):
        for place, message in enumerate(event.value):
            if is_object(message) and isinstance(id_ := message.get("id"), str):
                yield place, id_, message


def _metadata_first(head: ExchangeHead, report: Report) -> EventWatch:
    checked = ["messages/partial"]
    checked += ["messages/complete"] if head.dialect in _ANNOUNCE_ALL else []
    announced: BoundedDict[None] = BoundedDict()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            announced = BoundedDict()
        elif event.name == "messages/metadata" and is_object(event.value):
            for id_ in event.value:
                announced.set(id_, None)
        elif event.name in checked and not announced.forgot:
            for place, id_, _ in shown(event):
                if id_ not in announced:
                    announced.set(id_, None)
                    report(
                        f"`messages/metadata` of the message {quote(id_)} first",
                        f"`{event.name}` without earlier metadata",
                        at=event,
                        path=(place, "id"),
                    )


def _metadata_once(head: ExchangeHead, report: Report) -> EventWatch:
    announced: BoundedDict[int] = BoundedDict()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            announced = BoundedDict()
        elif event.name == "messages/metadata" and is_object(event.value):
            for id_ in event.value:
                frame = announced.get(id_)
                if frame is not None:
                    report(
                        f"no metadata of {quote(id_)} after those of frame {frame}",
                        f"metadata of {quote(id_)} again",
                        at=event,
                        path=(id_,),
                    )
                announced.set(id_, event.number)


def _metadata_followed(head: ExchangeHead, report: Report) -> EventWatch:
    announced: Json = {}
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            announced = {}
        elif event.name == "messages/metadata" and is_object(event.value):
            _report_missing(announced, event.value, event, report)
            announced = event.value
        elif shown_ids := [id_ for _, id_, _ in shown(event)]:
            _report_missing(announced, shown_ids, event, report)
            announced = {}


def _report_missing(
    announced: Iterable[str], found: Collection[str], event: Event, report: Report
) -> None:
    for id_ in announced:
        if id_ not in found:
            report(
                f"the message {quote(id_)}, whose metadata were sent before",
                f"`{event.name}` of another message",
                at=event,
            )


def _complete_once(head: ExchangeHead, report: Report) -> EventWatch:
    complete: BoundedDict[int] = BoundedDict()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            complete = BoundedDict()
        elif event.name == "messages/complete":
            for place, id_, _ in shown(event):
                frame = complete.get(id_)
                if frame is not None:
                    report(
                        f"no complete message {quote(id_)} after that of frame {frame}",
                        f"the complete message {quote(id_)} again",
                        at=event,
                        path=(place, "id"),
                    )
                complete.set(id_, event.number)


def _partials_grow(head: ExchangeHead, report: Report) -> EventWatch:
    partials: BoundedDict[Any] = BoundedDict()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            partials = BoundedDict()
        elif event.name == "messages/partial":
            for place, id_, message in shown(event):
                content = message.get("content")
                if id_ in partials and not _extends(content, partials.get(id_)):
                    report(
                        f"content that continues {quote(partials.get(id_))}",
                        quote(content),
                        at=event,
                        path=(place, "content"),
                    )
                partials.set(id_, content)


def _extends(new: Any, old: Any) -> bool:
    """Return whether the content *new* may continue *old*. Only the text of blocks is compared.

    Any block of a list may grow, and a string that is followed by a block becomes the first item of
    a list.
    """
    if isinstance(old, str):
        if is_list(new):
            return not old or (bool(new) and (_text(new[0]) or "").startswith(old))
        return not isinstance(new, str) or new.startswith(old)
    if not is_list(old) or not is_list(new):
        return not (is_list(old) and old and isinstance(new, str))
    return len(new) >= len(old) and all(
        (_text(after) or "").startswith(_text(before) or "")
        for before, after in zip(old, new, strict=False)
    )


def _text(block: Any) -> str | None:
    text = block.get("text") if is_object(block) else block
    return text if isinstance(text, str) else None


def _tool_calls_persist(head: ExchangeHead, report: Report) -> EventWatch:
    partials: BoundedDict[list[Any]] = BoundedDict()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            partials = BoundedDict()
        elif event.name == "messages/partial":
            for place, id_, message in shown(event):
                ids = _call_ids(message)
                lost = [call_id for call_id in partials.get(id_) or [] if call_id not in ids]
                if lost:
                    report(
                        f"the tool call {quote(lost[0])} of the previous partial",
                        f"the tool calls {quote(ids)}",
                        at=event,
                        path=(place,),
                    )
                partials.set(id_, ids)


def _call_ids(message: Json) -> list[Any]:
    calls = [
        call
        for key in ("tool_calls", "invalid_tool_calls")
        if is_list(found := message.get(key))
        for call in found
    ]
    return [id_ for call in calls if is_object(call) and isinstance(id_ := call.get("id"), str)]


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="messages.metadata-first",
        level=Level.MUST,
        statement="`messages/metadata` of a message comes before its first `messages/partial`, "
        "and on Python servers before its `messages/complete`.",
        source=f"{ON_MAIN_SERVERS}; checked for up to {MAX_ENTRIES} messages",
        kinds=_STREAM,
        judge=_metadata_first,
    ),
    EventRule(
        id="messages.metadata-once",
        level=Level.MUST,
        statement="`messages/metadata` of a message is sent at most once in an attempt.",
        source=f"{ON_MAIN_SERVERS}, also where a model streams twice under one id",
        kinds=_STREAM,
        judge=_metadata_once,
    ),
    EventRule(
        id="messages.metadata-followed",
        level=Level.SHOULD,
        statement=(
            "The next event of the mode after `messages/metadata` contains the message that the "
            "metadata are about."
        ),
        source=ON_MAIN_SERVERS,
        kinds=_STREAM,
        judge=_metadata_followed,
    ),
    EventRule(
        id="messages.partials-grow",
        level=Level.MUST,
        statement="Each `messages/partial` of a message starts with the text of the previous one.",
        source=f"{ON_MAIN_SERVERS}; clients replace each partial with the next",
        kinds=_STREAM,
        judge=_partials_grow,
    ),
    EventRule(
        id="messages.tool-calls-persist",
        level=Level.SHOULD,
        statement="A tool call in a `messages/partial` is also in the next `messages/partial` of "
        "that message, as a valid or an invalid call.",
        source="observed on langgraph-api 0.16.7 and LangGraph.js 1.5.1",
        kinds=_STREAM,
        judge=_tool_calls_persist,
    ),
    EventRule(
        id="messages.complete-once",
        level=Level.SHOULD,
        statement="`messages/complete` of a message is sent at most once in an attempt.",
        source=ON_MAIN_SERVERS,
        kinds=_STREAM,
        judge=_complete_once,
    ),
)
"""The rules in the order of a message's events: metadata, partials, complete."""

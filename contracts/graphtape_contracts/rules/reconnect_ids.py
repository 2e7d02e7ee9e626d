"""The event ids with which a client resumes a stream."""

import re
from collections.abc import Iterator

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.identifiers import UUID, run_at
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER
from graphtape_contracts.watch import Violation, each_event

_KNOWN = frozenset(Dialect)
_NUMBER = "([0-9]{1,18})"
_FORMS: dict[Dialect | None, tuple[str, re.Pattern[str]]] = {
    Dialect.PYTHON: ("MILLISECONDS-N", re.compile(f"(){_NUMBER}-{_NUMBER}")),
    Dialect.JAVASCRIPT: ("N", re.compile(f"(){_NUMBER}")),
    Dialect.AEGRA: ("RUN_ID_event_N", re.compile(f"({UUID})_event_{_NUMBER}")),
}
"""For each dialect, the form of event ids: in words and as a pattern.

The groups of the pattern are the run id (empty if the form has none) and then one or two numbers.
"""


def _no_unrequested_ids(head: ExchangeHead, event: Event) -> Iterator[Violation]:
    may_have = head.dialect is Dialect.PYTHON and (head.options is None or head.options.resumable)
    if event.frame.id is not None and not may_have:
        yield Violation("no `id`", f"the id {quote(event.frame.id)}")


def _has_ids(head: ExchangeHead, report: Report) -> EventWatch:
    first = yield
    asked = head.options is not None and head.options.resumable
    needs_id = asked or head.dialect is Dialect.AEGRA
    if isinstance(first, Event) and first.frame.id is None and needs_id:
        report("an `id`", "none", at=first)


def _throughout(head: ExchangeHead, report: Report) -> EventWatch:
    first = yield
    if not isinstance(first, Event):
        return
    has = first.frame.id is not None
    while isinstance(event := (yield), Event):
        # A server may send a closing event that it does not store for resuming.
        if event.name not in ("end", "error") and (event.frame.id is not None) != has:
            expected = "an `id`" if has else "no `id`"
            report(f"{expected}, as on the first event", quote(event.frame.id), at=event)


def _unique(head: ExchangeHead, report: Report) -> EventWatch:
    # Ids do not decrease, so equal ids are on consecutive events.
    last: str | None = None
    while isinstance(event := (yield), Event):
        id_ = event.frame.id
        if id_ is not None and id_ == last:
            report("a new id", f"{quote(id_)}, as on the previous event", at=event)
        last = id_ or last


def _numbers_in(head: ExchangeHead, id_: str | None) -> tuple[int, ...] | None:
    """Return the numbers in the id of an event; None if it does not have the dialect's form."""
    match = _FORMS[head.dialect][1].fullmatch(id_ or "")
    if match is None:
        return None
    run, *numbers = match.groups()
    located = run_at(head.response)
    if run and located and run.lower() != located.lower():
        return None
    return tuple(map(int, numbers))


def _form(head: ExchangeHead, event: Event) -> Iterator[Violation]:
    id_ = event.frame.id
    if id_ is not None and _numbers_in(head, id_) is None:
        yield Violation(_FORMS[head.dialect][0], quote(id_))


def _ordered(head: ExchangeHead, report: Report) -> EventWatch:
    last: tuple[int, ...] = ()
    while isinstance(event := (yield), Event):
        numbers = _numbers_in(head, event.frame.id)
        if numbers is None:
            continue
        if numbers < last:
            before = "-".join(map(str, last))
            report(f"an id not less than {before}", quote(event.frame.id), at=event)
        last = numbers


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="reconnect.ids-unasked",
        level=Level.SHOULD,
        statement="On langgraph-api, events have ids only if `stream_resumable` asks for them; on "
        "LangGraph.js, never.",
        source="observed on langgraph-api 0.16.7, LangGraph.js 2.0.0 and 1.5.1; after an id, "
        "@langchain/langgraph-sdk 2.0.0 turns every heartbeat into an event without a name",
        kinds=frozenset({Kind.STREAM}),
        dialects=frozenset({Dialect.PYTHON, Dialect.JAVASCRIPT}),
        judge=each_event(_no_unrequested_ids),
    ),
    EventRule(
        id="reconnect.ids-present",
        level=Level.SHOULD,
        statement="On langgraph-api, events have ids if `stream_resumable` asks for them; on "
        "Aegra, always.",
        source="observed on langgraph-api 0.16.7 (python/boom-resumable) and Aegra 0.11.0; clients "
        "cannot resume without an id",
        kinds=frozenset({Kind.STREAM}),
        dialects=frozenset({Dialect.PYTHON, Dialect.AEGRA}),
        judge=_has_ids,
    ),
    EventRule(
        id="reconnect.ids-throughout",
        level=Level.SHOULD,
        statement=(
            "Either all events of a stream have an id, or none has one; `error` and `end` may "
            "differ."
        ),
        source=f"{ON_EVERY_SERVER}; clients resume after the last id that they received, so events "
        "without an id after it are repeated",
        judge=_throughout,
    ),
    EventRule(
        id="reconnect.ids-ordered",
        level=Level.SHOULD,
        statement="The ids of events do not decrease.",
        source=f"{ON_EVERY_SERVER}; a resumed stream starts after the id that the client sends",
        dialects=_KNOWN,
        judge=_ordered,
    ),
    EventRule(
        id="reconnect.ids-unique",
        level=Level.SHOULD,
        statement="No two events of a stream have the same id.",
        source="observed on LangGraph.js 2.0.0 and 1.5.1, Aegra 0.11.0; on langgraph-api 0.16.7 "
        "events of one millisecond share one, and a client that resumes there loses events "
        "(python/resumable-duplicate-id-loss)",
        judge=_unique,
    ),
    EventRule(
        id="reconnect.ids-form",
        level=Level.NOTE,
        statement="The id of an event is `MILLISECONDS-N` on langgraph-api, `N` on "
        "LangGraph.js, and `RUN_ID_event_N` on Aegra.",
        source=ON_EVERY_SERVER,
        dialects=_KNOWN,
        judge=each_event(_form),
    ),
)

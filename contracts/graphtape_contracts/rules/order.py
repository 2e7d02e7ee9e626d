"""The order of events: how a stream begins and ends."""

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import End
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import is_object
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER


def _metadata_first(head: ExchangeHead, report: Report) -> EventWatch:
    first = yield
    if isinstance(first, Event) and first.name not in ("metadata", "error"):
        report("the event `metadata`", f"the event {quote(first.name)}", at=first)


def _metadata_once(head: ExchangeHead, report: Report) -> EventWatch:
    attempt = 0
    while isinstance(event := (yield), Event):
        if event.name != "metadata" or not is_object(event.value):
            continue
        attempt += 1
        got = event.value.get("attempt")
        if isinstance(got, int) and got != attempt:
            report(f"attempt {attempt}", f"attempt {quote(got)}", at=event, path=("attempt",))


def _error_last(head: ExchangeHead, report: Report) -> EventWatch:
    failed: Event | None = None
    while isinstance(event := (yield), Event):
        if failed is not None and event.mode != "end":
            report(
                f"nothing, or `end`, after the `error` of frame {failed.number}",
                f"the event {quote(event.name)}",
                at=event,
            )
        if event.name == "error":
            failed = failed or event


def _end_last(head: ExchangeHead, report: Report) -> EventWatch:
    ended: Event | None = None
    while isinstance(event := (yield), Event):
        if ended is not None:
            report(
                f"nothing after the `end` of frame {ended.number}",
                f"the event {quote(event.name)}",
                at=event,
            )
        if event.name == "end":
            ended = ended or event


def _has_end(head: ExchangeHead, report: Report) -> EventWatch:
    shown = False
    while isinstance(event := (yield), Event):
        shown = shown or event.name == "end"
    if event is End.COMPLETE and not shown:
        report("an event `end`", "the end of the stream")


def _no_end(head: ExchangeHead, report: Report) -> EventWatch:
    while isinstance(event := (yield), Event):
        if event.name == "end":
            report("no event `end`", "the event `end`", at=event)


def _events_first(head: ExchangeHead, report: Report) -> EventWatch:
    if head.options is None or "events" not in head.options.modes:
        return
    begins = False
    while isinstance(event := (yield), Event):
        if begins and event.name not in ("events", "error"):
            report("the event `events`", f"the event {quote(event.name)}", at=event)
        begins = event.name == "metadata"


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="order.metadata-first",
        level=Level.MUST,
        statement="The first event of a stream is `metadata`, or the `error` of a run that "
        "could not start.",
        source=f"{ON_EVERY_SERVER}; the SDKs read the run's id from it",
        kinds=frozenset({Kind.STREAM}),
        judge=_metadata_first,
    ),
    EventRule(
        id="order.metadata-once",
        level=Level.MUST,
        statement="There is one `metadata` for each attempt, and attempts are counted from 1.",
        source=f"{ON_EVERY_SERVER}; a retry was observed on langgraph-api 0.16.7",
        kinds=frozenset({Kind.STREAM}),
        judge=_metadata_once,
    ),
    EventRule(
        id="order.error-last",
        level=Level.MUST,
        statement="Nothing follows `error`, except an `end`.",
        source=ON_EVERY_SERVER,
        judge=_error_last,
    ),
    EventRule(
        id="order.end-last",
        level=Level.MUST,
        statement="There is at most one `end`, and nothing follows it.",
        source="observed on Aegra 0.11.0, the only server that sends it; the Python SDK considers "
        "the stream complete at `end`",
        judge=_end_last,
    ),
    EventRule(
        id="order.end-shown",
        level=Level.SHOULD,
        statement="A complete stream has an `end`.",
        source="observed on Aegra 0.11.0, in every capture",
        dialects=frozenset({Dialect.AEGRA}),
        kinds=frozenset({Kind.STREAM}),
        judge=_has_end,
    ),
    EventRule(
        id="order.no-end",
        level=Level.SHOULD,
        statement="There is no event `end`.",
        source="observed on langgraph-api 0.16.7, LangGraph.js 2.0.0 and 1.5.1; the JavaScript SDK "
        "2.0.0 fails on an `end` without data",
        dialects=frozenset({Dialect.PYTHON, Dialect.JAVASCRIPT}),
        judge=_no_end,
    ),
    EventRule(
        id="order.events-first",
        level=Level.SHOULD,
        statement="If `events` is requested, an event of that mode follows `metadata` directly.",
        source="observed on langgraph-api 0.16.7: python/full-tools-all9",
        dialects=frozenset({Dialect.PYTHON}),
        kinds=frozenset({Kind.STREAM}),
        judge=_events_first,
    ),
)
"""The rules about the start of a stream, about its end, then those of single dialects."""

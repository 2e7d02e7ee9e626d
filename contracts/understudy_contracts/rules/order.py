"""What comes before what: how a stream begins and ends."""

from understudy_contracts.call import Call, Kind
from understudy_contracts.event import Event
from understudy_contracts.finding import Level
from understudy_contracts.json_value import is_object
from understudy_contracts.rule import AnyRule, EventRule, EventWatch, Report, quote

_OBSERVED = "observed on langgraph-api 0.16.7, LangGraph.js 2.0.0 and 1.5.1, Aegra 0.11.0"


def _metadata_first(call: Call, report: Report) -> EventWatch:
    first = yield
    if isinstance(first, Event) and first.name not in ("metadata", "error"):
        report("the event `metadata`", f"the event {quote(first.name)}", at=first)


def _metadata_once(call: Call, report: Report) -> EventWatch:
    attempt = 0
    while isinstance(event := (yield), Event):
        if event.name != "metadata" or not is_object(event.value):
            continue
        attempt += 1
        got = event.value.get("attempt")
        if got != attempt:
            report(f"attempt {attempt}", f"attempt {quote(got)}", at=event, path=("attempt",))


def _error_last(call: Call, report: Report) -> EventWatch:
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


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="order.metadata-first",
        level=Level.MUST,
        promise="The first event of a stream is `metadata`, or the `error` of a run that could "
        "not start.",
        source=f"{_OBSERVED}; the SDKs read the run's id from it",
        kinds=frozenset({Kind.STREAM}),
        judge=_metadata_first,
    ),
    EventRule(
        id="order.metadata-once",
        level=Level.MUST,
        promise="There is one `metadata` for each attempt, and attempts are counted from 1.",
        source=f"{_OBSERVED}; a retry was observed on langgraph-api 0.16.7",
        kinds=frozenset({Kind.STREAM}),
        judge=_metadata_once,
    ),
    EventRule(
        id="order.error-last",
        level=Level.MUST,
        promise="After `error` there is nothing but an `end`.",
        source=_OBSERVED,
        judge=_error_last,
    ),
)
"""In the order in which a reader wants to know them."""

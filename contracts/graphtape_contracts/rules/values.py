"""The mode `values`: the state after each step, and interrupts."""

from typing import Any

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import is_object
from graphtape_contracts.parsing.bounded_dict import BoundedDict
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.interrupts import INTERRUPT, interrupts_in
from graphtape_contracts.parsing.task_event import TaskLog, qualified_name
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report
from graphtape_contracts.rules.updates import names_in


def _not_during_step(head: ExchangeHead, report: Report) -> EventWatch:
    log = TaskLog()
    last = BoundedDict[Event]()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            last = BoundedDict[Event]()
        graph = qualified_name(event, "")
        if event.mode == "values" and not (is_object(event.value) and INTERRUPT in event.value):
            last.set(graph, event)
        current = log.read(event)
        if current is None or not current.has_succeeded or log.start is None:
            continue
        start, values = log.start.event.number, last.get(graph)
        if values is not None and values.number > start:
            report(
                f"no values while {quote(current.name)} runs, which started in frame {start}",
                f"the values of frame {values.number} before its result",
                at=event,
            )


def _after_updates(head: ExchangeHead, report: Report) -> EventWatch:
    if head.options is None or not head.options.modes >= {"values", "updates"}:
        return
    log = TaskLog()
    written = BoundedDict[Event]()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            written = BoundedDict[Event]()
        graph = qualified_name(event, "")
        if event.mode == "values":
            written.pop(graph)
        elif any(_writes(event.value[name]) for name in names_in(event)):
            written.set(graph, event)
        current = log.read(event)
        if current is None or current.is_result or current.is_pushed:
            continue
        update = written.pop(graph)
        if update is not None:
            report(
                f"the values after the update of frame {update.number}",
                f"the start of {quote(current.name)} in the next step",
                at=event,
            )


def _writes(update: Any) -> bool:
    """Return whether the *update* of a node certainly changed the state.

    An empty list may not have: it does not change a channel that appends values.
    """
    return is_object(update) and any(value not in ([], None) for value in update.values())


def _interrupts(head: ExchangeHead, report: Report) -> EventWatch:
    if head.options is None or not head.options.modes >= {"values", "updates"}:
        return
    waiting = BoundedDict[Event]()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            waiting = BoundedDict[Event]()
        if event.mode not in ("updates", "values"):
            continue
        graph = qualified_name(event, "")
        update = waiting.pop(graph)
        interrupts = interrupts_in(event)
        if update is not None and interrupts != interrupts_in(update):
            report(
                f"values with the interrupts of frame {update.number}: "
                f"{quote(interrupts_in(update))}",
                f"the event {quote(event.name)} with {quote(interrupts or [])}",
                at=event,
            )
        elif update is None and event.mode == "updates" and interrupts:
            waiting.set(graph, event)


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="values.not-during-step",
        level=Level.SHOULD,
        statement="Values are sent between steps, not while a task of the graph runs, except "
        "values with interrupts.",
        source="observed on langgraph-api 0.16.7 (python/full-fanout-all9) and LangGraph.js 1.5.1",
        dialects=frozenset({Dialect.PYTHON, Dialect.JAVASCRIPT}),
        kinds=frozenset({Kind.STREAM}),
        judge=_not_during_step,
    ),
    EventRule(
        id="values.after-updates",
        level=Level.SHOULD,
        statement="After a step whose updates change the output, values are sent before the "
        "next step starts.",
        source="observed on langgraph-api 0.16.7 (python/full-tools-all9) and LangGraph.js 1.5.1",
        dialects=frozenset({Dialect.PYTHON, Dialect.JAVASCRIPT}),
        kinds=frozenset({Kind.STREAM}),
        judge=_after_updates,
    ),
    EventRule(
        id="values.interrupts",
        level=Level.SHOULD,
        statement="If updates are requested too, the first values after an update with interrupts "
        "contain the same interrupts.",
        source="observed on langgraph-api 0.16.7 (python/interrupt-interrupting_twice-all) and "
        "LangGraph.js 1.5.1 (keep-stream-interrupted); clients that read only values find "
        "interrupts there",
        dialects=frozenset({Dialect.PYTHON, Dialect.JAVASCRIPT}),
        judge=_interrupts,
    ),
)
"""The rules that compare values with tasks, then those that compare them with updates."""

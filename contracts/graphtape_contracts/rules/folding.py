"""How the updates of a step change the values, where the reducers of the graph are known."""

from collections.abc import Mapping
from typing import Any

from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead
from graphtape_contracts.reducer import Reducer, may_follow
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report, quote

_MOST_UPDATES = 1024
"""Of one key between two values; with more the rule falls silent."""


def _values(head: ExchangeHead, report: Report) -> EventWatch:
    if head.reducers is None or (head.options and not head.options.modes >= {"values", "updates"}):
        return
    state: Json | None = None
    updates: dict[str, list[Any]] = {}
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            state, updates = None, {}
        elif event.name == "updates":
            _collect(event.value, head.reducers, updates)
            if any(len(several) > _MOST_UPDATES for several in updates.values()):
                return
        elif event.name == "values" and is_object(event.value):
            if "__interrupt__" in event.value:
                return
            if state is not None:
                _judge(state, updates, event, head.reducers, report)
            state, updates = event.value, {}


def _collect(value: Any, reducers: Mapping[str, Reducer], updates: dict[str, list[Any]]) -> None:
    for node, update in value.items() if is_object(value) else ():
        if node.startswith("__"):  # No node: it tells of interrupts, or of a cache.
            continue
        # What a node returns as a list are several updates.
        for part in update if is_list(update) else [update]:
            for key in reducers.keys() & part.keys() if is_object(part) else ():
                updates.setdefault(key, []).append(part[key])


def _judge(
    state: Json,
    updates: Mapping[str, list[Any]],
    event: Event,
    reducers: Mapping[str, Reducer],
    report: Report,
) -> None:
    for key, several in updates.items():
        if key not in state or key not in event.value:
            continue
        old, new = state[key], event.value[key]
        if not may_follow(reducers[key], old, several, new):
            report(
                f"{quote(old)} changed by {' and by '.join(map(quote, several))} "
                f"({reducers[key].value})",
                quote(new),
                at=event,
                path=(key,),
            )


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="folding.values",
        level=Level.SHOULD,
        statement="Values are what came before, changed by the updates of the step, where it is "
        "known how the graph reduces them.",
        source="observed on langgraph-api 0.16.7 (python/full-tools-all9), LangGraph.js 1.5.1 and "
        "Aegra 0.11.0; clients that keep the state by updates alone rely on it",
        judge=_values,
    ),
)
"""In the order in which a reader wants to know them."""

"""The mode `updates`: the writes of each task, and interrupts."""

from collections import Counter
from typing import Any

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_contracts.parsing.bounded_dict import MAX_ENTRIES, BoundedDict
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.interrupts import interrupts_in
from graphtape_contracts.parsing.task_event import OWN, TaskEvent, TaskLog, qualified_name
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report


def names_in(event: Event) -> list[str]:
    """Return the names of the nodes whose updates are in *event*.

    LangGraph's own tasks, whose names begin with `__`, are excluded, because its error handlers
    have no start event. `__metadata__` is not a node: it marks an update from a cache.
    """
    if event.mode != "updates" or not is_object(event.value):
        return []
    return [name for name in event.value if not name.startswith(OWN)]


def _shows_tasks(head: ExchangeHead, mode: str) -> bool:
    """Return whether the request asks for *mode*, and for `tasks` or `debug`."""
    asked = head.options
    return asked is not None and mode in asked.modes and bool(asked.modes & {"tasks", "debug"})


def _running(head: ExchangeHead, report: Report) -> EventWatch:
    if not _shows_tasks(head, "updates"):
        return
    log = TaskLog()
    running, shown = Counter[str](), Counter[str]()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            running, shown = Counter[str](), Counter[str]()
        current = log.read(event)
        if current is not None and current.is_result:
            _decrement(running, qualified_name(event, current.name))
            if current.has_succeeded:
                _decrement(shown, qualified_name(event, current.name))
        elif current is not None:
            running[qualified_name(event, current.name)] += 1
        for name in names_in(event):
            node = qualified_name(event, name)
            if shown[node] >= running[node]:
                report(
                    "an update of a running node, before the result of its task",
                    f"{'another' if running[node] else 'an'} update of {quote(name)}",
                    at=event,
                    path=(name,),
                )
            elif _is_cached(event):
                _decrement(running, node)
            else:
                shown[node] += 1
        if len(running) > MAX_ENTRIES:
            return


def _decrement(counts: Counter[str], node: str) -> None:
    counts[node] -= 1
    if counts[node] <= 0:
        del counts[node]


def _is_cached(event: Event) -> bool:
    """Return whether the update in *event* came from a cache; such a task has no result event."""
    return "__metadata__" in event.value


def _equals_result(head: ExchangeHead, report: Report) -> EventWatch:
    if not _shows_tasks(head, "updates"):
        return
    log = TaskLog()
    waiting = BoundedDict[list[Any]]()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            waiting = BoundedDict[list[Any]]()
        for name in names_in(event):
            if not _is_cached(event):
                node = qualified_name(event, name)
                waiting.set(node, [*(waiting.pop(node) or []), event.value[name]])
        current = log.read(event)
        if current is None or not current.has_succeeded or current.is_own or waiting.forgot:
            continue
        node = qualified_name(event, current.name)
        updates = waiting.pop(node) or []
        fitting = next((n for n, update in enumerate(updates) if _fits(update, current)), None)
        if fitting is None:
            result = quote(current.payload["result"])
            report(
                f"an earlier update of {quote(current.name)} that equals its result: {result}",
                f"the updates {quote(updates)}" if updates else "none",
                at=event,
                path=(*current.path, "result"),
            )
        rest = [update for n, update in enumerate(updates) if n != (fitting or 0)]
        if rest:
            waiting.set(node, rest)


def _fits(update: Any, current: TaskEvent) -> bool:
    """Return whether *update* equals the result of *current*, or an output part of it."""
    result = current.payload["result"]
    if not is_object(result):
        return bool(update == result)
    if update is None or update in result.values():
        # Nothing, the return value of a task of the functional API, or a single-channel state.
        return True
    # A node that writes several times to one channel shows a list of updates.
    several = update if is_list(update) else [update]
    return all(is_object(part) and _is_part(part, result) for part in several)


def _is_part(update: Json, result: Json) -> bool:
    return all(key in result and _is_written(value, result[key]) for key, value in update.items())


def _is_written(value: Any, result: Any) -> bool:
    if value == result:
        return True
    writes = result.get("$writes") if is_object(result) else None
    # The result omits a null that is written first.
    return is_list(writes) and (value in writes or value is None)


def _interrupts(head: ExchangeHead, report: Report) -> EventWatch:
    if not _shows_tasks(head, "updates"):
        return
    log = TaskLog()
    waiting = BoundedDict[list[Any]]()
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            waiting = BoundedDict[list[Any]]()
        graph = qualified_name(event, "")
        if event.mode == "updates" and (interrupts := interrupts_in(event)):
            waiting.set(graph, [*(waiting.pop(graph) or []), interrupts])
        current = log.read(event)
        if current is None or not current.is_result or not current.interrupts or waiting.forgot:
            continue
        before = waiting.pop(graph) or []
        if current.interrupts not in before:
            report(
                f"an earlier update with the interrupts of {quote(current.name)}: "
                f"{quote(current.interrupts)}",
                f"the interrupts {quote(before)}" if before else "none",
                at=event,
                path=(*current.path, "interrupts"),
            )
        rest = [interrupts for interrupts in before if interrupts != current.interrupts]
        if rest:
            waiting.set(graph, rest)


def _none_after_interrupt(head: ExchangeHead, report: Report) -> EventWatch:
    log = TaskLog()
    stop: Event | None = None
    while isinstance(event := (yield), Event):
        current = log.read(event)
        if event.name == "metadata":
            stop = None
        elif stop is not None and (names_in(event) or current is not None):
            report(
                f"no task after the graph stopped in frame {stop.number}",
                f"the event {quote(event.name)}",
                at=event,
            )
        if event.name == "updates" and interrupts_in(event) == []:
            stop = event


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="updates.while-running",
        level=Level.SHOULD,
        statement="If tasks are requested too, each update belongs to a running task: at most "
        "one per task, before its result.",
        source="observed on langgraph-api 0.16.7 (python/full-tools-all9) and LangGraph.js 1.5.1",
        dialects=frozenset({Dialect.PYTHON, Dialect.JAVASCRIPT}),
        kinds=frozenset({Kind.STREAM}),
        judge=_running,
    ),
    EventRule(
        id="updates.match-result",
        level=Level.SHOULD,
        statement="If tasks are requested too, the update of a task that succeeded comes before "
        "its result and equals it, limited to the output schema of the graph.",
        source="observed on langgraph-api 0.16.7: python/full-tools-all9",
        dialects=frozenset({Dialect.PYTHON}),
        kinds=frozenset({Kind.STREAM}),
        judge=_equals_result,
    ),
    EventRule(
        id="updates.interrupts",
        level=Level.SHOULD,
        statement="If tasks are requested too, the interrupts of a task are sent before its "
        'result as an update `{"__interrupt__": [...]}`.',
        source="observed on langgraph-api 0.16.7 (python/interrupt-interrupting_twice-all) and "
        "LangGraph.js 1.5.1",
        dialects=frozenset({Dialect.PYTHON, Dialect.JAVASCRIPT}),
        kinds=frozenset({Kind.STREAM}),
        judge=_interrupts,
    ),
    EventRule(
        id="updates.none-after-interrupt",
        level=Level.SHOULD,
        statement='No tasks or updates follow the update `{"__interrupt__": []}` of the graph, '
        "which means that the graph stopped before or after a node.",
        source="observed on langgraph-api 0.16.7 (python/interrupt_before-all), LangGraph.js "
        "2.0.0 and 1.5.1, Aegra 0.11.0",
        dialects=frozenset(Dialect),
        judge=_none_after_interrupt,
    ),
)
"""The rules that compare updates with tasks, then those about interrupts."""

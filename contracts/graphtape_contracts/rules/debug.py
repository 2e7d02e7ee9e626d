"""The mode `debug`: tasks and checkpoints, each with its step and timestamp."""

from datetime import datetime
from typing import Any

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import Json, is_object
from graphtape_contracts.parsing.bounded_dict import BoundedDict
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.task_event import TaskEvent, TaskLog, parse_task_event
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER


def _mirrors_tasks(head: ExchangeHead, report: Report) -> EventWatch:
    if head.options is None or not head.options.modes >= {"tasks", "debug"}:
        return
    unseen = BoundedDict[TaskEvent]()
    while isinstance(event := (yield), Event):
        current = parse_task_event(event)
        if current is None:
            continue
        key = f"{current.key}|{current.is_result}"
        if event.mode == "tasks":
            unseen.set(key, current)
            continue
        original = unseen.pop(key)
        if original is None and not unseen.forgot:
            report("an earlier equal `tasks` event", "none", at=event, path=current.path)
        elif original is not None and original.payload != current.payload:
            report(
                f"the data of frame {original.event.number}: {quote(original.payload)}",
                quote(current.payload),
                at=event,
                path=current.path,
            )


def _complete(head: ExchangeHead, report: Report) -> EventWatch:
    if head.options is None or not head.options.modes >= {"tasks", "debug"}:
        return
    # Only for the graph itself: tasks of subgraphs that run in parallel threads may interleave.
    unseen: TaskEvent | None = None
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            unseen = None  # The previous attempt ended between the two.
        current = parse_task_event(event)
        if current is None or not current.of_root:
            continue
        if unseen is not None and event.mode == "tasks":
            report(
                f"a `debug` event that repeats frame {unseen.event.number} before the next `tasks`",
                f"the next `tasks` event, about {quote(current.name)}",
                at=event,
            )
        unseen = current if event.mode == "tasks" else None


def _step_stable(head: ExchangeHead, report: Report) -> EventWatch:
    log = TaskLog("debug")
    while isinstance(event := (yield), Event):
        current = log.read(event)
        if current is None or not current.is_result or log.start is None:
            continue
        start = log.start.event
        expected, got = start.value.get("step"), event.value.get("step")
        if expected != got:
            report(
                f"step {quote(expected)}, as in frame {start.number}",
                f"step {quote(got)}",
                at=event,
                path=("step",),
            )


def _steps_monotonic(head: ExchangeHead, report: Report) -> EventWatch:
    last: int | None = None
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            last = None
        step = _step_of_start(event)
        if step is None:
            continue
        if last is not None and step < last:
            report(f"step {last} or later", f"step {step}", at=event, path=("step",))
        last = step


def _step_of_start(event: Event) -> int | None:
    """Return the step of a task start or a checkpoint of the graph itself; otherwise None."""
    if event.name != "debug" or not is_object(event.value):
        return None
    step = event.value.get("step")
    if event.value.get("type") == "task_result" or not isinstance(step, int):
        return None
    return step


def _timestamps_monotonic(head: ExchangeHead, report: Report) -> EventWatch:
    log = TaskLog("debug")
    while isinstance(event := (yield), Event):
        current = log.read(event)
        if current is None or not current.is_result or log.start is None:
            continue
        start, end = _time(log.start.event.value), _time(event.value)
        if start is not None and end is not None and end < start:
            report(
                f"a time after that of frame {log.start.event.number}: {start.isoformat()}",
                end.isoformat(),
                at=event,
                path=("timestamp",),
            )


def _time(value: Json) -> datetime | None:
    timestamp: Any = value.get("timestamp")
    try:
        time = datetime.fromisoformat(timestamp)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo is not None else None


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="debug.mirrors-tasks",
        level=Level.SHOULD,
        statement="If `tasks` is requested too, the payload of each task start and result in "
        "`debug` equals the data of a `tasks` event before it.",
        source="observed on langgraph-api 0.16.7 (python/full-tools-all9) and LangGraph.js 1.5.1",
        dialects=frozenset({Dialect.PYTHON, Dialect.JAVASCRIPT}),
        kinds=frozenset({Kind.STREAM}),
        judge=_mirrors_tasks,
    ),
    EventRule(
        id="debug.complete",
        level=Level.SHOULD,
        statement="If `debug` is requested too, each `tasks` event of the graph itself is "
        "repeated in `debug` before the next one.",
        source="observed on langgraph-api 0.16.7 (python/full-tools-all9) and LangGraph.js 1.5.1",
        dialects=frozenset({Dialect.PYTHON, Dialect.JAVASCRIPT}),
        kinds=frozenset({Kind.STREAM}),
        judge=_complete,
    ),
    EventRule(
        id="debug.one-step",
        level=Level.SHOULD,
        statement="A task ends in the step in which it started.",
        source=ON_EVERY_SERVER,
        judge=_step_stable,
    ),
    EventRule(
        id="debug.steps-monotonic",
        level=Level.SHOULD,
        statement="The step numbers of the graph itself never decrease.",
        source=ON_EVERY_SERVER,
        judge=_steps_monotonic,
    ),
    EventRule(
        id="debug.timestamps-monotonic",
        level=Level.NOTE,
        statement="A task does not end before it started, unless the clock was set back.",
        source=ON_EVERY_SERVER,
        judge=_timestamps_monotonic,
    ),
)
"""The rules that compare `debug` with `tasks`, then those about steps and timestamps."""

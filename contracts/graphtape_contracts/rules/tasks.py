"""The starts and ends of tasks."""

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import End
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import Json, is_object
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.task_event import TaskLog
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER

_RENAMED = ("ExceptionGroup", "BaseExceptionGroup", "StopIteration", "StopAsyncIteration")
"""Errors that end the run with another error: the first one of a group, or a RuntimeError."""

_MOST_FAILURES = 100
"""The maximum number of different failures in one step; beyond it, the rule reports nothing."""


def _start_first(head: ExchangeHead, report: Report) -> EventWatch:
    log = TaskLog()
    while isinstance(event := (yield), Event):
        current = log.read(event)
        if current is None or not current.is_result or current.is_own or log.forgot:
            continue
        if log.start is None:
            report(
                f"an earlier start of the task {quote(current.id)}, and only one result",
                f"a result of {quote(current.name)} while no such task is open",
                at=event,
                path=current.path,
            )


def _start_once(head: ExchangeHead, report: Report) -> EventWatch:
    log = TaskLog()
    while isinstance(event := (yield), Event):
        current = log.read(event)
        if current is not None and not current.is_result and log.start is not None:
            report(
                f"only the start in frame {log.start.event.number}",
                f"another start of {quote(current.name)}, whose id is {quote(current.id)}",
                at=event,
                path=current.path,
            )


def _name_stable(head: ExchangeHead, report: Report) -> EventWatch:
    log = TaskLog()
    while isinstance(event := (yield), Event):
        current = log.read(event)
        if current is None or not current.is_result or log.start is None:
            continue
        if log.start.name != current.name:
            report(
                f"the name {quote(log.start.name)}, as in frame {log.start.event.number}",
                quote(current.name),
                at=event,
                path=(*current.path, "name"),
            )


def _no_result(head: ExchangeHead, report: Report) -> EventWatch:
    log = TaskLog()
    while isinstance(event := (yield), Event):
        current = log.read(event)
        if current is None or not current.is_result or current.has_succeeded:
            continue
        if current.payload["result"] not in ({}, None):
            report(
                "no result of a task that failed or was interrupted",
                quote(current.payload["result"]),
                at=event,
                path=(*current.path, "result"),
            )


def _failed_or_interrupted(head: ExchangeHead, report: Report) -> EventWatch:
    log = TaskLog()
    while isinstance(event := (yield), Event):
        current = log.read(event)
        if current is not None and current.has_failed and current.interrupts:
            report(
                "an error or interrupts",
                f"an error and the interrupts {quote(current.interrupts)}",
                at=event,
                path=current.path,
            )


def _failure_shown(head: ExchangeHead, report: Report) -> EventWatch:
    log = TaskLog()
    failures: list[Json] = []
    attempts = 0
    while isinstance(event := (yield), Event):
        attempts += event.name == "metadata"
        current = log.read(event)
        if current is not None and current.of_root:
            error = current.payload.get("error")
            if current.is_own:
                # An error handler runs: the run may end with another error than the task's.
                return
            if not current.is_result:
                # A new step starts, so earlier failures have been handled.
                failures = []
            elif is_object(error) and error not in failures:
                if error.get("error") in _RENAMED or len(failures) == _MOST_FAILURES:
                    return
                failures.append(error)
        # After several attempts, the `error` is about the attempts.
        elif event.name == "error" and failures and attempts == 1 and event.value not in failures:
            expected = " or ".join(map(quote, failures[:2]))
            report(f"the error of a task that failed: {expected}", quote(event.value), at=event)


def _failure_ends_run(head: ExchangeHead, report: Report) -> EventWatch:
    log = TaskLog()
    failed: Event | None = None
    while isinstance(event := (yield), Event):
        current = log.read(event)
        if event.name in ("error", "metadata"):
            failed = None
        elif current is not None and current.of_root:
            failed = event if current.has_failed else None
    if event is End.COMPLETE and failed is not None:
        report(
            "an `error`, because the last task of the graph failed",
            "the end of the stream",
            at=failed,
        )


def _unfinished(head: ExchangeHead, report: Report) -> EventWatch:
    log = TaskLog()
    stopped = False
    while isinstance(event := (yield), Event):
        current = log.read(event)
        stopped = (
            stopped or event.name == "error" or (current is not None and bool(current.interrupts))
        )
    if event is End.COMPLETE and not stopped:
        for task in log.open:
            if task.of_root:
                report(f"a result of {quote(task.name)}", "the end of the stream", at=task.event)


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="tasks.start-first",
        level=Level.MUST,
        statement="A task ends only after it has started, in the same namespace, and ends once.",
        source=f"{ON_EVERY_SERVER}; a client that draws the running tasks pairs them by id",
        kinds=frozenset({Kind.STREAM}),
        judge=_start_first,
    ),
    EventRule(
        id="tasks.start-once",
        level=Level.MUST,
        statement="A task that has started does not start again before it ends.",
        source=ON_EVERY_SERVER,
        judge=_start_once,
    ),
    EventRule(
        id="tasks.name-stable",
        level=Level.MUST,
        statement="A task has the same name when it starts and when it ends.",
        source=ON_EVERY_SERVER,
        judge=_name_stable,
    ),
    EventRule(
        id="tasks.no-result",
        level=Level.SHOULD,
        statement="A task that failed or was interrupted has an empty object as its result.",
        source=f"{ON_EVERY_SERVER} (stream-error-tasks, and python/interrupt-interrupting-all for "
        "interrupts)",
        dialects=frozenset(Dialect),
        judge=_no_result,
    ),
    EventRule(
        id="tasks.failed-or-interrupted",
        level=Level.SHOULD,
        statement="A task that failed has no interrupts.",
        source=f"{ON_EVERY_SERVER}: stream-error-tasks",
        dialects=frozenset(Dialect),
        judge=_failed_or_interrupted,
    ),
    EventRule(
        id="tasks.failure-shown",
        level=Level.SHOULD,
        statement="If a run fails because a task of the graph fails, the `error` that ends the "
        "stream equals the error of a failed task.",
        source="observed on langgraph-api 0.16.7: python/full-boom-all9; others send another text",
        dialects=frozenset({Dialect.PYTHON}),
        judge=_failure_shown,
    ),
    EventRule(
        id="tasks.failure-ends-run",
        level=Level.NOTE,
        statement="If the last task of the graph fails, the stream ends with `error`, unless the "
        "run was cancelled.",
        source=f"{ON_EVERY_SERVER}: stream-error-tasks",
        kinds=frozenset({Kind.STREAM}),
        judge=_failure_ends_run,
    ),
    EventRule(
        id="tasks.unfinished",
        level=Level.NOTE,
        statement="Every task of the graph ends, unless the run is cancelled or interrupted or "
        "the task was cached.",
        source=ON_EVERY_SERVER,
        kinds=frozenset({Kind.STREAM}),
        judge=_unfinished,
    ),
)
"""The rules about single tasks, then those about failed tasks and the end of the run."""

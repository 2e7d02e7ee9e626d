"""The ids of runs, tasks and interrupts."""

import re
from collections.abc import Iterator

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import Json, Path, is_list, is_object
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead
from graphtape_contracts.parsing.identifiers import HEX_ID, is_uuid, run_at
from graphtape_contracts.parsing.interrupts import INTERRUPT, interrupts_of
from graphtape_contracts.parsing.task_event import task_in
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER, ON_PYTHON
from graphtape_contracts.watch import Violation, each_event

_INTERRUPT = re.compile(HEX_ID)


def _run_of(event: Event) -> str | None:
    """Return the run id in a `metadata` event; None for any other event."""
    if event.name == "metadata" and is_object(event.value):
        run_id = event.value.get("run_id")
        return run_id if isinstance(run_id, str) else None
    return None


def _run_id(head: ExchangeHead, event: Event) -> Iterator[Violation]:
    run_id = _run_of(event)
    if run_id is not None and not is_uuid(run_id):
        yield Violation("a UUID", quote(run_id), ("run_id",))


def _run_located(head: ExchangeHead, report: Report) -> EventWatch:
    located = run_at(head.response)
    if located is None:
        return
    while isinstance(event := (yield), Event):
        run_id = _run_of(event)
        if is_uuid(run_id):
            if run_id.lower() != located.lower():
                report(f"{located}, as in Content-Location", run_id, at=event, path=("run_id",))
            return


def _same_run(head: ExchangeHead, report: Report) -> EventWatch:
    first: str | None = None
    while isinstance(event := (yield), Event):
        run_id = _run_of(event)
        first = first or run_id
        if run_id not in (None, first):
            report(f"{quote(first)}, as before", quote(run_id), at=event, path=("run_id",))


def _run_version(head: ExchangeHead, event: Event) -> Iterator[Violation]:
    run_id = _run_of(event)
    if is_uuid(run_id) and run_id[14] != "7":
        yield Violation("a UUID of version 7", run_id, ("run_id",))


def _task_ids(head: ExchangeHead, event: Event) -> Iterator[Violation]:
    task = task_in(event)
    if task is None:
        return
    id_ = task[0].get("id")
    if isinstance(id_, str) and not is_uuid(id_):
        yield Violation("a UUID", quote(id_), (*task[1], "id"))


def _interrupts_in(event: Event) -> Iterator[tuple[Json, Path]]:
    """Yield the interrupts in a task or in `updates`, each with its path in the data."""
    found: object = None
    path: Path = ()
    task = task_in(event)
    if task is not None:
        found, path = task[0].get("interrupts"), (*task[1], "interrupts")
    elif event.mode == "updates":
        found, path = interrupts_of(event.value), (INTERRUPT,)
    if is_list(found):
        for n, interrupt in enumerate(found):
            if is_object(interrupt):
                yield interrupt, (*path, n)


def _interrupt_ids(head: ExchangeHead, event: Event) -> Iterator[Violation]:
    for interrupt, path in _interrupts_in(event):
        id_ = interrupt.get("id")
        if isinstance(id_, str) and not _INTERRUPT.fullmatch(id_):
            yield Violation("32 hexadecimal digits", quote(id_), (*path, "id"))


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="identifiers.run",
        level=Level.MUST,
        statement="The id of a run is a UUID.",
        source=f"{ON_EVERY_SERVER}; all paths with a run id require a UUID",
        judge=each_event(_run_id),
    ),
    EventRule(
        id="identifiers.run-located",
        level=Level.MUST,
        statement="The run id in `metadata` equals that in Content-Location.",
        source=f"{ON_EVERY_SERVER}; clients join and cancel a run by either id",
        judge=_run_located,
    ),
    EventRule(
        id="identifiers.same-run",
        level=Level.MUST,
        statement="Every `metadata` of a stream has the same run id, also when the run is retried.",
        source=f"{ON_EVERY_SERVER}; a retry was observed on langgraph-api 0.16.7 (python/flaky-1)",
        judge=_same_run,
    ),
    EventRule(
        id="identifiers.tasks",
        level=Level.SHOULD,
        statement="The id of a task is a UUID.",
        source=f"{ON_EVERY_SERVER}; clients find the task of a subgraph by it",
        judge=each_event(_task_ids),
    ),
    EventRule(
        id="identifiers.interrupts",
        level=Level.SHOULD,
        statement="The id of an interrupt is 32 hexadecimal digits.",
        source=f"{ON_EVERY_SERVER}; langgraph accepts a resume value by interrupt id only in this "
        "form",
        dialects=frozenset(Dialect),
        judge=each_event(_interrupt_ids),
    ),
    EventRule(
        id="identifiers.run-version",
        level=Level.NOTE,
        statement="The id of a run is a UUID of version 7.",
        source=ON_PYTHON,
        dialects=frozenset({Dialect.PYTHON}),
        judge=each_event(_run_version),
    ),
)

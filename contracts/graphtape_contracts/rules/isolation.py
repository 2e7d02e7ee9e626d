"""Isolation: ids and data of one run never appear in another."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import is_list, is_object, objects_in
from graphtape_contracts.langchain.messages import messages_in
from graphtape_contracts.parsing.identifiers import MODEL_MESSAGE_ID, UUID, is_uuid, run_at
from graphtape_contracts.parsing.interrupts import interrupts_of
from graphtape_contracts.parsing.parsed_exchange import ParsedExchange
from graphtape_contracts.parsing.task_event import task_in
from graphtape_contracts.rule import RUNS, AnyRule, CrossExchangeRule, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER

_THREAD = re.compile(rf"/threads/({UUID})/")
_OWN_MESSAGE_ID = re.compile(MODEL_MESSAGE_ID)


def _run_of(parsed: ParsedExchange) -> str | None:
    """Return the run id of *parsed*: from its head, or else from its first `metadata`."""
    if run := run_at(parsed.exchange.response):
        return run.lower()
    metadata = (event.value for event in parsed.events if event.name == "metadata")
    first = next(metadata, None)
    run_id = first.get("run_id") if is_object(first) else None
    return run_id.lower() if is_uuid(run_id) else None


def _without_duplicates(exchanges: Sequence[ParsedExchange]) -> Iterator[ParsedExchange]:
    """Yield *exchanges*, without exchanges that were passed more than once."""
    seen: dict[str | None, ParsedExchange] = {}
    for parsed in exchanges:
        run = _run_of(parsed)
        if run is None or run not in seen or seen[run].exchange != parsed.exchange:
            seen[run] = parsed
            yield parsed


def _run_ids(exchanges: Sequence[ParsedExchange], report: Report) -> None:
    first: dict[str, ParsedExchange] = {}
    for parsed in _without_duplicates(exchanges):
        run = _run_of(parsed)
        if run is None or _was_sent(run, parsed):
            continue
        if run in first:
            got = f"{run}, as in exchange {first[run].number}"
            report("a new run id", got, exchange=parsed.number)
        first.setdefault(run, parsed)


def _unique(
    ids_in: Callable[[ParsedExchange], Iterable[str]], what: str
) -> Callable[[Sequence[ParsedExchange], Report], None]:
    """Return the `judge` of a rule that requires each id from *ids_in* to appear in one run only.

    *what* says in findings what the ids identify: `a thread`.
    """

    def judge(exchanges: Sequence[ParsedExchange], report: Report) -> None:
        first: dict[str, ParsedExchange] = {}
        for parsed in _without_duplicates(exchanges):
            for id_ in dict.fromkeys(ids_in(parsed)):
                before = first.setdefault(id_, parsed)
                # `_run_ids` reports exchanges with the same run id.
                if before is parsed or _run_of(before) == _run_of(parsed):
                    continue
                if not _was_sent(id_, parsed):
                    got = f"{quote(id_)}, as in exchange {before.number}"
                    report(f"{what} that no other run has", got, exchange=parsed.number)

    return judge


def _was_sent(id_: str, parsed: ParsedExchange) -> bool:
    return id_.encode() in parsed.exchange.request.body


def _data_of(parsed: ParsedExchange) -> Iterator[Any]:
    if parsed.exchange.is_stream:
        yield from (event.value for event in parsed.events)
    else:
        yield parsed.output


def _threads_in(parsed: ParsedExchange) -> Iterator[str]:
    if match := _THREAD.search(parsed.exchange.response.header("content-location") or ""):
        yield match[1]
    for event in parsed.events:
        metadata: Any = None
        if event.name == "messages/metadata" and is_object(event.value):
            entry = next(iter(event.value.values()), None)
            metadata = entry.get("metadata") if is_object(entry) else None
        elif event.mode == "messages" and is_list(event.value) and len(event.value) == 2:
            metadata = event.value[1]
        if is_object(metadata) and isinstance(thread := metadata.get("thread_id"), str):
            yield thread


def _messages_in(parsed: ParsedExchange) -> Iterator[str]:
    for data in _data_of(parsed):
        for message in messages_in(data):
            if isinstance(id_ := message["id"], str) and _OWN_MESSAGE_ID.fullmatch(id_):
                yield id_


def _tasks_in(parsed: ParsedExchange) -> Iterator[str]:
    for event in parsed.events:
        task, _ = task_in(event) or ({}, ())
        if "triggers" in task and isinstance(id_ := task.get("id"), str):
            yield id_


def _interrupts_in(parsed: ParsedExchange) -> Iterator[str]:
    for data in _data_of(parsed):
        for found in objects_in(data):
            interrupts = interrupts_of(found) or ()
            ids = [interrupt.get("id") for interrupt in interrupts if is_object(interrupt)]
            yield from (id_ for id_ in ids if isinstance(id_, str))


RULES: tuple[AnyRule, ...] = (
    CrossExchangeRule(
        id="isolation.run-ids",
        level=Level.MUST,
        statement="No two runs have the same id.",
        source=f"{ON_EVERY_SERVER}; clients distinguish runs by their ids",
        kinds=RUNS,
        judge=_run_ids,
    ),
    CrossExchangeRule(
        id="isolation.thread-ids",
        level=Level.SHOULD,
        statement="No two stateless runs have the same thread.",
        source=f"{ON_EVERY_SERVER}, in `content-location` and the metadata of messages",
        kinds=RUNS,
        judge=_unique(_threads_in, "a thread"),
    ),
    CrossExchangeRule(
        id="isolation.message-ids",
        level=Level.SHOULD,
        statement="A message that a model generated in one run does not appear in another, unless "
        "the request contained it.",
        source=f"{ON_EVERY_SERVER}: a stateless run does not see earlier runs. A cache of model "
        "responses violates this rule and breaks UIs that merge messages by their ids",
        kinds=RUNS,
        judge=_unique(_messages_in, "a message"),
    ),
    CrossExchangeRule(
        id="isolation.task-ids",
        level=Level.SHOULD,
        statement="The id of a task appears in one run only.",
        source=ON_EVERY_SERVER,
        dialects=frozenset(Dialect),
        kinds=RUNS,
        judge=_unique(_tasks_in, "a task"),
    ),
    CrossExchangeRule(
        id="isolation.interrupt-ids",
        level=Level.SHOULD,
        statement="The id of an interrupt appears in one run only.",
        source=f"{ON_EVERY_SERVER}; a client that answers an interrupt refers to it by its id",
        dialects=frozenset(Dialect),
        kinds=RUNS,
        judge=_unique(_interrupts_in, "an interrupt"),
    ),
)
"""One rule for each type of id."""

"""The data of each event matches its schema."""

from collections.abc import Callable
from typing import Any

from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Absent
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead
from graphtape_contracts.parsing.output_schema import output_validator
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER
from graphtape_contracts.schema_findings import report_validation_error, shorten


def _advertised(head: ExchangeHead, report: Report) -> EventWatch:
    if head.output_schema is None:
        return
    judge = output_validator(head.output_schema)
    while isinstance(event := (yield), Event):
        if event.mode == "values" and not event.namespace and _is_readable(event):
            violation = judge(_value(event))
            if violation is not None:
                path, message = violation
                expected = "a value that matches the advertised schema"
                report(expected, shorten(message), at=event, path=path)


def _fits(mode: str, schema: str) -> Callable[[ExchangeHead, Report], EventWatch]:
    def judge(head: ExchangeHead, report: Report) -> EventWatch:
        while isinstance(event := (yield), Event):
            if event.mode == mode and _is_readable(event):
                report_validation_error(report, schema, _value(event), at=event)

    return judge


def _is_readable(event: Event) -> bool:
    """Return whether the data of *event* is JSON or empty."""
    return event.value not in (Absent.NOT_JSON, Absent.TOO_DEEP)


def _value(event: Event) -> Any:
    """Return the data of a readable event. Empty data is null, as Aegra 0.11.0 writes it."""
    return None if event.value is Absent.EMPTY else event.value


_BY_SCHEMA = (
    (
        "metadata",
        Level.MUST,
        "The data of `metadata` names the run and the attempt.",
        f"{ON_EVERY_SERVER}; the SDKs and LangGraph Studio read the run's id from it",
    ),
    (
        "values",
        Level.SHOULD,
        "If the data of `values` lists interrupts, each has an id and a value.",
        f"{ON_EVERY_SERVER}; the SDKs and RemoteGraph read both",
    ),
    (
        "updates",
        Level.MUST,
        "The data of `updates` is an object whose keys are nodes, or `__interrupt__` with a list "
        "of interrupts, each with an id and a value.",
        f"{ON_EVERY_SERVER}; RemoteGraph reads it in every run",
    ),
    (
        "messages/metadata",
        Level.MUST,
        "The data of `messages/metadata` maps the id of a message to the node and task that it "
        "comes from.",
        f"{ON_EVERY_SERVER}; useStream reads it",
    ),
    (
        "messages/partial",
        Level.MUST,
        "The data of `messages/partial` is a list of messages with ids.",
        f"{ON_EVERY_SERVER}; useStream merges messages by their ids",
    ),
    (
        "messages/complete",
        Level.MUST,
        "The data of `messages/complete` is a list of messages with ids.",
        f"{ON_EVERY_SERVER}; useStream merges messages by their ids",
    ),
    (
        "messages",
        Level.MUST,
        "The data of `messages` is a message or chunk with an id, followed by metadata that name "
        "the node and task that it comes from.",
        f"{ON_EVERY_SERVER}; useStream, LiteLLM and the AI SDK read both",
    ),
    (
        "events",
        Level.MUST,
        "The data of `events` is a LangChain event with `event`, `name` and `run_id`.",
        f"{ON_EVERY_SERVER}; consumers of LangChain's events read these three",
    ),
    (
        "debug",
        Level.MUST,
        "The data of `debug` has a step, a timestamp, a type and a payload of that type.",
        ON_EVERY_SERVER,
    ),
    (
        "tasks",
        Level.MUST,
        "The data of `tasks` is the start of a task, with `triggers`, or its result, with "
        "`result`, `error` and `interrupts`.",
        ON_EVERY_SERVER,
    ),
    (
        "checkpoints",
        Level.MUST,
        "The data of `checkpoints` is a checkpoint: either with `metadata` and `next`, or without "
        "state, with its id, step and source.",
        "observed on langgraph-api 0.16.7, LangGraph.js 1.5.1, Aegra 0.11.0",
    ),
    (
        "error",
        Level.MUST,
        "The data of `error` has the class of the error and a message, both strings.",
        f"{ON_EVERY_SERVER}; RemoteGraph raises an exception with it",
    ),
    (
        "end",
        Level.SHOULD,
        "The data of `end` is an object or empty.",
        "observed on Aegra 0.11.0: `status` is success, error or interrupted; others send none",
    ),
)
"""Event, level, statement and source of each rule that checks a schema."""

RULES: tuple[AnyRule, ...] = (
    *(
        EventRule(
            id=f"data.{name.replace('/', '-')}",
            level=level,
            statement=statement,
            source=source,
            judge=_fits(name, f"{name.replace('/', '-')}.json"),
        )
        for name, level, statement, source in _BY_SCHEMA
    ),
    EventRule(
        id="data.advertised",
        level=Level.NOTE,
        statement="The data of `values` matches the output schema that the deployment advertises, "
        "except that keys may be missing.",
        source="the schema is that of GET /assistants/{assistant_id}/schemas; servers do not "
        "enforce it, so a violation is the graph's",
        judge=_advertised,
    ),
)
"""One rule for each event, then the rule about the graph's own schema."""

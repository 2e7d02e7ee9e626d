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
            misfit = judge(_value(event))
            if misfit is not None:
                path, message = misfit
                report("what fits the advertised schema", shorten(message), at=event, path=path)


def _fits(mode: str, schema: str) -> Callable[[ExchangeHead, Report], EventWatch]:
    def judge(head: ExchangeHead, report: Report) -> EventWatch:
        while isinstance(event := (yield), Event):
            if event.mode == mode and _is_readable(event):
                report_validation_error(report, schema, _value(event), at=event)

    return judge


def _is_readable(event: Event) -> bool:
    """Return whether the data is JSON, or absent, which stands for null."""
    return event.value not in (Absent.NOT_JSON, Absent.TOO_DEEP)


def _value(event: Event) -> Any:
    """Return the value of a readable event: no data is null, as Aegra 0.11.0 writes it."""
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
        "Where the data of `values` lists interrupts, each has an id and a value.",
        f"{ON_EVERY_SERVER}; the SDKs and RemoteGraph read both",
    ),
    (
        "updates",
        Level.MUST,
        "The data of `updates` is an object of one or more nodes, or of a list of interrupts, "
        "each with an id and a value.",
        f"{ON_EVERY_SERVER}; RemoteGraph reads it with every run",
    ),
    (
        "messages/metadata",
        Level.MUST,
        "The data of `messages/metadata` tells, by the id of a message, which node and task it "
        "comes from.",
        f"{ON_EVERY_SERVER}; useStream reads it",
    ),
    (
        "messages/partial",
        Level.MUST,
        "The data of `messages/partial` is a list of messages with ids.",
        f"{ON_EVERY_SERVER}; useStream puts messages together by their ids",
    ),
    (
        "messages/complete",
        Level.MUST,
        "The data of `messages/complete` is a list of messages with ids.",
        f"{ON_EVERY_SERVER}; useStream puts messages together by their ids",
    ),
    (
        "messages",
        Level.MUST,
        "The data of `messages` is a message or chunk with an id, and the node and task that it "
        "comes from.",
        f"{ON_EVERY_SERVER}; useStream, LiteLLM and the AI SDK read both",
    ),
    (
        "events",
        Level.MUST,
        "The data of `events` is a LangChain event: what happened, the name and the run.",
        f"{ON_EVERY_SERVER}; LangChain's readers of events look at these three",
    ),
    (
        "debug",
        Level.MUST,
        "The data of `debug` is a step, a time, a type and the payload of that type.",
        ON_EVERY_SERVER,
    ),
    (
        "tasks",
        Level.MUST,
        "The data of `tasks` is the start of a task (`triggers`), or its result (`result`, "
        "`error`, `interrupts`).",
        ON_EVERY_SERVER,
    ),
    (
        "checkpoints",
        Level.MUST,
        "The data of `checkpoints` is a checkpoint: with `metadata` and `next`, or without state "
        "the id, the step and the source.",
        "observed on langgraph-api 0.16.7, LangGraph.js 1.5.1, Aegra 0.11.0",
    ),
    (
        "error",
        Level.MUST,
        "The data of `error` is the class of the error and a message, two strings.",
        f"{ON_EVERY_SERVER}; RemoteGraph raises what it says",
    ),
    (
        "end",
        Level.SHOULD,
        "The data of `end` is an object, or nothing.",
        "observed on Aegra 0.11.0: `status` is success, error or interrupted; others send none",
    ),
)
"""For each rule that is a schema: the event, the level, the statement and the source."""

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
        statement="The data of `values` match the output schema that the deployment advertises, "
        "except keys that are not written yet.",
        source="the schema is that of GET /assistants/{assistant_id}/schemas; servers do not "
        "enforce it, so it is the graph that does not keep its word",
        judge=_advertised,
    ),
)
"""In the order in which a reader wants to know them."""

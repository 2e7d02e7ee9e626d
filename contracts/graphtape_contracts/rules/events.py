"""The names of events: only requested modes, known names, valid namespaces."""

import re

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import is_object
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.identifiers import LOWER_UUID
from graphtape_contracts.parsing.interrupts import shows_interrupts
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER
from graphtape_contracts.stream_mode import PARTIAL_MESSAGES, STREAM_MODES, event_names

_STREAM = frozenset({Kind.STREAM})

_OF_MODES = event_names(STREAM_MODES)
_UNASKED = frozenset({"metadata", "error", "end"})
_OF_FEEDBACK = frozenset({"feedback"})
"""An event that is sent if the request has `feedback_keys` and the server uses LangSmith."""
_OF_THE_RUN = _UNASKED | _OF_FEEDBACK | {"events"}
"""Events that are about the whole run, never about a subgraph."""

_PART = re.compile(rf"[^|:]+(:{LOWER_UUID})?")


def _requested(head: ExchangeHead, report: Report) -> EventWatch:
    if head.options is None:
        return
    shown = head.options.event_names | {"checkpoints"}
    while isinstance(event := (yield), Event):
        if event.mode in _OF_MODES and event.mode not in shown and not shows_interrupts(event):
            report(
                f"only events of the requested modes: {', '.join(sorted(head.options.modes))}",
                f"the event {quote(event.name)}",
                at=event,
            )


def _checkpoints_requested(head: ExchangeHead, report: Report) -> EventWatch:
    if head.options is None or "checkpoints" in head.options.modes:
        return
    while isinstance(event := (yield), Event):
        if event.mode == "checkpoints":
            report("no checkpoints", f"the event {quote(event.name)}", at=event)


def _interrupts_requested(head: ExchangeHead, report: Report) -> EventWatch:
    if head.options is None or "values" in head.options.modes:
        return
    while isinstance(event := (yield), Event):
        if shows_interrupts(event):
            report("no `values`", f"interrupts in the event {quote(event.name)}", at=event)


def _namespace_requested(head: ExchangeHead, report: Report) -> EventWatch:
    # Servers refuse or interpret a value that is not a boolean, each in its own way.
    if head.options is None or head.options.body.get("stream_subgraphs", False) is not False:
        return
    while isinstance(event := (yield), Event):
        if event.namespace and event.mode in _OF_MODES:
            report("no events of subgraphs", f"the event {quote(event.name)}", at=event)


def _namespace_form(head: ExchangeHead, report: Report) -> EventWatch:
    while isinstance(event := (yield), Event):
        if event.mode in _OF_MODES and not all(map(_PART.fullmatch, event.namespace)):
            report("parts like `node:UUID`", f"the event {quote(event.name)}", at=event)


def _run_without_namespace(head: ExchangeHead, report: Report) -> EventWatch:
    while isinstance(event := (yield), Event):
        if event.namespace and event.mode in _OF_THE_RUN:
            report(f"the name {quote(event.mode)}", quote(event.name), at=event)


def _partials_without_namespace(head: ExchangeHead, report: Report) -> EventWatch:
    while isinstance(event := (yield), Event):
        if event.namespace and event.mode in PARTIAL_MESSAGES:
            report(f"the name {quote(event.mode)}", quote(event.name), at=event)


def _messages_tuple_only(head: ExchangeHead, report: Report) -> EventWatch:
    if head.options is None or not head.options.modes >= {"messages", "messages-tuple"}:
        return
    while isinstance(event := (yield), Event):
        if event.mode in PARTIAL_MESSAGES:
            report("the event `messages` alone", f"the event {quote(event.name)}", at=event)


def _no_unkept_checkpoints(head: ExchangeHead, report: Report) -> EventWatch:
    if head.options is None or head.options.keeps_thread:
        return
    while isinstance(event := (yield), Event):
        unkept = event.mode == "checkpoints" and "checkpoints" in head.options.modes
        if event.mode == "debug" and is_object(event.value):
            unkept = event.value.get("type") == "checkpoint"
        # A subgraph may have a checkpointer of its own.
        if unkept and not event.namespace:
            report("no checkpoints, because the thread is not kept", "a checkpoint", at=event)


def _known(head: ExchangeHead, report: Report) -> EventWatch:
    feedback = head.options is not None and "feedback_keys" in head.options.body
    known = _OF_MODES | _UNASKED
    if feedback:
        known |= _OF_FEEDBACK
    while isinstance(event := (yield), Event):
        if event.frame.event is not None and event.mode not in known:
            report("a known event", quote(event.name), at=event)


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="events.asked",
        level=Level.MUST,
        statement="An event of a stream mode is sent only if the request asks for that mode. "
        "Exceptions: checkpoints, and `values` that contain only interrupts.",
        source=f"{ON_EVERY_SERVER}, in every capture",
        kinds=_STREAM,
        judge=_requested,
    ),
    EventRule(
        id="events.interrupts-asked",
        level=Level.SHOULD,
        statement="Interrupts are sent in `values` only if the request asks for `values`.",
        source="observed on langgraph-api 0.16.7, LangGraph.js 2.0.0 and 1.5.1; Aegra 0.11.0 sends "
        "them in `values` unless the request asks for `updates`",
        kinds=_STREAM,
        judge=_interrupts_requested,
    ),
    EventRule(
        id="events.checkpoints-asked",
        level=Level.SHOULD,
        statement="Checkpoints are sent only if the request asks for them.",
        source="observed on langgraph-api 0.16.7, LangGraph.js 2.0.0, Aegra 0.11.0; LangGraph.js "
        "1.5.1 adds them to `values` of subgraphs",
        kinds=_STREAM,
        judge=_checkpoints_requested,
    ),
    EventRule(
        id="events.namespace-asked",
        level=Level.MUST,
        statement="Events of subgraphs (`mode|namespace`) are sent only with `stream_subgraphs`.",
        source=f"{ON_EVERY_SERVER}; a client that does not expect them mistakes them for events of "
        "the graph itself",
        kinds=_STREAM,
        judge=_namespace_requested,
    ),
    EventRule(
        id="events.namespace-form",
        level=Level.SHOULD,
        statement="Each part of a namespace is `node:UUID` (a node and the id of its task), "
        "`node` alone if its subgraph has its own checkpointer, or a number that distinguishes "
        "several subgraphs in one task.",
        source=f"{ON_EVERY_SERVER}: python/mode-subgraph-sub-updates; the SDKs split names at `|`",
        dialects=frozenset(Dialect),
        judge=_namespace_form,
    ),
    EventRule(
        id="events.run-no-namespace",
        level=Level.SHOULD,
        statement="`metadata`, `error`, `end`, `feedback` and `events` are about the run and "
        "have no namespace.",
        source=f"{ON_EVERY_SERVER}; clients compare these names exactly",
        dialects=frozenset(Dialect),
        judge=_run_without_namespace,
    ),
    EventRule(
        id="events.partial-no-namespace",
        level=Level.SHOULD,
        statement="`messages/metadata`, `messages/partial` and `messages/complete` have no "
        "namespace, not even for messages of subgraphs.",
        source="observed on langgraph-api 0.16.7: python/mode-subgraph-sub-messages; clients "
        "compare these names exactly",
        dialects=frozenset({Dialect.PYTHON}),
        judge=_partials_without_namespace,
    ),
    EventRule(
        id="events.messages-tuple-only",
        level=Level.SHOULD,
        statement=(
            "If `messages` and `messages-tuple` are both requested, only the events of "
            "`messages-tuple` are sent."
        ),
        source="observed on langgraph-api 0.16.7 (python/mode-agent-messages+messages-tuple) and "
        "Aegra 0.11.0; LangGraph.js shows both",
        dialects=frozenset({Dialect.PYTHON, Dialect.AEGRA}),
        kinds=_STREAM,
        judge=_messages_tuple_only,
    ),
    EventRule(
        id="events.checkpoints-kept",
        level=Level.SHOULD,
        statement="A run whose thread is not kept has no checkpoints.",
        source="observed on langgraph-api 0.16.7 (python/mode-agent-checkpoints) and LangGraph.js "
        "2.0.0 and 1.5.1; Aegra always creates checkpoints",
        dialects=frozenset({Dialect.PYTHON, Dialect.JAVASCRIPT}),
        kinds=_STREAM,
        judge=_no_unkept_checkpoints,
    ),
    EventRule(
        id="events.known",
        level=Level.NOTE,
        statement="Every event has a known name.",
        source=f"{ON_EVERY_SERVER}; servers may add others, which clients pass on or ignore",
        judge=_known,
    ),
)
"""The rules about names, then those about namespaces, then those about single modes."""

"""The mode `events`: LangChain events, version 2. "Run" means a LangChain run in these rules."""

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import is_list, is_object
from graphtape_contracts.parsing.bounded_dict import MAX_ENTRIES
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.langchain_event import StepLog, parse_step, split
from graphtape_contracts.rule import AnyRule, EventRule, EventWatch, Report
from graphtape_contracts.rules.sources import ON_MAIN_SERVERS

_OPEN = f"checked for the {MAX_ENTRIES} runs in progress that started last"
# Joined streams are excluded: they may start in the middle of a run.
_STREAM = frozenset({Kind.STREAM})
_KINDS = frozenset(("chain", "chat_model", "llm", "parser", "prompt", "retriever", "tool"))


def _started(head: ExchangeHead, report: Report) -> EventWatch:
    log = StepLog()
    while isinstance(event := (yield), Event):
        step = log.read(event)
        if step is not None and not step.starts and log.start is None and not log.forgot:
            report(
                f"`on_{step.kind}_start` of the run {quote(step.run)} earlier, and no end of it",
                str(step),
                at=event,
                path=("run_id",),
            )


def _start_once(head: ExchangeHead, report: Report) -> EventWatch:
    log = StepLog()
    while isinstance(event := (yield), Event):
        step = log.read(event)
        if step is not None and step.starts and log.start is not None:
            report(
                f"no second start of the run that started in frame {log.start.number}",
                str(step),
                at=event,
                path=("run_id",),
            )


def _same_run(head: ExchangeHead, report: Report) -> EventWatch:
    log = StepLog()
    while isinstance(event := (yield), Event):
        step = log.read(event)
        if step is None or (start := step if step.starts else log.start) is None:
            continue
        for key, expected, got in (
            ("event", f"on_{start.kind}_{step.phase}", f"on_{step.kind}_{step.phase}"),
            ("name", start.name, step.name),
            ("tags", start.tags, step.tags),
            ("parent_ids", start.parents, step.parents),
        ):
            if expected != got:
                report(
                    f"{quote(expected)}, as at its start in frame {start.number}",
                    quote(got),
                    at=event,
                    path=(key,),
                )


def _parents(head: ExchangeHead, report: Report) -> EventWatch:
    log = StepLog()
    while isinstance(event := (yield), Event):
        step = log.read(event)
        if step is None or not step.starts or not is_list(step.parents) or not step.parents:
            continue
        nearest = step.parents[-1]
        # A parent that is hidden by its tags is unknown.
        parent = log.start_of(nearest) if isinstance(nearest, str) else None
        if parent and is_list(parent.parents) and step.parents != [*parent.parents, nearest]:
            report(
                f"{quote([*parent.parents, nearest])}, because its parent is {parent.name!r}",
                quote(step.parents),
                at=event,
                path=("parent_ids",),
            )


def _root_first(head: ExchangeHead, report: Report) -> EventWatch:
    run: object = None
    first = True
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            metadata = event.value if is_object(event.value) else {}
            # After a retry, the LangChain run of the graph has another id than the run.
            run, first = (metadata.get("run_id") if metadata.get("attempt") == 1 else None), True
        step = parse_step(event)
        if step is None or not first:
            continue
        first = False
        if (step.kind, step.phase) != ("chain", "start") or step.parents:
            report("`on_chain_start` of the graph", str(step), at=event, path=("event",))
        elif run is not None and step.run != run:
            report(f"the run {quote(run)}", quote(step.run), at=event, path=("run_id",))


def _root_last(head: ExchangeHead, report: Report) -> EventWatch:
    root: str | None = None
    ended = False
    while isinstance(event := (yield), Event):
        if event.name == "metadata":
            root, ended = None, False
        step = parse_step(event)
        if step is None:
            continue
        if ended:
            report("no event after the end of the graph", str(step), at=event)
        root = root or step.run
        ended = ended or (step.ends and step.run == root)


def _known(head: ExchangeHead, report: Report) -> EventWatch:
    while isinstance(event := (yield), Event):
        name = event.value.get("event") if event.mode == "events" and is_object(event.value) else 0
        if not isinstance(name, str) or name == "on_custom_event":
            continue
        parts = split(name)
        if parts is None or parts[0] not in _KINDS:
            report(
                "on_KIND_start, _stream, _end or _error, or on_custom_event",
                quote(name),
                at=event,
                path=("event",),
            )


RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="langchain.root-first",
        level=Level.SHOULD,
        statement="The first event is the `on_chain_start` of the graph; in the first attempt its "
        "`run_id` equals that in `metadata`.",
        source=ON_MAIN_SERVERS,
        kinds=_STREAM,
        judge=_root_first,
    ),
    EventRule(
        id="langchain.root-last",
        level=Level.SHOULD,
        statement="No event follows the end of the graph.",
        source=ON_MAIN_SERVERS,
        kinds=_STREAM,
        judge=_root_last,
    ),
    EventRule(
        id="langchain.started",
        level=Level.MUST,
        statement="A run streams, ends or fails only after it has started and before it has ended.",
        source=f"{ON_MAIN_SERVERS}; {_OPEN}",
        kinds=_STREAM,
        judge=_started,
    ),
    EventRule(
        id="langchain.start-once",
        level=Level.SHOULD,
        statement="A run that has started does not start again before it ends.",
        source=f"{ON_MAIN_SERVERS}; {_OPEN}",
        kinds=_STREAM,
        judge=_start_once,
    ),
    EventRule(
        id="langchain.run-stable",
        level=Level.SHOULD,
        statement=(
            "All events with the same run id have the same kind, name, tags and parents as the "
            "start event."
        ),
        source=f"{ON_MAIN_SERVERS}; {_OPEN}",
        kinds=_STREAM,
        judge=_same_run,
    ),
    EventRule(
        id="langchain.parents",
        level=Level.SHOULD,
        statement=(
            "The `parent_ids` of a run are those of its parent, followed by the id of the parent."
        ),
        source="observed on langgraph-api 0.16.7 and Aegra 0.11.0; LangGraph.js sends none",
        dialects=frozenset({Dialect.PYTHON, Dialect.AEGRA}),
        kinds=_STREAM,
        judge=_parents,
    ),
    EventRule(
        id="langchain.known",
        level=Level.NOTE,
        statement="Every event has a name that version 2 of LangChain's events defines.",
        source=ON_MAIN_SERVERS,
        kinds=_STREAM,
        judge=_known,
    ),
)
"""The rules about the graph's own run, then those about the runs inside it."""

"""Consistency: what stays the same when a request is repeated or asked in another way."""

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Absent
from graphtape_contracts.parsing.exchange_head import Kind, StreamOptions
from graphtape_contracts.parsing.interrupts import shows_interrupts
from graphtape_contracts.parsing.normal_form import normal_form
from graphtape_contracts.parsing.parsed_exchange import ParsedExchange
from graphtape_contracts.parsing.run_outcome import have_same_output, run_outcome_of
from graphtape_contracts.parsing.status import blames_the_request
from graphtape_contracts.rule import RUNS, AnyRule, CrossExchangeRule, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER
from graphtape_contracts.stream_mode import event_names

_VIEW = ("stream_mode", "stream_subgraphs", "stream_resumable", "on_disconnect")
"""What a request says about the response, not about the run."""

_VALUES_ALONE = frozenset({"values"})
_MESSAGES = frozenset(("messages", "messages-tuple"))

_COMPARED = ("values", "updates", "custom", "tasks", "debug", "checkpoints")
"""Modes that show the same whatever other modes are on; `events` also tells of the other modes."""


def _request(asked: StreamOptions) -> Hashable:
    """Return what is equal for requests that start the same run in the same manner.

    With messages or events the model streams, which may change what it says; with `events`
    langgraph-api 0.16.7 shows the whole state in `values`, not only the output.
    """
    run = {key: value for key, value in asked.body.items() if key not in _VIEW}
    # Aegra 0.11.0 takes an empty list as no mode at all, the others as none given.
    none = asked.body.get("stream_mode") == []
    streams = bool(asked.modes & _MESSAGES)
    return json.dumps(run, sort_keys=True), streams, "events" in asked.modes, none


def _output(answers: Sequence[ParsedExchange], report: Report) -> None:
    first: dict[Hashable, ParsedExchange] = {}
    streams_first = sorted(answers, key=lambda answer: answer.head.kind is Kind.WAIT)
    for answer in streams_first:
        asked, outcome = answer.head.options, run_outcome_of(answer)
        if asked is None or "values" not in asked.modes or outcome is None:
            continue
        # With other modes on, interrupts are told in other words.
        if outcome.error is not None or (outcome.interrupts and asked.modes != _VALUES_ALONE):
            continue
        before = first.setdefault(_request(asked), answer)
        reference = run_outcome_of(before)
        # What several streams show is compared mode by mode.
        if reference is None or answer.head.kind is Kind.STREAM:
            continue
        if not have_same_output(reference, outcome):
            report(
                f"the output of exchange {before.number}: {reference}",
                str(outcome),
                exchange=answer.number,
            )


def _modes(answers: Sequence[ParsedExchange], report: Report) -> None:
    first: dict[Hashable, ParsedExchange] = {}
    for answer, asked in _whole_streams(answers):
        for mode in _comparable(asked):
            key = (_request(asked), asked.subgraphs, mode)
            before = first.setdefault(key, answer)
            _compare(before, answer, mode, report, subgraphs=True)


def _subgraphs(answers: Sequence[ParsedExchange], report: Report) -> None:
    first: dict[Hashable, ParsedExchange] = {}
    for answer, asked in _whole_streams(answers):
        if not asked.subgraphs:
            for mode in _comparable(asked):
                first.setdefault((_request(asked), mode), answer)
    for answer, asked in _whole_streams(answers):
        for mode in set(_comparable(asked)) - _renamed_with_subgraphs(answer):
            before = first.get((_request(asked), mode))
            if asked.subgraphs and before is not None:
                _compare(before, answer, mode, report, subgraphs=False)


def _renamed_with_subgraphs(answer: ParsedExchange) -> frozenset[str]:
    """Return the modes whose events get a namespace, and without subgraphs have a bare name."""
    # On LangGraph.js 2.0.0 and 1.5.1 also what the nodes of subgraphs write to the custom stream.
    return _MESSAGES | {"custom"} if answer.head.dialect is Dialect.JAVASCRIPT else _MESSAGES


def _whole_streams(
    answers: Sequence[ParsedExchange],
) -> Iterator[tuple[ParsedExchange, StreamOptions]]:
    for answer in answers:
        outcome = run_outcome_of(answer)
        is_stream = answer.head.kind is Kind.STREAM
        if is_stream and answer.head.options and outcome and outcome.error is None:
            yield answer, answer.head.options


def _comparable(asked: StreamOptions) -> list[str]:
    modes = [mode for mode in _COMPARED if mode in asked.modes]
    # Where both kinds of messages are asked for, some servers show one of them.
    return modes + ([] if asked.modes >= _MESSAGES else sorted(asked.modes & _MESSAGES))


def _compare(
    before: ParsedExchange, answer: ParsedExchange, mode: str, report: Report, *, subgraphs: bool
) -> None:
    if before is answer:
        return
    expected, got = (_shown(one, mode, subgraphs=subgraphs) for one in (before, answer))
    if expected == got:
        return
    # As a bag: branches of the graph that run at the same time take turns in any order.
    missing, extra = list((expected - got).elements()), list((got - expected).elements())
    told = [f"{len(missing)} not shown, such as {_cut(missing[0])}"] if missing else []
    told += [f"{len(extra)} more, such as {_cut(extra[0])}"] if extra else []
    report(
        f"the same {len(list(expected.elements()))} events of the mode `{mode}` as in exchange "
        f"{before.number}",
        "; ".join(told),
        exchange=answer.number,
    )


def _shown(answer: ParsedExchange, mode: str, *, subgraphs: bool) -> Counter[str]:
    names = event_names({mode})
    return Counter(
        f"{normal_form(event.name)} {_data_form(event.value)}"
        for event in answer.events
        if event.mode in names and (subgraphs or not event.namespace)
        if not shows_interrupts(event)  # Aegra 0.11.0 does so only if `updates` are not asked for.
    )


def _data_form(value: object) -> str:
    return str(value) if isinstance(value, Absent) else normal_form(value)


def _cut(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}... (cut)"


def _outcome(answers: Sequence[ParsedExchange], report: Report) -> None:
    first: dict[Hashable, ParsedExchange] = {}
    for answer in answers:
        asked, outcome = answer.head.options, run_outcome_of(answer)
        if asked is None or outcome is None:
            continue
        before = first.setdefault((_request(asked), asked.subgraphs), answer)
        reference = run_outcome_of(before)
        if reference is None or (reference.error is None) == (outcome.error is None):
            continue
        expected = "success" if reference.error is None else f"the error {reference.error}"
        report(
            f"{expected}, as in exchange {before.number}",
            "success" if outcome.error is None else f"the error {outcome.error}",
            exchange=answer.number,
        )


def _status(answers: Sequence[ParsedExchange], report: Report) -> None:
    first: dict[Hashable, ParsedExchange] = {}
    for answer in answers:
        request, status = answer.exchange.request, answer.exchange.response.status
        if request.method != "POST" or not (status == 200 or blames_the_request(status)):
            continue
        headers = dict(request.headers)
        read = tuple(headers.get(name) for name in _HEADERS)
        key = (request.method, request.path, request.body, read)
        before = first.setdefault(key, answer)
        if status != before.exchange.response.status:
            report(
                f"{before.exchange.response.status}, as in exchange {before.number}",
                str(status),
                exchange=answer.number,
            )


_HEADERS = ("content-type", "content-encoding", "transfer-encoding", "expect")
"""What decides, besides the body, whether a request is refused."""


_KNOWN = frozenset(Dialect)
_ANSWERS = RUNS | {Kind.REFUSAL}

RULES: tuple[AnyRule, ...] = (
    CrossExchangeRule(
        id="consistency.output",
        level=Level.MUST,
        statement="The output of a wait equals the last `values` of a stream of the same "
        "request, every time.",
        source=f"{ON_EVERY_SERVER}; many clients wait in tests and stream in production",
        kinds=RUNS,
        deterministic=True,
        judge=_output,
    ),
    CrossExchangeRule(
        id="consistency.modes",
        level=Level.SHOULD,
        statement="A stream mode shows the same whichever other modes are requested, every time.",
        source=f"{ON_EVERY_SERVER} (python/mode-agent-values+updates); that `events` and messages "
        "make the model stream is left aside",
        dialects=_KNOWN,
        kinds=frozenset({Kind.STREAM}),
        deterministic=True,
        judge=_modes,
    ),
    CrossExchangeRule(
        id="consistency.subgraphs",
        level=Level.SHOULD,
        statement="`stream_subgraphs` adds events with a namespace and changes no others, "
        "except messages and, on LangGraph.js, `custom`.",
        source=f"{ON_EVERY_SERVER} (python/mode-subgraph-sub-values)",
        dialects=_KNOWN,
        kinds=frozenset({Kind.STREAM}),
        deterministic=True,
        judge=_subgraphs,
    ),
    CrossExchangeRule(
        id="consistency.outcome",
        level=Level.SHOULD,
        statement="A run fails, or does not, whether it is streamed or waited for.",
        source=ON_EVERY_SERVER,
        dialects=_KNOWN,
        kinds=RUNS,
        deterministic=True,
        judge=_outcome,
    ),
    CrossExchangeRule(
        id="consistency.status",
        level=Level.SHOULD,
        statement="The same request gets the same status.",
        source=ON_EVERY_SERVER,
        dialects=_KNOWN,
        kinds=_ANSWERS,
        deterministic=True,
        judge=_status,
    ),
)
"""In the order in which a reader wants to know them."""

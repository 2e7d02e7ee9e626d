"""Consistency: equal requests get equal responses, whatever the endpoint and the stream modes."""

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
"""The fields of a request that affect the response, but not the run."""

_VALUES_ALONE = frozenset({"values"})
_MESSAGES = frozenset(("messages", "messages-tuple"))

_COMPARED = ("values", "updates", "custom", "tasks", "debug", "checkpoints")
"""Modes whose events are the same whichever other modes are requested (unlike `events`)."""


def _request(options: StreamOptions) -> Hashable:
    """Return a key that is equal for requests whose runs should be equal.

    If messages or `events` are requested, the model streams, which may change its output. With
    `events`, langgraph-api 0.16.7 shows the whole state in `values`, not only the output.
    """
    run = {key: value for key, value in options.body.items() if key not in _VIEW}
    # Aegra 0.11.0 streams no mode for an empty list; the others use the default mode.
    none = options.body.get("stream_mode") == []
    streams = bool(options.modes & _MESSAGES)
    return json.dumps(run, sort_keys=True), streams, "events" in options.modes, none


def _output(exchanges: Sequence[ParsedExchange], report: Report) -> None:
    first: dict[Hashable, ParsedExchange] = {}
    streams_first = sorted(exchanges, key=lambda parsed: parsed.head.kind is Kind.WAIT)
    for parsed in streams_first:
        options, outcome = parsed.head.options, run_outcome_of(parsed)
        if options is None or "values" not in options.modes or outcome is None:
            continue
        # Other modes change how the output shows interrupts.
        if outcome.error is not None or (outcome.interrupts and options.modes != _VALUES_ALONE):
            continue
        before = first.setdefault(_request(options), parsed)
        reference = run_outcome_of(before)
        # `_modes` compares streams with each other.
        if reference is None or parsed.head.kind is Kind.STREAM:
            continue
        if not have_same_output(reference, outcome):
            report(
                f"the output of exchange {before.number}: {reference}",
                str(outcome),
                exchange=parsed.number,
            )


def _modes(exchanges: Sequence[ParsedExchange], report: Report) -> None:
    first: dict[Hashable, ParsedExchange] = {}
    for parsed, options in _whole_streams(exchanges):
        for mode in _comparable(options):
            key = (_request(options), options.subgraphs, mode)
            before = first.setdefault(key, parsed)
            _compare(before, parsed, mode, report, subgraphs=True)


def _subgraphs(exchanges: Sequence[ParsedExchange], report: Report) -> None:
    first: dict[Hashable, ParsedExchange] = {}
    for parsed, options in _whole_streams(exchanges):
        if not options.subgraphs:
            for mode in _comparable(options):
                first.setdefault((_request(options), mode), parsed)
    for parsed, options in _whole_streams(exchanges):
        for mode in set(_comparable(options)) - _renamed_with_subgraphs(parsed):
            before = first.get((_request(options), mode))
            if options.subgraphs and before is not None:
                _compare(before, parsed, mode, report, subgraphs=False)


def _renamed_with_subgraphs(parsed: ParsedExchange) -> frozenset[str]:
    """Return the modes that include subgraphs, without a namespace, even if not requested."""
    # On LangGraph.js 2.0.0 and 1.5.1, this includes `custom`.
    return _MESSAGES | {"custom"} if parsed.head.dialect is Dialect.JAVASCRIPT else _MESSAGES


def _whole_streams(
    exchanges: Sequence[ParsedExchange],
) -> Iterator[tuple[ParsedExchange, StreamOptions]]:
    for parsed in exchanges:
        outcome = run_outcome_of(parsed)
        is_stream = parsed.head.kind is Kind.STREAM
        if is_stream and parsed.head.options and outcome and outcome.error is None:
            yield parsed, parsed.head.options


def _comparable(options: StreamOptions) -> list[str]:
    modes = [mode for mode in _COMPARED if mode in options.modes]
    # If both kinds of messages are requested, some servers show only one of them.
    return modes + ([] if options.modes >= _MESSAGES else sorted(options.modes & _MESSAGES))


def _compare(
    before: ParsedExchange, parsed: ParsedExchange, mode: str, report: Report, *, subgraphs: bool
) -> None:
    if before is parsed:
        return
    expected, got = (_shown(one, mode, subgraphs=subgraphs) for one in (before, parsed))
    if expected == got:
        return
    # Compared without order: the events of parallel branches of a graph interleave at random.
    missing, extra = list((expected - got).elements()), list((got - expected).elements())
    got_parts = [f"{len(missing)} missing, such as {_cut(missing[0])}"] if missing else []
    got_parts += [f"{len(extra)} extra, such as {_cut(extra[0])}"] if extra else []
    report(
        f"the same {len(list(expected.elements()))} events of the mode `{mode}` as in exchange "
        f"{before.number}",
        "; ".join(got_parts),
        exchange=parsed.number,
    )


def _shown(parsed: ParsedExchange, mode: str, *, subgraphs: bool) -> Counter[str]:
    names = event_names({mode})
    return Counter(
        f"{normal_form(event.name)} {_data_form(event.value)}"
        for event in parsed.events
        if event.mode in names and (subgraphs or not event.namespace)
        if not shows_interrupts(event)  # Aegra 0.11.0 sends these only without `updates`.
    )


def _data_form(value: object) -> str:
    return str(value) if isinstance(value, Absent) else normal_form(value)


def _cut(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}... (cut)"


def _outcome(exchanges: Sequence[ParsedExchange], report: Report) -> None:
    first: dict[Hashable, ParsedExchange] = {}
    for parsed in exchanges:
        options, outcome = parsed.head.options, run_outcome_of(parsed)
        if options is None or outcome is None:
            continue
        before = first.setdefault((_request(options), options.subgraphs), parsed)
        reference = run_outcome_of(before)
        if reference is None or (reference.error is None) == (outcome.error is None):
            continue
        expected = "success" if reference.error is None else f"the error {reference.error}"
        report(
            f"{expected}, as in exchange {before.number}",
            "success" if outcome.error is None else f"the error {outcome.error}",
            exchange=parsed.number,
        )


def _status(exchanges: Sequence[ParsedExchange], report: Report) -> None:
    first: dict[Hashable, ParsedExchange] = {}
    for parsed in exchanges:
        request, status = parsed.exchange.request, parsed.exchange.response.status
        if request.method != "POST" or not (status == 200 or blames_the_request(status)):
            continue
        headers = dict(request.headers)
        read = tuple(headers.get(name) for name in _HEADERS)
        key = (request.method, request.path, request.body, read)
        before = first.setdefault(key, parsed)
        if status != before.exchange.response.status:
            report(
                f"{before.exchange.response.status}, as in exchange {before.number}",
                str(status),
                exchange=parsed.number,
            )


_HEADERS = ("content-type", "content-encoding", "transfer-encoding", "expect")
"""The headers that, besides the body, decide whether a request is refused."""


_KNOWN = frozenset(Dialect)
_ANSWERS = RUNS | {Kind.REFUSAL}

RULES: tuple[AnyRule, ...] = (
    CrossExchangeRule(
        id="consistency.output",
        level=Level.MUST,
        statement="The output of a wait equals the last `values` of every stream of the same "
        "request.",
        source=f"{ON_EVERY_SERVER}; many clients wait in tests and stream in production",
        kinds=RUNS,
        deterministic=True,
        judge=_output,
    ),
    CrossExchangeRule(
        id="consistency.modes",
        level=Level.SHOULD,
        statement="The events of a stream mode are the same in every stream of the same request, "
        "whichever other modes are requested.",
        source=f"{ON_EVERY_SERVER} (python/mode-agent-values+updates); streams with `events` or "
        "messages are compared only with each other, because these modes make the model stream",
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
        statement=(
            "Runs of the same request all succeed or all fail, whether they are streamed or "
            "waited for."
        ),
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
"""The rules about successful runs, then those about failures and refusals."""

"""Compares two responses to the same request.

If the status changed, only that is reported. If the new response breaks off, or the run failed in
another way or no longer fails, the events are not compared, because they differ for that reason.
If the recorded response is incomplete, its error and its last state are not compared.
"""

from collections.abc import Iterator, Mapping

from graphtape_contracts import End, Exchange
from graphtape_contracts.parsing.exchange_head import Kind, kind_of
from graphtape_contracts.rule import RUNS
from graphtape_contracts.shape import Shape
from graphtape_contracts.shape_difference import differences
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_mock.drift.compare_endpoints import compare_endpoint_responses
from graphtape_mock.drift.compare_headers import compare_dialects, compare_headers
from graphtape_mock.drift.severity import Drift, Severity, drift_of
from graphtape_mock.drift.structure import ERROR, Structure, structure_of
from graphtape_mock.recordings.try_json import object_in

LAST_STATE = "last state"
OUTPUT = "output"

_LONGEST_DETAIL = 200
_CHOSEN = ("events (on_tool_", "events (on_retriever_", "events (on_custom_event)")
"""Prefixes of kinds of events that depend on the path of the agent, such as a tool call."""
_SPOKEN = ("AIMessageChunk", "ai")
"""Types of messages from a model, as chunks or complete; every run has such messages."""


def compare(
    before: Exchange, after: Exchange, nullable: frozenset[str] = frozenset()
) -> list[Drift]:
    """Return the changes from the response *before* to *after*, changes in the head first.

    *nullable* has the names of fields whose schema allows null: null in them is not breaking.
    """
    if before.response.status != after.response.status:
        return [_status(before, after)]
    found = list(compare_headers(before.response, after.response))
    if before.is_stream is not after.is_stream:
        return found
    if kind_of(before.request, before.response) in RUNS:
        found += compare_dialects(before.response, after.response)
        found += _compare_runs(before, after, nullable)
    else:
        found += compare_endpoint_responses(before, after)
    return found


def _status(before: Exchange, after: Exchange) -> Drift:
    old, new = str(before.response.status), str(after.response.status)
    detail = object_in(after.body).get("detail")
    reason = f" ({detail[:_LONGEST_DETAIL]})" if isinstance(detail, str) else ""
    return Drift(Severity.BREAKING, "status", "the status changed", old, new + reason)


def _compare_runs(before: Exchange, after: Exchange, nullable: frozenset[str]) -> Iterator[Drift]:
    if after.end is not End.COMPLETE and after.end is not before.end:
        yield Drift(
            Severity.BREAKING,
            "ending",
            "the response breaks off",
            before.end.value,
            after.end.value,
        )
        return
    old, new = structure_of(before), structure_of(after)
    whole = before.end is End.COMPLETE
    if whole and old.failure != new.failure:
        yield _failure(old.failure, new.failure)
        return
    if whole:
        stream = kind_of(before.request, before.response) is Kind.STREAM
        place = LAST_STATE if stream else OUTPUT
        for difference in differences(old.last, new.last):
            yield drift_of(difference, place, strict=True, nullable=nullable)
    yield from _compare_order(old, new)
    yield from _compare_kinds(old.kinds, new.kinds, nullable)


def _failure(before: str | None, after: str | None) -> Drift:
    fixed = after is None
    return Drift(
        Severity.ADDITIVE if fixed else Severity.BREAKING,
        "failure",
        "the run no longer fails" if fixed else "the run fails in another way",
        before or "no error",
        after or "no error",
    )


def _compare_kinds(
    before: Mapping[str, Mapping[str, Shape]],
    after: Mapping[str, Mapping[str, Shape]],
    nullable: frozenset[str],
) -> Iterator[Drift]:
    for kind in sorted(before.keys() - after.keys() - {ERROR}):
        severity = Severity.COSMETIC if kind.startswith(_CHOSEN) else Severity.BREAKING
        yield _event(severity, "event-missing", f"the event {kind} is gone")
    for kind in sorted(after.keys() - before.keys() - {ERROR}):
        yield _event(Severity.ADDITIVE, "event-new", f"the event {kind} is new")
    for kind in sorted(before.keys() & after.keys(), key=_rank):
        yield from _compare_variants(kind, before[kind], after[kind], nullable)


def _compare_variants(
    kind: str,
    before: Mapping[str, Shape],
    after: Mapping[str, Shape],
    nullable: frozenset[str],
) -> Iterator[Drift]:
    common = before.keys() & after.keys()
    for variant in sorted(before.keys() - common):
        # If other variants are still there, the agent may just have taken another path.
        chosen = common and variant not in _SPOKEN
        severity = Severity.COSMETIC if chosen else Severity.BREAKING
        yield _event(severity, "variant-missing", f"the event {_place(kind, variant)} is gone")
    for variant in sorted(after.keys() - common):
        summary = f"the event {_place(kind, variant)} is new"
        yield _event(Severity.ADDITIVE, "variant-new", summary)
    for variant in sorted(common):
        for difference in differences(before[variant], after[variant]):
            yield drift_of(difference, _place(kind, variant), nullable=nullable)


def _event(severity: Severity, kind: str, summary: str) -> Drift:
    words = ("there", "absent")
    before, after = words if kind.endswith("-missing") else words[::-1]
    return Drift(severity, kind, summary, before, after)


def _compare_order(before: Structure, after: Structure) -> Iterator[Drift]:
    for one, other in sorted(before.order):
        if (other, one) in after.order:
            yield Drift(
                Severity.BREAKING,
                "order",
                f"{other} comes before {one}",
                f"{one}, {other}",
                f"{other}, {one}",
            )


def _rank(kind: str) -> tuple[int, str]:
    """Return the sort key of a kind: the kinds that most clients read come first."""
    mode = kind.split("|")[0].split(" ")[0]
    return STREAM_MODES.index(mode) if mode in STREAM_MODES else len(STREAM_MODES), kind


def _place(kind: str, variant: str) -> str:
    return f"{kind} of {variant}" if variant else kind

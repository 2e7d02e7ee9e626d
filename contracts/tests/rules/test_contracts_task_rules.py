"""Rare but valid streams are not reported, and malformed data does not crash the rules."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts import End, Exchange, Frame, Request, Response, sse
from graphtape_contracts.checker import check
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Finding, Level
from graphtape_contracts.parsing.bounded_dict import MAX_ENTRIES
from graphtape_contracts.rules import debug, events, order, tasks, updates, values

RULES = [rule for f in (events, order, tasks, debug, updates, values) for rule in f.RULES]
METADATA = ("metadata", {"run_id": "01a2021b-0eee-7493-acb4-b8cc75a82d48", "attempt": 1})
MODES = ("tasks", "updates", "values")
INTERRUPTS = [{"value": "?", "id": "43eb41e18116993c11458fd21ba80f82"}]

Shown = tuple[str, Any]


def exchange(shown: Iterable[Shown], modes: Iterable[str] = MODES, **asked: Any) -> Exchange:
    """Return a stream of the events *shown*, whose request has *modes* and the fields *asked*."""
    body = {"assistant_id": "a", "stream_mode": list(modes), "stream_subgraphs": True} | asked
    frames: list[Frame] = []
    for name, data in shown:
        frames += sse.decode(sse.encode_event(name, json.dumps(data)))
    request = Request("POST", "/runs/stream", (), json.dumps(body).encode())
    response = Response(200, (("content-type", "text/event-stream"),))
    return Exchange(request, response, tuple(frames), End.COMPLETE)


def judged(
    shown: Iterable[Shown],
    modes: Iterable[str] = MODES,
    dialect: Dialect = Dialect.PYTHON,
    **asked: Any,
) -> list[Finding]:
    """Return the findings of these rule families in a stream of *shown*, without NOTEs."""
    findings = check(exchange([METADATA, *shown], modes, **asked), RULES, dialect=dialect)
    return [finding for finding in findings if finding.level is not Level.NOTE]


def start(id_: str, name: str, place: str = "tasks", push: bool = False) -> Shown:
    """Return the start of a task."""
    triggers = ["__pregel_push"] if push else [f"branch:to:{name}"]
    return place, {"id": id_, "name": name, "input": {}, "triggers": triggers}


def result(id_: str, name: str, written: Any, place: str = "tasks", error: Any = None) -> Shown:
    """Return the result of a task."""
    payload: dict[str, Any] = {"id": id_, "name": name, "result": written, "interrupts": []}
    return place, payload | {"error": error}


@pytest.mark.parametrize(
    ("update", "written"),
    [
        ({"n": 1}, {"n": 1}),
        ({"n": 1}, {"n": 1, "private": 2}),
        (None, {"private": 2}),
        (None, {}),
        (10, {"__return__": 10}),
        ({"n": 1}, {"__return__": {"n": 1}}),
        (["r1"], {"__root__": ["r1"]}),
        ([{"log": [1]}, {"log": [2]}], {"log": {"$writes": [[1], [2]]}}),
        ([{"log": None}, {"log": [2]}], {"log": {"$writes": [[2], [3]]}}),
        (5, 5),
    ],
)
def test_an_update_may_be_a_part_of_the_result(update: Any, written: Any) -> None:
    assert judged([start("1", "a"), ("updates", {"a": update}), result("1", "a", written)]) == []


@pytest.mark.parametrize(
    ("update", "written"),
    [({"n": 1}, {"n": 2}), ({"n": 1}, {}), (10, {"n": 1}), ([{"log": 1}], {"log": 2}), (5, 6)],
)
def test_an_update_that_is_not_in_the_result_is_reported(update: Any, written: Any) -> None:
    findings = judged([start("1", "a"), ("updates", {"a": update}), result("1", "a", written)])

    assert [finding.rule for finding in findings] == ["updates.match-result"]


def test_tasks_with_the_same_name_may_end_in_any_order() -> None:
    shown = [
        start("1", "a"),
        start("2", "a"),
        ("updates", {"a": {"n": 1}}),
        ("updates", {"a": {"n": 2}}),
        result("2", "a", {"n": 2}),
        result("1", "a", {"n": 1}),
    ]

    assert judged(shown) == []


def test_a_cached_task_may_have_an_update_and_no_result() -> None:
    cached = {"a": {"n": 1}, "__metadata__": {"cached": True}}
    shown = [start("1", "a"), ("updates", cached), ("values", {"n": 1}), start("2", "b")]

    assert judged(shown) == []


def test_an_error_handler_may_have_no_start() -> None:
    failure = {"error": "ValueError", "message": "bad"}
    shown = [
        start("1", "bad"),
        result("1", "bad", {}, error=failure),
        ("updates", {"__error_handler__bad": {"n": 1}}),
        result("2", "__error_handler__bad", {"n": 1}),
        ("error", {"error": "InvalidUpdateError", "message": "another"}),
    ]

    assert judged(shown) == []


def test_an_error_that_is_handled_by_the_graph_does_not_end_the_run() -> None:
    failure = {"error": "ValueError", "message": "bad"}
    shown = [
        start("1", "a"),
        start("2", "bad", push=True),
        result("2", "bad", {}, error=failure),
        start("3", "later", push=True),
        ("error", {"error": "TypeError", "message": "another"}),
    ]

    assert judged(shown) == []


@pytest.mark.parametrize("group", ["ExceptionGroup", "StopAsyncIteration"])
def test_some_errors_end_a_run_under_another_name(group: str) -> None:
    failure = {"error": group, "message": "An internal error occurred"}
    shown = [
        start("1", "a"),
        result("1", "a", {}, error=failure),
        ("error", {"error": "ValueError", "message": "the first"}),
    ]

    assert judged(shown) == []


def test_with_many_failures_in_a_step_any_error_may_end_the_run() -> None:
    several = [start(str(n), "a") for n in range(101)]
    several += [result(str(n), "a", {}, error={"error": "E", "message": n}) for n in range(101)]

    assert judged([*several, ("error", {"error": "E", "message": "last"})]) == []


def test_a_namespace_may_have_a_number_or_no_task_id() -> None:
    task = "a:8c0d6dea-43ec-388b-f0bc-88804db09653"

    assert judged([(f"values|{task}|1", {}), ("values|a", {}), (f"values|{task}", {})]) == []


def test_a_functional_task_starts_in_the_middle_of_a_step() -> None:
    shown = [
        start("1", "main"),
        start("2", "double", push=True),
        ("updates", {"double": {"n": 1}}),
        result("2", "double", {"__return__": {"n": 1}}),
        start("3", "double", push=True),
    ]

    assert judged(shown) == []


def test_an_update_of_an_empty_list_may_change_nothing() -> None:
    shown: list[Shown] = [
        start("1", "a"),
        ("updates", {"a": {"log": []}}),
        result("1", "a", {"log": []}),
        start("2", "b"),
    ]

    assert judged(shown) == []


def test_values_with_interrupts_may_come_while_other_tasks_run() -> None:
    _, ended = result("1", "a", {})
    shown = [
        start("1", "a"),
        start("2", "b"),
        ("updates", {"__interrupt__": INTERRUPTS}),
        ("values", {"__interrupt__": INTERRUPTS}),
        ("tasks", ended | {"interrupts": INTERRUPTS}),
        ("updates", {"b": {"n": 1}}),
        result("2", "b", {"n": 1}),
        ("values", {"n": 1}),
    ]

    assert judged(shown) == []


def test_interrupts_of_parallel_tasks_may_come_before_the_results_of_both() -> None:
    others = [INTERRUPTS[0] | {"value": "!"}]
    (_, first), (_, second) = result("1", "a", {}), result("2", "b", {})
    shown: list[Shown] = [
        start("1", "a"),
        start("2", "b"),
        ("updates", {"__interrupt__": INTERRUPTS}),
        ("updates", {"__interrupt__": others}),
        ("tasks", second | {"interrupts": others}),
        ("tasks", first | {"interrupts": INTERRUPTS}),
    ]

    assert judged(shown, ["tasks", "updates"]) == []


def test_a_retry_may_start_the_same_tasks_again() -> None:
    again = ("metadata", METADATA[1] | {"attempt": 2})
    stopped: Shown = ("updates", {"__interrupt__": []})
    step = [start("1", "a"), ("updates", {"a": {"n": 1}})]

    assert judged([*step, stopped, again, *step, result("1", "a", {"n": 1})]) == []


def test_an_attempt_may_end_before_debug_repeats_a_task() -> None:
    again = ("metadata", METADATA[1] | {"attempt": 2})
    lone, twice = start("1", "a"), start("2", "a")
    twin: Shown = ("debug", {"step": 0, "type": "task", "payload": twice[1]})

    assert judged([lone, again, twice, twin], {"tasks", "debug"}) == []
    assert [f.rule for f in judged([lone, twice, twin], {"tasks", "debug"})] == ["debug.complete"]


def test_feedback_is_a_known_event_if_requested() -> None:
    shown = [METADATA, ("feedback", {"key": "https://example.com"})]

    assert check(exchange(shown, ["values"], feedback_keys=["key"]), RULES) == []


def test_too_many_open_tasks_are_not_reported() -> None:
    ids = [str(n) for n in range(MAX_ENTRIES + 2)]
    nodes = [("updates", {f"node {n}": {"n": 1}}) for n in ids]
    shown: list[Shown] = [start(n, f"node {n}") for n in ids]
    shown += [*nodes, *(result(n, f"node {n}", {"n": 1}) for n in ids)]

    assert judged(shown) == []


def test_open_tasks_of_subgraphs_are_not_reported() -> None:
    shown = [METADATA, start("1", "a", place="tasks|s")]

    assert check(exchange(shown), RULES) == []


@pytest.mark.parametrize("timestamp", [None, 5, "yesterday", "2026-11-22T07:14:18"])
def test_an_unreadable_time_is_not_compared(timestamp: Any) -> None:
    def shown(kind: str, payload: Shown, time: Any) -> Shown:
        return "debug", {"step": 1, "type": kind, "timestamp": time, "payload": payload[1]}

    both = [
        shown("task", start("1", "a"), "2026-11-22T07:14:18+00:00"),
        shown("task_result", result("1", "a", {}), timestamp),
    ]

    assert check(exchange([METADATA, *both], ["debug"]), RULES) == []


NAMES = st.sampled_from(
    [
        *("metadata", "values", "updates", "tasks", "debug", "error", "end", "events", "messages"),
        *("values|a", "updates|a", "tasks|a", "debug|a", "checkpoints", "custom", "|", "a|b|", ""),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-1, 1) | st.sampled_from(["a", "b", "task"])
KEYS = st.sampled_from(
    [
        *("id", "name", "result", "error", "interrupts", "triggers", "payload", "step", "type"),
        *("timestamp", "__interrupt__", "__metadata__", "$writes", "a", "b"),
    ]
)
ODD = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(NAMES, ODD), max_size=12),
    st.sets(st.sampled_from(["values", "updates", "tasks", "debug", "checkpoints", "events"])),
    st.none() | st.sampled_from(Dialect),
)
def test_malformed_task_data_crashes_no_rule(
    shown: list[Shown], modes: set[str], dialect: Dialect | None
) -> None:
    findings = check(exchange(shown, sorted(modes)), RULES, dialect=dialect)

    assert {finding.rule for finding in findings} <= {rule.id for rule in RULES}

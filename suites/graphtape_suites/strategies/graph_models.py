"""Strategies for run models that cover every behaviour of a graph.

The functions cache their strategies: building a strategy during a draw takes ten times as long.
"""

from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from graphtape_contracts.json_value import Json, is_object
from graphtape_suites.strategies.json_values import json_objects, json_values, texts
from graphtape_suites.strategies.messages import messages, model_streams
from graphtape_suites.strategies.model.graph_model import (
    Act,
    Asks,
    Called,
    Custom,
    Dispatched,
    Fails,
    Function,
    Gives,
    Graph,
    ModelStreams,
    Outcome,
    RunModel,
    Task,
    Writes,
    repeats,
)

_NAMES = ("agent", "tools", "node a", "Knoten-é名", "b2")
_ONE_IN_EIGHT = st.integers(0, 7).map(lambda number: number == 7)
_GRAPH_IDS = ("agent", "my graph", "é")
_KEYS = ("out", "n", "hidden", "")
_SHARED = {"log", "messages"}
"""Keys whose values are lists. Several tasks of one superstep may append to these lists."""
_RESERVED = {"__error__", "__interrupt__"}
"""Keys that LangGraph does not allow in the state."""


@cache
def failures() -> st.SearchStrategy[Fails]:
    """Return a strategy for exceptions that a task or a graph raises."""
    classes = ("ValueError", "KeyError", "GraphRecursionError", "MyOwnError")
    return st.builds(Fails, st.sampled_from(classes), texts())


@st.composite
def run_models(
    draw: st.DrawFn,
    *,
    asks: bool = True,
    retries: bool = True,
    marked: bool = True,
    deterministic: bool = False,
) -> RunModel:
    """Draw the model of a run, which may fail, be cancelled or be retried.

    Unless *asks*, no task interrupts the run. Unless *retries*, the run has one attempt. If
    *marked*, the last chunk of each message has a `chunk_position`. If *deterministic*, every run
    of the model has the same events, except for ids, times and the order of parallel events.
    """
    graph: Graph | Function
    is_function = draw(_ONE_IN_EIGHT)
    graph = draw(_functions()) if is_function else draw(graphs(asks=asks, marked=marked))
    assume(not deterministic or repeats(graph))
    model = RunModel(graph, draw(st.sampled_from(_GRAPH_IDS)))
    odd = draw(st.sampled_from(("", "", "", "", "", "", "", "start_error", "cancelled", "retried")))
    if not odd:
        return model
    if odd == "start_error":
        return replace(model, start_error=draw(failures()))
    if deterministic:
        return model
    if odd == "retried" and retries:
        return replace(model, failed_attempts=draw(st.integers(1, 3)))
    return replace(model, cancelled=True)


@st.composite
def graphs(draw: st.DrawFn, *, asks: bool = True, marked: bool = True, depth: int = 2) -> Graph:
    """Draw a graph whose tasks may call other graphs, nested up to *depth* levels."""
    steps: tuple[tuple[Task, ...], ...] = ()
    if not draw(_ONE_IN_EIGHT):
        steps = draw(_several_steps(asks=asks, marked=marked, depth=depth))
    graph = Graph(draw(_states()), steps)
    if depth < 2:
        return graph
    match draw(st.sampled_from(("", "", "", "", "halts", "fails", "hides"))):
        case "halts":
            return replace(graph, halts=True)
        case "fails":
            return replace(graph, error=draw(failures()))
        case "hides":
            return replace(graph, unseen=frozenset({"hidden"}))
        case _:
            return graph


@cache
def _several_steps(
    *, asks: bool, marked: bool, depth: int
) -> st.SearchStrategy[tuple[tuple[Task, ...], ...]]:
    step = _steps(asks=asks, marked=marked, depth=depth)
    return st.lists(step, min_size=1, max_size=1 + depth).map(tuple)


@cache
def _states() -> st.SearchStrategy[Json]:
    free = json_objects(max_size=2).map(
        lambda state: {key: value for key, value in state.items() if key not in _SHARED | _RESERVED}
    )
    kept = st.fixed_dictionaries(
        {}, optional={"log": _several_values(), "messages": _several_messages()}
    )
    return st.builds(_joined, free, kept)


def _joined(some: Json, others: Json) -> Json:
    return some | others


@cache
def _several_values() -> st.SearchStrategy[list[Any]]:
    return st.lists(json_values(), max_size=2)


@cache
def _several_messages() -> st.SearchStrategy[list[Json]]:
    return st.lists(messages(), max_size=2)


@cache
def _steps(*, asks: bool, marked: bool, depth: int) -> st.SearchStrategy[tuple[Task, ...]]:
    work = st.tuples(_acts(marked=marked, asks=asks, depth=depth), _outcomes(asks=asks))
    alone = st.tuples(work).map(list)
    works = st.one_of(alone, st.lists(work, min_size=2, max_size=4 if depth == 2 else 2))
    return st.builds(_step, works, st.permutations(_NAMES), st.booleans(), st.booleans())


def _step(
    works: list[tuple[list[Act], Outcome]], names: list[str], sent: bool, gives: bool
) -> tuple[Task, ...]:
    """Return the tasks of one superstep, so that only the keys in `_SHARED` have several writers.

    *works* has the acts and the outcome of each task. If *sent*, a `Send` starts each of the tasks,
    and they have the same name. If *gives*, a task that is alone and ends with a call is a graph.
    """
    alone = len(works) == 1
    sent = sent and not alone
    tasks: list[Task] = []
    taken: set[str] = set()
    for (acts, outcome), name in zip(works, names, strict=False):
        if isinstance(outcome, Writes):
            update = {k: v for k, v in outcome.update.items() if k not in taken}
            answer = None if "answer" in taken else outcome.answer
            outcome = replace(outcome, update=update, answer=answer)
            taken |= ({*update, *(["answer"] if answer else [])}) - _SHARED
            acts = [] if outcome.cached else acts
        if alone and gives and acts and isinstance(acts[-1], Called):
            outcome = Gives()
        tasks.append(Task(names[0] if sent else name, tuple(acts), outcome, sent))
    return tuple(tasks)


@cache
def _acts(*, asks: bool, marked: bool, depth: int) -> st.SearchStrategy[list[Act]]:
    spoken = st.lists(model_streams(marked=marked), min_size=1, max_size=2)
    acts: list[st.SearchStrategy[Act]] = [
        st.builds(Custom, json_values()),
        spoken.map(tuple).map(ModelStreams),
        st.builds(Dispatched, texts(), json_values()),
    ]
    act = st.one_of(acts)
    plain = st.lists(act, max_size=2)
    if not depth:
        return plain
    call = st.builds(Called, graphs(asks=asks, marked=marked, depth=depth - 1), st.booleans())
    several = (st.builds(_listed, act, call), st.builds(_listed, call, call))
    return st.one_of(plain, st.lists(act, max_size=1), *several)


def _listed(*acts: Act) -> list[Act]:
    return list(acts)


@cache
def _outcomes(*, asks: bool) -> st.SearchStrategy[Outcome]:
    keys = (st.sampled_from(_KEYS) | texts()).filter(lambda key: key not in _SHARED | _RESERVED)
    values = st.dictionaries(keys, json_values(), max_size=2)
    logs = st.fixed_dictionaries({}, optional={"log": _several_values()})
    update = st.builds(_joined, values, logs)
    returned = _several_messages().map(tuple)
    writes = st.builds(Writes, update, returned, st.booleans())
    kinds: list[st.SearchStrategy[Outcome]] = [
        writes,
        st.builds(Writes, update, returned, st.just(True)),
        st.builds(Writes, update),
        st.builds(Writes, update, returned, answer=messages()),
        st.builds(Writes, update, cached=st.just(True)),
        st.just(Writes()),
        failures(),
    ]
    if asks:
        kinds.append(st.builds(Asks, st.tuples(json_values())))
    return st.one_of(kinds)


@cache
def _functions() -> st.SearchStrategy[Function]:
    values = json_values()
    call = st.tuples(st.sampled_from(_NAMES[1:]), values, values)
    calls = st.lists(call, max_size=2).map(tuple)
    return st.builds(Function, st.just(_NAMES[0]), values, calls, values.map(_unreserved))


def _unreserved(output: Any) -> Any:
    """Return *output* without keys that make it look like an error or an interrupt.

    A real function may return such keys, but then the responses violate the contract.
    """
    if not is_object(output):
        return output
    return {key: value for key, value in output.items() if key not in _RESERVED}

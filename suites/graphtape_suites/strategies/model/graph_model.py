"""The behaviour of a graph: drawn once, and the same in every run.

A `RunModel` has no ids and no times; a `SimulatedRun` of it has. It models LangGraph 1.2:

- a graph runs in supersteps, the tasks of a superstep at the same time;
- a task writes an update of the state (or nothing), fails, or asks (an interrupt);
- what the tasks of a superstep write joins the state when all of them are done;
- a task may run other graphs, one after the other, in namespaces of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphtape_contracts.json_value import Json
from graphtape_suites.strategies.model.model_stream import ModelStream


@dataclass(frozen=True)
class Custom:
    """A write to the stream of the mode `custom`."""

    value: Any


@dataclass(frozen=True)
class Dispatched:
    """An event of the graph's own among the LangChain events."""

    name: str
    value: Any


@dataclass(frozen=True)
class ModelStreams:
    """One model that streams, or several at once."""

    streams: tuple[ModelStream, ...]


@dataclass(frozen=True)
class Called:
    """Another graph that runs inside a task."""

    graph: "Graph"
    caught: bool = False
    """Whether its failure is caught by the task."""


PlainAct: TypeAlias = Custom | Dispatched | ModelStreams
Act: TypeAlias = PlainAct | Called


@dataclass(frozen=True)
class Writes:
    """The task is done and returns an update, with the streamed messages if `includes_streamed`."""

    update: Json = field(default_factory=dict[str, Any])
    returned: tuple[Json, ...] = ()
    """Whole messages, for the key `messages`."""
    includes_streamed: bool = False
    answer: Json | None = None
    """A message that is the value of a key of its own."""
    cached: bool = False
    """Taken from a cache: nothing but its update is seen."""


@dataclass(frozen=True)
class Fails:
    """The task raises an exception."""

    error: str
    message: str


@dataclass(frozen=True)
class Asks:
    """The task stops until a client resumes it: a dynamic interrupt."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Gives:
    """The task is a graph itself: its update is the state in which the last `Called` ended."""


Outcome: TypeAlias = Writes | Fails | Asks | Gives


@dataclass(frozen=True)
class Task:
    """One node that runs in a superstep."""

    name: str
    acts: tuple[Act, ...]
    outcome: Outcome
    sent: bool = False
    """Whether it was started by a `Send`: several of a superstep may have one name then."""


@dataclass(frozen=True)
class Graph:
    """A graph of nodes with a state, from its input to its end."""

    state: Json
    """Its input, as far as it is part of the state; nothing is shown of an empty one."""
    steps: tuple[tuple[Task, ...], ...]
    halts: bool = False
    """Whether it stops there, before or after a node: a static interrupt."""
    error: Fails | None = None
    """A failure that is no task's: the limit of recursion, or no input."""
    unseen: frozenset[str] = frozenset()
    """Keys of the state that are no output: neither `values` nor `updates` show them."""


@dataclass(frozen=True)
class Function:
    """A graph of the functional API: one entry point that calls tasks."""

    name: str
    input: Any
    calls: tuple[tuple[str, Any, Any], ...]
    """Name, argument and result of each task."""
    output: Any


@dataclass(frozen=True)
class RunModel:
    """All that happens to a run request."""

    graph: Graph | Function
    graph_id: str = "agent"
    failed_attempts: int = 0
    """The number of failed attempts of the entire run; the server gives up after three."""
    cancelled: bool = False
    """Whether it is ended from outside, somewhere on the way."""
    start_error: Fails | None = None
    """The error of a graph that can't even be made: no attempt is begun."""


def repeats(graph: Graph | Function) -> bool:
    """Whether all runs of the *graph* have the same events, apart from ids, times and order.

    It does not where a task fails beside others: how far those come is chance.
    """
    if isinstance(graph, Function):
        return True
    for step in graph.steps:
        acts = [act for task in step for act in task.acts]
        called = [act.graph for act in acts if isinstance(act, Called)]
        fails = any(isinstance(task.outcome, Fails) for task in step) or any(map(_may_fail, called))
        if (fails and len(step) > 1) or not all(map(repeats, called)):
            return False
    return True


def _may_fail(graph: Graph) -> bool:
    tasks = [task for step in graph.steps for task in step]
    called = [act.graph for task in tasks for act in task.acts if isinstance(act, Called)]
    failing = any(isinstance(task.outcome, Fails) for task in tasks)
    return failing or graph.error is not None or any(map(_may_fail, called))


def updated(state: Json, updates: Sequence[Json]) -> Json:
    """Return the *state* after a superstep whose tasks wrote *updates*, in the order of tasks."""
    new = dict(state)
    for update in updates:
        for key, value in update.items():
            if key == "messages":
                new[key] = _with_messages(new.get(key, []), value)
            elif key == "log":
                new[key] = [*new.get(key, []), *value]
            else:
                new[key] = value
    return new


def _with_messages(kept: list[Json], added: list[Json]) -> list[Json]:
    """Append messages, but put one whose id is there in the place of the other."""
    by_id = {message["id"]: message for message in [*kept, *added]}
    return list(by_id.values())

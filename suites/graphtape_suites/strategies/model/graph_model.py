"""The behaviour of a graph, independent of a single run.

A `RunModel` has no ids and no times; a `SimulatedRun` adds them. The model follows LangGraph 1.2:

- a graph runs in supersteps; the tasks of a superstep run in parallel;
- a task writes an update of the state (or nothing), fails, or interrupts the run;
- updates are applied to the state when all tasks of the superstep are done;
- a task may run other graphs, one after the other, each in its own namespace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphtape_contracts.json_value import Json
from graphtape_suites.strategies.model.model_stream import ModelStream


@dataclass(frozen=True)
class Custom:
    """The task writes an event of the mode `custom`."""

    value: Any


@dataclass(frozen=True)
class Dispatched:
    """The task dispatches a custom LangChain event (`on_custom_event`)."""

    name: str
    value: Any


@dataclass(frozen=True)
class ModelStreams:
    """One or more models stream a message each, concurrently."""

    streams: tuple[ModelStream, ...]


@dataclass(frozen=True)
class Called:
    """The task calls another graph."""

    graph: "Graph"
    caught: bool = False
    """Whether the task catches a failure of the called graph."""


PlainAct: TypeAlias = Custom | Dispatched | ModelStreams
Act: TypeAlias = PlainAct | Called


@dataclass(frozen=True)
class Writes:
    """The task returns an update of the state."""

    update: Json = field(default_factory=dict[str, Any])
    returned: tuple[Json, ...] = ()
    """Complete messages that the update has under the key `messages`."""
    includes_streamed: bool = False
    """Whether the key `messages` also has the messages that models streamed in the task."""
    answer: Json | None = None
    """The message under the key `answer` of the update; None if the update has no such key."""
    cached: bool = False
    """Whether the update comes from a cache; the task then has no result or LangChain events."""


@dataclass(frozen=True)
class Fails:
    """The task raises an exception."""

    error: str
    message: str


@dataclass(frozen=True)
class Asks:
    """The task raises dynamic interrupts, one for each value, and waits to be resumed."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Gives:
    """The task is itself a graph: its update is the final state of the last graph it called."""


Outcome: TypeAlias = Writes | Fails | Asks | Gives


@dataclass(frozen=True)
class Task:
    """One node that runs in a superstep."""

    name: str
    acts: tuple[Act, ...]
    outcome: Outcome
    sent: bool = False
    """Whether a `Send` started the task; such tasks of a superstep may share a name."""


@dataclass(frozen=True)
class Graph:
    """One execution of a graph of nodes with a state."""

    state: Json
    """The initial state, from the input. If it is empty, there is no first `values` event."""
    steps: tuple[tuple[Task, ...], ...]
    halts: bool = False
    """Whether a static interrupt, before or after a node, stops the graph after its last step."""
    error: Fails | None = None
    """A failure outside all tasks: the recursion limit, or missing input."""
    unseen: frozenset[str] = frozenset()
    """State keys outside the output schema: `values` and `updates` leave them out."""


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
    """The behaviour of a run in all its attempts."""

    graph: Graph | Function
    graph_id: str = "agent"
    failed_attempts: int = 0
    """The number of failed attempts of the entire run; the server gives up after three."""
    cancelled: bool = False
    """Whether the run is cancelled at some point."""
    start_error: Fails | None = None
    """The error if the graph cannot be created. In that case, there is no attempt."""


def repeats(graph: Graph | Function) -> bool:
    """Whether all runs of the *graph* have the same events, apart from ids, times and order.

    False if a task fails while others run in parallel: their progress at that time varies.
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
    """Return *kept* with *added* appended; an added message replaces one with the same id."""
    by_id = {message["id"]: message for message in [*kept, *added]}
    return list(by_id.values())

"""Simulates a run of a model: adds ids, times and a possible order of parallel tasks.

Observed on langgraph 1.2.22, library and server:

- the order of the events of a superstep, and the LangChain events;
- the namespace of the second graph that a task calls ends with `|1`;
- if a task fails, the other tasks of the superstep stop at once; if it interrupts, they finish.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphtape_contracts.json_value import Json
from graphtape_suites.strategies.messages import messages_of
from graphtape_suites.strategies.model.engine_events import (
    EngineEvent,
    Namespace,
    ReturnedMessages,
    Shown,
    StreamedChunk,
)
from graphtape_suites.strategies.model.event_factory import EventFactory
from graphtape_suites.strategies.model.graph_model import (
    Asks,
    Called,
    Custom,
    Dispatched,
    Fails,
    Function,
    Graph,
    PlainAct,
    RunModel,
    Task,
    Writes,
    updated,
)
from graphtape_suites.strategies.model.langchain_run import LangchainRun
from graphtape_suites.strategies.model.message_ids import MessageIds
from graphtape_suites.strategies.model.model_stream import ModelStream

_ATTEMPTS_EXHAUSTED = Fails("RuntimeError", "Run exceeded max attempts (3).")


@dataclass(frozen=True)
class _End:
    """The result of a graph or a task."""

    state: Any = None
    """The final state of a graph, or the update of a task."""
    error: Fails | None = None
    interrupts: tuple[Json, ...] = ()
    halted: bool = False


_Result = tuple[list[EngineEvent], _End]


@dataclass(frozen=True)
class _RunningGraph:
    """A graph while it runs."""

    graph: Graph
    namespace: Namespace
    parents: tuple[str, ...]
    """The ids of the LangChain runs around its tasks, outermost first."""


@dataclass(frozen=True)
class _RunningTask:
    """A task while it runs."""

    task: Task
    id: str
    step: int
    given: Json
    """The input of the task: the state, or the value of its `Send`."""
    place: _RunningGraph

    @property
    def inner(self) -> Namespace:
        """The namespace of the first graph that the task calls."""
        return (*self.place.namespace, f"{self.task.name}:{self.id}")


class SimulatedRun:
    """One run of a model. The same seed gives the same run."""

    def __init__(
        self, model: RunModel, seed: int, *, checkpoints: bool = False, whole: bool = False
    ) -> None:
        """Simulate a run of *model*.

        With *checkpoints*, the run has checkpoint events, as if the server stored its state. With
        *whole*, `values` and `updates` show the whole state, not only the output.
        """
        self._model = model
        self._whole = whole
        self._factory = EventFactory(seed, model.graph_id, checkpoints=checkpoints)
        self.run_id = self._factory.run_id
        self.thread_id = self._factory.thread_id
        self.model_ids: set[str] = set()
        """The ids that LangChain assigned to streamed messages."""
        self.message_ids = MessageIds(self._factory.new_id)
        """Assigns ids to messages without an id."""
        self.attempts: list[list[EngineEvent]] = []
        self.error = model.start_error
        self.interrupted = False
        if model.start_error is None:
            self._try()

    def _try(self) -> None:
        model = self._model
        for _ in range(model.failed_attempts):
            engine_events, _ = self._begin()
            self.attempts.append(self._cut(engine_events, at_least=1))
        if model.failed_attempts >= 3:
            self.error = _ATTEMPTS_EXHAUSTED
            return
        engine_events, end = self._begin()
        self.attempts.append(self._cut(engine_events) if model.cancelled else engine_events)
        self.error = None if model.cancelled else end.error
        self.interrupted = model.cancelled or bool(end.interrupts) or end.halted

    def _cut(self, engine_events: list[EngineEvent], at_least: int = 0) -> list[EngineEvent]:
        return engine_events[: self._factory.chance.randint(at_least, len(engine_events))]

    def _begin(self) -> _Result:
        graph = self._model.graph
        if isinstance(graph, Function):
            return self._run_function(graph)
        return self._run_graph(replace(graph, unseen=frozenset()) if self._whole else graph, (), ())

    def _run_function(self, graph: Function) -> _Result:
        factory = self._factory
        chain = LangchainRun(factory.graph_id, self.run_id, (), factory.metadata())
        entry, entry_id = Task(graph.name, (), Writes()), factory.new_id()
        shown: list[EngineEvent] = [chain.start(graph.input)]
        shown += factory.start(entry_id, entry, graph.input, 0, ())
        for name, argument, result in graph.calls:
            task, id_ = Task(name, (), Writes(), sent=True), factory.new_id()
            shown += factory.start(id_, task, [[argument], {}], 0, ())
            shown.append(Shown("updates", {name: result}))
            shown += factory.result(id_, task, {"__return__": result}, 0, ())
        shown.append(Shown("updates", {graph.name: graph.output}))
        shown += factory.result(entry_id, entry, {"__end__": graph.output}, 0, ())
        shown += [Shown("values", graph.output), chain.end(graph.output, graph.input)]
        return shown, _End(graph.output)

    def _run_graph(self, graph: Graph, namespace: Namespace, parents: tuple[str, ...]) -> _Result:
        factory = self._factory
        name, id_ = (
            ("LangGraph", factory.new_id()) if namespace else (factory.graph_id, self.run_id)
        )
        chain = LangchainRun(name, id_, parents, factory.metadata())
        place = _RunningGraph(graph, namespace, (*parents, id_))
        state: Json = {key: self.message_ids.name(value) for key, value in graph.state.items()}
        shown: list[EngineEvent] = [chain.start(state)]
        shown += factory.checkpoint(-1, {}, ["__start__"], namespace)
        if state.keys() - graph.unseen:
            shown.append(_values(state, place))
        for number, step in enumerate(graph.steps, 1):
            shown += factory.checkpoint(number - 1, state, [task.name for task in step], namespace)
            engine_events, end = self._run_step(step, number, state, place)
            shown += engine_events
            if end.interrupts and not namespace:
                shown.append(chain.end(state, state))
            if end.error or end.interrupts:
                return shown, end
            state = end.state
        shown += factory.checkpoint(len(graph.steps), state, [], namespace)
        if graph.halts:
            shown.append(Shown("updates", {"__interrupt__": []}, namespace))
        if graph.error:
            return shown, _End(error=graph.error)
        shown.append(chain.end(state, state))
        return shown, _End(state, halted=graph.halts)

    def _run_step(
        self, step: Sequence[Task], number: int, state: Json, place: _RunningGraph
    ) -> _Result:
        shown: list[EngineEvent] = []
        bodies: list[list[EngineEvent]] = []
        ends: list[_End] = []
        for task in step:
            given = {"n": len(bodies)} if task.sent else state
            job = _RunningTask(task, self._factory.new_id(), number, given, place)
            shown += self._factory.start(job.id, task, given, number, place.namespace)
            body, end = self._run_task(job)
            bodies.append(body + self._asked(job, state, end.interrupts))
            ends.append(end)
        failed = {id(body[-1]): end for body, end in zip(bodies, ends, strict=True) if end.error}
        for event in self._factory.merge(bodies):
            shown.append(event)
            if id(event) in failed:
                return shown, failed[id(event)]
        writes = [end.state for end in ends if end.state]
        new = updated(state, writes)
        if any(write.keys() - place.graph.unseen for write in writes):
            shown.append(_values(new, place))
        return shown, _End(new, interrupts=tuple(i for end in ends for i in end.interrupts))

    def _asked(
        self, job: _RunningTask, state: Json, interrupts: Sequence[Json]
    ) -> list[EngineEvent]:
        if not interrupts:
            return []
        namespace = job.place.namespace
        result = self._factory.result(
            job.id, job.task, {}, job.step, namespace, interrupts=interrupts
        )
        return [
            Shown("updates", {"__interrupt__": list(interrupts)}, namespace),
            _values(state, job.place, interrupts),
            *result,
        ]

    def _run_task(self, job: _RunningTask) -> _Result:
        task, namespace = job.task, job.place.namespace
        metadata = self._factory.metadata(task, job.step, job.inner)
        chain = LangchainRun(task.name, self._factory.new_id(), job.place.parents, metadata)
        shown: list[EngineEvent] = [chain.start(job.given)]
        streamed: list[Json] = []
        calls = 0
        last_state: Json = {}
        for act in task.acts:
            if not isinstance(act, Called):
                shown += self._act(act, chain, metadata, job, streamed)
                continue
            numbered = (*job.inner, str(calls)) if calls else job.inner
            engine_events, end = self._run_graph(
                act.graph, numbered, (*job.place.parents, chain.id)
            )
            shown += engine_events
            if end.interrupts:
                return shown, _End(interrupts=end.interrupts)
            if end.error and not act.caught:
                return shown + self._failed(job, end.error), _End(error=end.error)
            last_state = end.state or {}
            calls += 1
        match task.outcome:
            case Fails() as error:
                return shown + self._failed(job, error), _End(error=error)
            case Asks(values):
                return shown, _End(interrupts=tuple(map(self._factory.interrupt, values)))
            case Writes() as writes:
                update = self.message_ids.update(writes, streamed)
            case _:  # Gives
                update = last_state
        seen = {key: value for key, value in update.items() if key not in job.place.graph.unseen}
        payload = {task.name: seen or None}
        if isinstance(task.outcome, Writes) and task.outcome.cached:
            cached = payload | {"__metadata__": {"cached": True}}
            return [Shown("updates", cached, namespace)], _End(update)
        shown += [chain.stream(update or None), chain.end(update or None, job.given)]
        if messages := tuple(messages_of(update)):
            known = frozenset(message["id"] for message in messages_of(job.given))
            shown.append(ReturnedMessages(messages, known, metadata, namespace))
        shown.append(Shown("updates", payload, namespace))
        shown += self._factory.result(job.id, task, update, job.step, namespace)
        return shown, _End(update)

    def _failed(self, job: _RunningTask, error: Fails) -> list[EngineEvent]:
        namespace = job.place.namespace
        return self._factory.result(job.id, job.task, {}, job.step, namespace, error=error)

    def _act(
        self,
        act: PlainAct,
        chain: LangchainRun,
        metadata: Json,
        job: _RunningTask,
        streamed: list[Json],
    ) -> list[EngineEvent]:
        match act:
            case Custom(value):
                return [Shown("custom", value, job.place.namespace)]
            case Dispatched(name, value):
                return [chain.custom(name, value)]
            case _:  # ModelStreams
                parents = (*job.place.parents, chain.id)
                models = [
                    self._stream_model(s, metadata, job, parents, streamed) for s in act.streams
                ]
                return self._factory.merge(models)

    def _stream_model(
        self,
        stream: ModelStream,
        metadata: Json,
        job: _RunningTask,
        parents: tuple[str, ...],
        streamed: list[Json],
    ) -> list[EngineEvent]:
        model = self._factory.new_id()
        model_id = f"lc_run--{model}"
        self.model_ids.add(model_id)
        known = metadata | {"checkpoint_ns": metadata["langgraph_checkpoint_ns"]}
        known |= {"ls_provider": "fake", "ls_model_type": "chat"}
        chain = LangchainRun("FakeChatModel", model, parents, known, "chat_model")
        given: Json = {"messages": [[]]}
        shown: list[EngineEvent] = [chain.start(given)]
        for count, chunk in enumerate(stream.chunks(model_id), 1):
            shown.append(chain.stream(chunk))
            shown.append(StreamedChunk(stream, model_id, count, known, job.place.namespace))
        if stream.finished:
            whole = stream.whole(model_id)
            streamed.append(whole)
            shown.append(chain.end(whole, given))
        if stream.hidden:
            shown = [event for event in shown if isinstance(event, StreamedChunk)]
        if stream.silent:
            shown = [event for event in shown if isinstance(event, Shown)]
        return shown


def _values(state: Json, place: _RunningGraph, interrupts: Sequence[Json] = ()) -> Shown:
    seen = {key: value for key, value in state.items() if key not in place.graph.unseen}
    asked = {"__interrupt__": list(interrupts)} if interrupts else {}
    return Shown("values", seen | asked, place.namespace)

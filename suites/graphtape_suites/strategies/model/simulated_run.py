"""A run of a plan: with ids, times, and one of the orders in which parallel tasks may happen.

Observed on langgraph 1.2.22, library and server: the order of what a superstep shows, the
namespaces (the second graph that one task calls gets `|1`), what is left of a superstep in which a
task fails (the others stop where they are) or asks (the others finish), and the LangChain events.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphtape_contracts.json_value import Json
from graphtape_suites.strategies.messages import messages_of
from graphtape_suites.strategies.model.engine_events import (
    Moment,
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

_GIVES_UP = Fails("RuntimeError", "SimulatedRun exceeded max attempts (3).")


@dataclass(frozen=True)
class _End:
    """How a graph, or a task, came to its end."""

    state: Any = None
    """Of a graph: its last state. Of a task: its update."""
    error: Fails | None = None
    interrupts: tuple[Json, ...] = ()
    halted: bool = False


_Told = tuple[list[Moment], _End]


@dataclass(frozen=True)
class _Place:
    """A graph that runs: where its events are shown, and the LangChain runs around its tasks."""

    graph: Graph
    namespace: Namespace
    parents: tuple[str, ...]


@dataclass(frozen=True)
class _Job:
    """A task that runs."""

    task: Task
    id: str
    step: int
    given: Json
    """The state that it starts with, or what was sent to it."""
    place: _Place

    @property
    def inner(self) -> Namespace:
        """The namespace of the first graph that it calls."""
        return (*self.place.namespace, f"{self.task.name}:{self.id}")


class SimulatedRun:
    """One run of a plan. The same seed gives the same run."""

    def __init__(
        self, plan: RunModel, seed: int, *, checkpoints: bool = False, whole: bool = False
    ) -> None:
        """Let *plan* happen; with *checkpoints* where the server keeps the state of the run.

        With *whole* the `values` and the `updates` show all of the state, not the output alone.
        """
        self._plan = plan
        self._whole = whole
        self._tell = EventFactory(seed, plan.graph_id, checkpoints=checkpoints)
        self.run_id = self._tell.run_id
        self.thread_id = self._tell.thread_id
        self.model_ids: set[str] = set()
        """The ids that LangChain gave to what models said."""
        self.naming = MessageIds(self._tell.new_id)
        """Who got an id on the way."""
        self.attempts: list[list[Moment]] = []
        self.error = plan.unmakable
        self.interrupted = False
        if plan.unmakable is None:
            self._try()

    def _try(self) -> None:
        plan = self._plan
        for _ in range(plan.failed_attempts):
            moments, _ = self._begin()
            self.attempts.append(self._cut(moments, at_least=1))
        if plan.failed_attempts >= 3:
            self.error = _GIVES_UP
            return
        moments, end = self._begin()
        self.attempts.append(self._cut(moments) if plan.cancelled else moments)
        self.error = None if plan.cancelled else end.error
        self.interrupted = plan.cancelled or bool(end.interrupts) or end.halted

    def _cut(self, moments: list[Moment], at_least: int = 0) -> list[Moment]:
        return moments[: self._tell.chance.randint(at_least, len(moments))]

    def _begin(self) -> _Told:
        graph = self._plan.graph
        if isinstance(graph, Function):
            return self._run_function(graph)
        return self._run_graph(replace(graph, unseen=frozenset()) if self._whole else graph, (), ())

    def _run_function(self, graph: Function) -> _Told:
        tell = self._tell
        chain = LangchainRun(tell.graph_id, self.run_id, (), tell.metadata())
        entry, entry_id = Task(graph.name, (), Writes()), tell.new_id()
        shown: list[Moment] = [chain.start(graph.input)]
        shown += tell.start(entry_id, entry, graph.input, 0, ())
        for name, argument, result in graph.calls:
            task, id_ = Task(name, (), Writes(), sent=True), tell.new_id()
            shown += tell.start(id_, task, [[argument], {}], 0, ())
            shown.append(Shown("updates", {name: result}))
            shown += tell.result(id_, task, {"__return__": result}, 0, ())
        shown.append(Shown("updates", {graph.name: graph.output}))
        shown += tell.result(entry_id, entry, {"__end__": graph.output}, 0, ())
        shown += [Shown("values", graph.output), chain.end(graph.output, graph.input)]
        return shown, _End(graph.output)

    def _run_graph(self, graph: Graph, namespace: Namespace, parents: tuple[str, ...]) -> _Told:
        tell = self._tell
        name, id_ = ("LangGraph", tell.new_id()) if namespace else (tell.graph_id, self.run_id)
        chain = LangchainRun(name, id_, parents, tell.metadata())
        place = _Place(graph, namespace, (*parents, id_))
        state: Json = {key: self.naming.name(value) for key, value in graph.state.items()}
        shown: list[Moment] = [chain.start(state)]
        shown += tell.checkpoint(-1, {}, ["__start__"], namespace)
        if state.keys() - graph.unseen:
            shown.append(_values(state, place))
        for number, step in enumerate(graph.steps, 1):
            shown += tell.checkpoint(number - 1, state, [task.name for task in step], namespace)
            moments, end = self._run_step(step, number, state, place)
            shown += moments
            if end.interrupts and not namespace:
                shown.append(chain.end(state, state))
            if end.error or end.interrupts:
                return shown, end
            state = end.state
        shown += tell.checkpoint(len(graph.steps), state, [], namespace)
        if graph.halts:
            shown.append(Shown("updates", {"__interrupt__": []}, namespace))
        if graph.error:
            return shown, _End(error=graph.error)
        shown.append(chain.end(state, state))
        return shown, _End(state, halted=graph.halts)

    def _run_step(self, step: Sequence[Task], number: int, state: Json, place: _Place) -> _Told:
        shown: list[Moment] = []
        bodies: list[list[Moment]] = []
        ends: list[_End] = []
        for task in step:
            given = {"n": len(bodies)} if task.sent else state
            job = _Job(task, self._tell.new_id(), number, given, place)
            shown += self._tell.start(job.id, task, given, number, place.namespace)
            body, end = self._run_task(job)
            bodies.append(body + self._asked(job, state, end.interrupts))
            ends.append(end)
        failed = {id(body[-1]): end for body, end in zip(bodies, ends, strict=True) if end.error}
        for moment in self._tell.merge(bodies):
            shown.append(moment)
            if id(moment) in failed:
                return shown, failed[id(moment)]
        writes = [end.state for end in ends if end.state]
        new = updated(state, writes)
        if any(write.keys() - place.graph.unseen for write in writes):
            shown.append(_values(new, place))
        return shown, _End(new, interrupts=tuple(i for end in ends for i in end.interrupts))

    def _asked(self, job: _Job, state: Json, interrupts: Sequence[Json]) -> list[Moment]:
        if not interrupts:
            return []
        namespace = job.place.namespace
        result = self._tell.result(job.id, job.task, {}, job.step, namespace, interrupts=interrupts)
        return [
            Shown("updates", {"__interrupt__": list(interrupts)}, namespace),
            _values(state, job.place, interrupts),
            *result,
        ]

    def _run_task(self, job: _Job) -> _Told:
        task, namespace = job.task, job.place.namespace
        metadata = self._tell.metadata(task, job.step, job.inner)
        chain = LangchainRun(task.name, self._tell.new_id(), job.place.parents, metadata)
        shown: list[Moment] = [chain.start(job.given)]
        said: list[Json] = []
        calls = 0
        last_state: Json = {}
        for act in task.acts:
            if not isinstance(act, Called):
                shown += self._act(act, chain, metadata, job, said)
                continue
            numbered = (*job.inner, str(calls)) if calls else job.inner
            moments, end = self._run_graph(act.graph, numbered, (*job.place.parents, chain.id))
            shown += moments
            if end.interrupts:
                return shown, _End(interrupts=end.interrupts)
            if end.error and not act.forgiven:
                return shown + self._failed(job, end.error), _End(error=end.error)
            last_state = end.state or {}
            calls += 1
        match task.outcome:
            case Fails() as error:
                return shown + self._failed(job, error), _End(error=error)
            case Asks(values):
                return shown, _End(interrupts=tuple(map(self._tell.interrupt, values)))
            case Writes() as writes:
                update = self.naming.update(writes, said)
            case _:  # Gives
                update = last_state
        seen = {key: value for key, value in update.items() if key not in job.place.graph.unseen}
        told = {task.name: seen or None}
        if isinstance(task.outcome, Writes) and task.outcome.cached:
            cached = told | {"__metadata__": {"cached": True}}
            return [Shown("updates", cached, namespace)], _End(update)
        shown += [chain.stream(update or None), chain.end(update or None, job.given)]
        if messages := tuple(messages_of(update)):
            known = frozenset(message["id"] for message in messages_of(job.given))
            shown.append(ReturnedMessages(messages, known, metadata, namespace))
        shown.append(Shown("updates", told, namespace))
        shown += self._tell.result(job.id, task, update, job.step, namespace)
        return shown, _End(update)

    def _failed(self, job: _Job, error: Fails) -> list[Moment]:
        namespace = job.place.namespace
        return self._tell.result(job.id, job.task, {}, job.step, namespace, error=error)

    def _act(
        self, act: PlainAct, chain: LangchainRun, metadata: Json, job: _Job, said: list[Json]
    ) -> list[Moment]:
        match act:
            case Custom(value):
                return [Shown("custom", value, job.place.namespace)]
            case Dispatched(name, value):
                return [chain.custom(name, value)]
            case _:  # Speeches
                parents = (*job.place.parents, chain.id)
                models = [self._speak(s, metadata, job, parents, said) for s in act.speeches]
                return self._tell.merge(models)

    def _speak(
        self,
        speech: ModelStream,
        metadata: Json,
        job: _Job,
        parents: tuple[str, ...],
        said: list[Json],
    ) -> list[Moment]:
        model = self._tell.new_id()
        model_id = f"lc_run--{model}"
        self.model_ids.add(model_id)
        known = metadata | {"checkpoint_ns": metadata["langgraph_checkpoint_ns"]}
        known |= {"ls_provider": "fake", "ls_model_type": "chat"}
        chain = LangchainRun("FakeChatModel", model, parents, known, "chat_model")
        given: Json = {"messages": [[]]}
        shown: list[Moment] = [chain.start(given)]
        for count, chunk in enumerate(speech.chunks(model_id), 1):
            shown.append(chain.stream(chunk))
            shown.append(StreamedChunk(speech, model_id, count, known, job.place.namespace))
        if speech.finished:
            whole = speech.whole(model_id)
            said.append(whole)
            shown.append(chain.end(whole, given))
        if speech.hidden:
            shown = [moment for moment in shown if isinstance(moment, StreamedChunk)]
        if speech.silent:
            shown = [moment for moment in shown if isinstance(moment, Shown)]
        return shown


def _values(state: Json, place: _Place, interrupts: Sequence[Json] = ()) -> Shown:
    seen = {key: value for key, value in state.items() if key not in place.graph.unseen}
    asked = {"__interrupt__": list(interrupts)} if interrupts else {}
    return Shown("values", seen | asked, place.namespace)

"""Makes the task and checkpoint events of the graph engine, with ids and times."""

import random
import uuid
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from graphtape_contracts.json_value import Json
from graphtape_suites.strategies.model.engine_events import EngineEvent, Namespace, Shown
from graphtape_suites.strategies.model.graph_model import Fails, Task

_ENGINE_MODES = ("values", "updates", "tasks", "debug", "checkpoints")


class EventFactory:
    """Makes the engine events of one run. The same seed gives the same ids and times."""

    def __init__(self, seed: int, graph_id: str, *, checkpoints: bool) -> None:
        """Make events for a run of *graph_id*, including checkpoint events if *checkpoints*."""
        self.chance = random.Random(seed)
        self._clock = datetime(2026, 11, 22, 7, 14, tzinfo=UTC)
        self._checkpoints = checkpoints
        self.graph_id = graph_id
        self.run_id = self.new_id()
        self.thread_id = self.new_id()

    def new_id(self) -> str:
        """Return a new UUID of version 7, as the Python server uses."""
        random_bits = self.chance.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62)
        return str(uuid.UUID(int=random_bits | (7 << 76) | (2 << 62)))

    def merge(self, bodies: Sequence[Sequence[EngineEvent]]) -> list[EngineEvent]:
        """Return the events of several *bodies*, interleaved in a random possible order.

        Each body has the events of one of the tasks or models that run in parallel. Consecutive
        events of the modes in `_ENGINE_MODES` stay together, such as an update, the task result and
        its debug event.
        """
        left: list[deque[list[EngineEvent]]] = [
            deque(list(group) for _, group in groupby(body, _group_key)) for body in bodies if body
        ]
        merged: list[EngineEvent] = []
        while left:
            merged += self.chance.choice(left).popleft()
            left = [body for body in left if body]
        return merged

    def interrupt(self, value: Any) -> Json:
        """Return the data of a dynamic interrupt."""
        id_ = f"{self.chance.getrandbits(128):032x}"
        return {"value": value, "id": id_, "response_schema": None}

    def start(
        self, id_: str, task: Task, given: Any, step: int, namespace: Namespace
    ) -> list[EngineEvent]:
        """Return the events for the start of a task."""
        payload: Json = {
            "id": id_,
            "name": task.name,
            "input": given,
            "triggers": [_trigger(task)],
            "metadata": {"run_id": self.run_id, "graph_id": self.graph_id},
        }
        return self._twice("tasks", "task", payload, step, namespace)

    def result(
        self,
        id_: str,
        task: Task,
        result: Json,
        step: int,
        namespace: Namespace,
        *,
        error: Fails | None = None,
        interrupts: Sequence[Json] = (),
    ) -> list[EngineEvent]:
        """Return the events for the end of a task."""
        payload: Json = {
            "id": id_,
            "name": task.name,
            "error": {"error": error.error, "message": error.message} if error else None,
            "result": result,
            "interrupts": list(interrupts),
        }
        return self._twice("tasks", "task_result", payload, step, namespace)

    def checkpoint(
        self, step: int, state: Json, following: Sequence[str], namespace: Namespace
    ) -> list[EngineEvent]:
        """Return the events for the checkpoint after a *step*; step -1 is the input.

        Without checkpoints, the list is empty.
        """
        if not self._checkpoints:
            return []
        configurable = {
            "thread_id": self.thread_id,
            "run_id": self.run_id,
            "checkpoint_ns": "|".join(namespace),
            "checkpoint_id": self.new_id(),
        }
        before = configurable | {"checkpoint_id": self.new_id()}
        payload: Json = {
            "config": {"configurable": configurable},
            "parent_config": {"configurable": before} if step >= 0 else None,
            "values": state,
            "metadata": {
                "source": "loop" if step >= 0 else "input",
                "step": step,
                "parents": {"": self.new_id()} if namespace else {},
            },
            "next": list(following),
            "tasks": [
                {"id": self.new_id(), "name": name, "interrupts": [], "state": None}
                for name in following
            ],
        }
        return self._twice("checkpoints", "checkpoint", payload, step, namespace)

    def _twice(
        self, mode: str, kind: str, payload: Json, step: int, namespace: Namespace
    ) -> list[EngineEvent]:
        """Return two events with *payload*: one of its own *mode*, one of the mode `debug`."""
        self._clock += timedelta(microseconds=self.chance.randint(0, 90000))
        debug = {"step": step, "timestamp": self._clock.isoformat(), "type": kind}
        return [
            Shown(mode, payload, namespace),
            Shown("debug", debug | {"payload": payload}, namespace),
        ]

    def metadata(self, task: Task | None = None, step: int = 0, inner: Namespace = ()) -> Json:
        """Return the metadata of messages and LangChain events; *task* is None outside tasks."""
        known: Json = {
            "run_id": self.run_id,
            "thread_id": self.thread_id,
            "graph_id": self.graph_id,
        }
        if task is None:
            return known
        return known | {
            "langgraph_step": step,
            "langgraph_node": task.name,
            "langgraph_triggers": [_trigger(task)],
            "langgraph_path": ["__pregel_pull", task.name],
            "langgraph_checkpoint_ns": "|".join(inner),
        }


def _group_key(event: EngineEvent) -> object:
    """Return a grouping key: True for events of the engine modes, unique for all others."""
    from_engine = isinstance(event, Shown) and event.mode in _ENGINE_MODES
    return True if from_engine else id(event)


def _trigger(task: Task) -> str:
    return "__pregel_push" if task.sent else f"branch:to:{task.name}"

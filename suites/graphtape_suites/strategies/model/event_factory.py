"""What the graph engine tells of tasks and checkpoints: payloads with ids and times."""

import random
import uuid
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from graphtape_contracts.json_value import Json
from graphtape_suites.strategies.model.engine_events import Moment, Namespace, Shown
from graphtape_suites.strategies.model.graph_model import Fails, Task

_ENGINE_MODES = ("values", "updates", "tasks", "debug", "checkpoints")


class EventFactory:
    """Tells of one run. The same seed gives the same ids and times."""

    def __init__(self, seed: int, graph_id: str, *, checkpoints: bool) -> None:
        """Begin to tell of a run of the graph *graph_id*, of its checkpoints too if so asked."""
        self.chance = random.Random(seed)
        self._clock = datetime(2026, 11, 22, 7, 14, tzinfo=UTC)
        self._checkpoints = checkpoints
        self.graph_id = graph_id
        self.run_id = self.new_id()
        self.thread_id = self.new_id()

    def new_id(self) -> str:
        """Return a new UUID, of version 7 as those of the Python server are."""
        random_bits = self.chance.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62)
        return str(uuid.UUID(int=random_bits | (7 << 76) | (2 << 62)))

    def merge(self, bodies: Sequence[Sequence[Moment]]) -> list[Moment]:
        """Return the moments of things that happen at the same time, in one of their orders.

        What the engine itself tells it tells without a pause: the update, the result and its twin.
        """
        left: list[deque[list[Moment]]] = [
            deque(list(beat) for _, beat in groupby(body, _beat)) for body in bodies if body
        ]
        merged: list[Moment] = []
        while left:
            merged += self.chance.choice(left).popleft()
            left = [body for body in left if body]
        return merged

    def interrupt(self, value: Any) -> Json:
        """Return what is told of a dynamic interrupt."""
        id_ = f"{self.chance.getrandbits(128):032x}"
        return {"value": value, "id": id_, "response_schema": None}

    def start(
        self, id_: str, task: Task, given: Any, step: int, namespace: Namespace
    ) -> list[Moment]:
        """Tell that the task with that id starts."""
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
    ) -> list[Moment]:
        """Tell how the task with that id ended."""
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
    ) -> list[Moment]:
        """Tell of the checkpoint after a *step*, where there are any; the input is step -1."""
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
    ) -> list[Moment]:
        """Show *payload* in its own mode, and again in the mode `debug`."""
        self._clock += timedelta(microseconds=self.chance.randint(0, 90000))
        twin = {"step": step, "timestamp": self._clock.isoformat(), "type": kind}
        return [
            Shown(mode, payload, namespace),
            Shown("debug", twin | {"payload": payload}, namespace),
        ]

    def metadata(self, task: Task | None = None, step: int = 0, inner: Namespace = ()) -> Json:
        """Return what is told with messages and LangChain events, within a *task* or outside."""
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


def _beat(moment: Moment) -> object:
    """Tell apart what may be interrupted by other things: all but what the engine tells."""
    told = isinstance(moment, Shown) and moment.mode in _ENGINE_MODES
    return True if told else id(moment)


def _trigger(task: Task) -> str:
    return "__pregel_push" if task.sent else f"branch:to:{task.name}"

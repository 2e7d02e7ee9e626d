"""The state of a thread after a recorded run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graphtape_contracts import Frame
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_mock.replay.recorded_event import event_of


@dataclass(frozen=True, slots=True)
class ThreadState:
    """The state in which a run leaves its thread."""

    status: str
    """`idle`, `interrupted` or `error`."""
    values: Any
    error: Json | None
    interrupts: dict[str, list[Json]]
    """Interrupts by the id of the waiting task."""


def thread_state_of(frames: Iterable[Frame]) -> ThreadState:
    """Return the state of the thread after a run that sent *frames*.

    Statuses and shapes were observed on langgraph-api 0.16.7 with runs that keep their thread.
    """
    values: Any = None
    error: Json | None = None
    interrupts: dict[str, list[Json]] = {}
    interrupted = False
    for event in filter(None, map(event_of, frames)):
        if event.namespace or not is_object(event.data):
            continue
        interrupted = interrupted or (
            event.base in ("values", "updates") and "__interrupt__" in event.data
        )
        if event.base == "error":
            error = event.data
        elif event.base == "values":
            values = {k: v for k, v in event.data.items() if k != "__interrupt__"}
        elif event.base == "tasks" and (waiting := list(_waiting(event.data))):
            interrupts[str(event.data.get("id"))] = waiting
    status = "error" if error else "interrupted" if interrupted or interrupts else "idle"
    return ThreadState(status, values, error, interrupts)


def _waiting(task: Json) -> Iterator[Json]:
    """Yield the interrupts in the result of a *task*, as a thread shows them."""
    found = task.get("interrupts")
    for interrupt in found if is_list(found) else []:
        if is_object(interrupt):
            yield {"id": interrupt.get("id"), "value": interrupt.get("value")}

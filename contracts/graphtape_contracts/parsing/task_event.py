"""The starts and results of tasks in the modes `tasks` and `debug`."""

from dataclasses import dataclass

from graphtape_contracts.json_value import Json, Path, is_list, is_object
from graphtape_contracts.parsing.bounded_dict import BoundedDict
from graphtape_contracts.parsing.event import Event

OWN = "__"
"""The prefix of the names of LangGraph's own tasks. Its error handlers have no start event."""


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """The start or the result of a task in an event of `tasks` or `debug`."""

    event: Event
    payload: Json
    path: Path
    """The path of the payload in the data of the event."""
    id: str
    name: str
    is_result: bool

    @property
    def key(self) -> str:
        """The id of the task, prefixed with the namespace of its graph."""
        return qualified_name(self.event, self.id)

    @property
    def of_root(self) -> bool:
        """Whether the task belongs to the graph itself, not to a subgraph."""
        return not self.event.namespace

    @property
    def is_own(self) -> bool:
        """Whether the task is internal to LangGraph, not a node of the graph."""
        return self.name.startswith(OWN)

    @property
    def is_pushed(self) -> bool:
        """Whether the task was started by `Send` or during a step, not by an edge."""
        triggers = self.payload.get("triggers")
        return not is_list(triggers) or "__pregel_push" in triggers

    @property
    def interrupts(self) -> list[object]:
        """The interrupts in a result; empty if they are missing or unreadable."""
        interrupts = self.payload.get("interrupts")
        return interrupts if is_list(interrupts) else []

    @property
    def has_failed(self) -> bool:
        """Whether it is a result with an error."""
        return self.is_result and self.payload.get("error") is not None

    @property
    def has_succeeded(self) -> bool:
        """Whether it is a result without an error and without interrupts."""
        return self.is_result and not self.has_failed and not self.interrupts


def qualified_name(event: Event, name: str) -> str:
    """Return *name* prefixed with the namespace of *event*, so that it is unique among graphs."""
    return "|".join((*event.namespace, name))


def task_in(event: Event) -> tuple[Json, Path] | None:
    """Return the task in an event of `tasks` or `debug`, and its path in the data; or None."""
    value = event.value
    if not is_object(value):
        return None
    if event.mode == "tasks":
        return value, ()
    if event.mode != "debug" or value.get("type") == "checkpoint":
        return None
    payload = value.get("payload")
    return (payload, ("payload",)) if is_object(payload) else None


def parse_task_event(event: Event) -> TaskEvent | None:
    """Return the start or result of a task in *event*; None if none is there or readable."""
    found = task_in(event)
    if found is None:
        return None
    value, path = found
    id_, name = value.get("id"), value.get("name")
    is_result = "result" in value
    if isinstance(id_, str) and isinstance(name, str) and (is_result or "triggers" in value):
        return TaskEvent(event, value, path, id_, name, is_result)
    return None


class TaskLog:
    """Tracks the open tasks of a stream; each `metadata` event clears them.

    If both `tasks` and `debug` are requested, each task is shown twice, so only the events of one
    mode are read: by default, the mode of the first event that shows a task.
    """

    def __init__(self, mode: str | None = None) -> None:
        """Start with no open tasks. Read only events of *mode* (`tasks` or `debug`), if given."""
        self._mode = mode
        self._open = BoundedDict[TaskEvent]()
        self.start: TaskEvent | None = None
        """The start of the task whose event was read last, if the task was open before it."""

    @property
    def forgot(self) -> bool:
        """Whether too many tasks were open at once, so that some were dropped."""
        return self._open.forgot

    @property
    def open(self) -> list[TaskEvent]:
        """The starts of the tasks that have not ended."""
        return list(self._open.values())

    def read(self, event: Event) -> TaskEvent | None:
        """Process the next *event*; return its task. None if it has none or its mode is ignored."""
        if event.name == "metadata":
            self._open = BoundedDict[TaskEvent]()
        current = parse_task_event(event) if self._mode in (None, event.mode) else None
        if current is None:
            return None
        self._mode = event.mode
        self.start = self._open.pop(current.key)
        if not current.is_result:
            self._open.set(current.key, current)
        return current

"""Tasks in the modes `tasks` and `debug`: when each starts, and how it ends."""

from dataclasses import dataclass

from graphtape_contracts.json_value import Json, Path, is_list, is_object
from graphtape_contracts.parsing.bounded_dict import BoundedDict
from graphtape_contracts.parsing.event import Event

OWN = "__"
"""How the names of LangGraph's own tasks begin. The handlers of errors show no start."""


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """The start or the result of a task, as `tasks` or `debug` shows it."""

    event: Event
    payload: Json
    path: Path
    """Where in the data of the event the payload is."""
    id: str
    name: str
    is_result: bool

    @property
    def key(self) -> str:
        """Its id and the namespace of its graph, as one text."""
        return qualified_name(self.event, self.id)

    @property
    def of_root(self) -> bool:
        """Whether it is a task of the graph itself, and not of a subgraph."""
        return not self.event.namespace

    @property
    def is_own(self) -> bool:
        """Whether it is a task of LangGraph's own, and not of a node of the graph."""
        return self.name.startswith(OWN)

    @property
    def is_pushed(self) -> bool:
        """Whether it started by `Send` or in the middle of a step, and not by an edge."""
        triggers = self.payload.get("triggers")
        return not is_list(triggers) or "__pregel_push" in triggers

    @property
    def interrupts(self) -> list[object]:
        """The interrupts in a result; empty if they cannot be read."""
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
    """Return *name* with the namespace of *event*, as one text: two graphs do not meet there."""
    return "|".join((*event.namespace, name))


def task_in(event: Event) -> tuple[Json, Path] | None:
    """Return the task in an event of `tasks` or `debug`, and its path in the data; None if none."""
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
    """Return the task that *event* is about; None if that cannot be read."""
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
    """Reads the tasks of a stream from one of the two modes, and knows those that are open.

    Together the modes show each task twice, so only the first mode that shows one is read. After
    each `metadata` the run starts again.
    """

    def __init__(self, mode: str | None = None) -> None:
        """Begin with no tasks; a *mode* that is given is the one to read."""
        self._mode = mode
        self._open = BoundedDict[TaskEvent]()
        self.start: TaskEvent | None = None
        """The start of the last task read, if it was open then."""

    @property
    def forgot(self) -> bool:
        """Whether this many tasks were open that some are no longer known."""
        return self._open.forgot

    @property
    def open(self) -> list[TaskEvent]:
        """The starts of the tasks that have not ended."""
        return list(self._open.values())

    def read(self, event: Event) -> TaskEvent | None:
        """Return the task that *event* is about, if the event is of the mode that is read."""
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

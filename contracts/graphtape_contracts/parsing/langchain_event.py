"""LangChain's events, version 2: the life of chains, models and tools."""

import re
from dataclasses import dataclass
from typing import Any

from graphtape_contracts.json_value import is_object, show
from graphtape_contracts.parsing.bounded_dict import BoundedDict
from graphtape_contracts.parsing.event import Event

_PHASE = re.compile(r"on_(\w+)_(start|stream|end|error)")


@dataclass(frozen=True, slots=True)
class Step:
    """One event in the life of what runs; it does not hold on to the data of the event."""

    kind: str
    """What runs: `chain`, `chat_model`, `tool` and others."""
    phase: str
    """`start`, `stream`, `end` or `error`."""
    run: str
    """The id of that run; of the graph it is the id of the run of the stream."""
    name: Any
    tags: Any
    parents: Any
    """The ids of the runs around it, outermost first; LangGraph.js sends none."""
    number: int
    """The number of the frame."""

    @property
    def starts(self) -> bool:
        """Whether it begins the run."""
        return self.phase == "start"

    @property
    def ends(self) -> bool:
        """Whether it is the last event of the run."""
        return self.phase in ("end", "error")

    def __str__(self) -> str:
        """Return what it is called in a finding: `on_tool_end` of "search"."""
        return f"`on_{self.kind}_{self.phase}` of {show(self.name)}"


def split(name: object) -> tuple[str, str] | None:
    """Return kind and phase in the *name* of an event: `on_tool_end` is `("tool", "end")`."""
    parts = _PHASE.fullmatch(name) if isinstance(name, str) else None
    return (parts[1], parts[2]) if parts else None


def parse_step(event: Event) -> Step | None:
    """Return the LangChain run that *event* is about; None if that cannot be read."""
    value = event.value
    if event.mode != "events" or not is_object(value):
        return None
    parts, run = split(value.get("event")), value.get("run_id")
    if parts is None or not isinstance(run, str):
        return None
    name, tags, parents = (value.get(key) for key in ("name", "tags", "parent_ids"))
    return Step(*parts, run, name, tags, parents, event.number)


class StepLog:
    """Reads LangChain's events, and knows what runs; after each `metadata` the run starts again."""

    def __init__(self) -> None:
        """Begin with nothing that runs."""
        self._going = BoundedDict[Step]()
        self.start: Step | None = None
        """The start of the last run read, if it had not ended then."""

    @property
    def forgot(self) -> bool:
        """Whether so much ran at a time that some of it is no longer known."""
        return self._going.forgot

    def start_of(self, run: str) -> Step | None:
        """Return the start of the run with that id, if it goes on."""
        return self._going.get(run)

    def read(self, event: Event) -> Step | None:
        """Return the LangChain run that *event* is about; None if that cannot be read."""
        if event.name == "metadata":
            self._going = BoundedDict[Step]()
        step = parse_step(event)
        if step is None:
            return None
        self.start = self._going.get(step.run)
        if step.starts:
            self._going.set(step.run, step)
        elif step.ends:
            self._going.pop(step.run)
        return step

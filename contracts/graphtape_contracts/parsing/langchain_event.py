"""LangChain's events, version 2: the starts, chunks and ends of chains, models and tools."""

import re
from dataclasses import dataclass
from typing import Any

from graphtape_contracts.json_value import is_object, show
from graphtape_contracts.parsing.bounded_dict import BoundedDict
from graphtape_contracts.parsing.event import Event

_PHASE = re.compile(r"on_(\w+)_(start|stream|end|error)")


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a LangChain run, without its data.

    A LangChain run is one execution of a chain, model or tool, within the run of the stream.
    """

    kind: str
    """`chain`, `chat_model`, `tool` or another."""
    phase: str
    """`start`, `stream`, `end` or `error`."""
    run: str
    """The id of the LangChain run; that of the graph equals the run id of the stream."""
    name: Any
    tags: Any
    parents: Any
    """The ids of the enclosing LangChain runs, outermost first; LangGraph.js sends none."""
    number: int
    """The number of the frame."""

    @property
    def starts(self) -> bool:
        """Whether this is the first event of the LangChain run."""
        return self.phase == "start"

    @property
    def ends(self) -> bool:
        """Whether this is the last event of the LangChain run."""
        return self.phase in ("end", "error")

    def __str__(self) -> str:
        """Return the event as findings show it: `on_tool_end` of "search"."""
        return f"`on_{self.kind}_{self.phase}` of {show(self.name)}"


def split(name: object) -> tuple[str, str] | None:
    """Return kind and phase in the *name* of an event: `("tool", "end")` for `on_tool_end`."""
    parts = _PHASE.fullmatch(name) if isinstance(name, str) else None
    return (parts[1], parts[2]) if parts else None


def parse_step(event: Event) -> Step | None:
    """Return the step of a LangChain run in *event*; None if there is none or it is unreadable."""
    value = event.value
    if event.mode != "events" or not is_object(value):
        return None
    parts, run = split(value.get("event")), value.get("run_id")
    if parts is None or not isinstance(run, str):
        return None
    name, tags, parents = (value.get(key) for key in ("name", "tags", "parent_ids"))
    return Step(*parts, run, name, tags, parents, event.number)


class StepLog:
    """Tracks which LangChain runs are in progress; each `metadata` event clears it."""

    def __init__(self) -> None:
        """Start with no run in progress."""
        self._running = BoundedDict[Step]()
        self.start: Step | None = None
        """The start of the run whose event was read last, if the run was in progress before it."""

    @property
    def forgot(self) -> bool:
        """Whether too many runs were in progress at once, so that some were dropped."""
        return self._running.forgot

    def start_of(self, run: str) -> Step | None:
        """Return the start of the run with that id; None if it is not in progress."""
        return self._running.get(run)

    def read(self, event: Event) -> Step | None:
        """Process the next *event*; return its step, as `parse_step` does."""
        if event.name == "metadata":
            self._running = BoundedDict[Step]()
        step = parse_step(event)
        if step is None:
            return None
        self.start = self._running.get(step.run)
        if step.starts:
            self._running.set(step.run, step)
        elif step.ends:
            self._running.pop(step.run)
        return step

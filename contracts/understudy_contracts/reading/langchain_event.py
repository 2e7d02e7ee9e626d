"""LangChain's events, version 2: what they tell of the chains, models and tools that run."""

import re
from dataclasses import dataclass
from typing import Any

from understudy_contracts.event import Event
from understudy_contracts.json_value import is_object
from understudy_contracts.reading.recent import Recent
from understudy_contracts.schema import show

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
    """The ids of the runs around it, outermost first; LangGraph.js does not tell."""
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


def read_step(event: Event) -> Step | None:
    """Return what *event* tells of a run; None where it tells nothing that can be read."""
    value = event.value
    if event.mode != "events" or not is_object(value):
        return None
    parts, run = split(value.get("event")), value.get("run_id")
    if parts is None or not isinstance(run, str):
        return None
    name, tags, parents = (value.get(key) for key in ("name", "tags", "parent_ids"))
    return Step(*parts, run, name, tags, parents, event.number)


def follow(going: Recent[Step], step: Step) -> None:
    """Keep in *going* the starts of the runs that have not ended."""
    if step.starts:
        going.set(step.run, step)
    elif step.ends:
        going.pop(step.run)

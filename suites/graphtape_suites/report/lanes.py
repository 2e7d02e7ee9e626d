"""The lanes of a timeline: one for each stream mode and node."""

from typing import Any, NamedTuple

from graphtape_contracts import Frame
from graphtape_contracts.json_value import is_list, is_object
from graphtape_contracts.parsing.event import Event, event_of
from graphtape_contracts.parsing.langchain_event import parse_step
from graphtape_contracts.parsing.task_event import parse_task_event
from graphtape_contracts.sse import HEARTBEAT

MODES = (
    "run",
    "values",
    "updates",
    "messages",
    "tasks",
    "debug",
    "events",
    "custom",
    "checkpoints",
    "other",
    "comments",
)
"""The kinds of lanes, in drawing order; each has a colour."""

RUN_EVENTS = frozenset(("metadata", "error", "end"))
"""The events about the run itself, which share a lane."""


class Lane(NamedTuple):
    """A row of a timeline."""

    mode: str
    """One of `MODES`."""
    label: str


OTHERS = Lane("other", "other lanes")
"""The lane for all events beyond the maximum number of lanes."""


class LaneReader:
    """Assigns the frames of one stream, read in order, to lanes."""

    def __init__(self) -> None:
        """Start at the beginning of a stream."""
        self._nodes: dict[str, str] = {}

    def read(self, frame: Frame, number: int) -> Lane:
        """Return the lane of the *frame* with that *number*."""
        event = event_of(frame, number)
        if event is not None:
            return self._lane(event)
        if frame.torn:
            return Lane("other", "torn")
        if frame.comment is None:
            return Lane("other", "blocks without event")
        return Lane("comments", "heartbeats" if frame.comment == HEARTBEAT else "comments")

    def _lane(self, event: Event) -> Lane:
        if event.name in RUN_EVENTS:
            return Lane("run", "run")
        mode = event.mode.partition("/")[0]
        parts = [mode or "unnamed", self._node(event, mode)]
        label = ": ".join(filter(None, parts))
        if event.namespace:
            # The ids of tasks are left out: they differ each time, and a node has one lane.
            label += f" in {' / '.join(part.partition(':')[0] for part in event.namespace)}"
        return Lane(mode if mode in MODES[1:-2] else "other", label)

    def _node(self, event: Event, mode: str) -> str:
        """Return the node, task or kind of debug event that the event is about, if any."""
        value = event.value
        if mode == "updates" and is_object(value):
            return ", ".join(value)
        if mode == "messages":
            return self._sender(event.mode, value)
        if (task := parse_task_event(event)) is not None:
            return task.name
        if (step := parse_step(event)) is not None:
            return _node_in(value.get("metadata")) or str(step.name)
        return str(value.get("type", "")) if mode == "debug" and is_object(value) else ""

    def _sender(self, name: str, value: Any) -> str:
        """Return the node that a message comes from.

        For messages in parts, the nodes are in the preceding event `messages/metadata`.
        """
        if name == "messages/metadata" and is_object(value):
            found = {id_: value[id_].get("metadata") for id_ in value if is_object(value[id_])}
            self._nodes |= {id_: _node_in(metadata) for id_, metadata in found.items()}
            return next((self._nodes[id_] for id_ in found), "")
        last = value[-1] if is_list(value) and value else None
        if not is_object(last):
            return ""
        return _node_in(last) if name == "messages" else self._nodes.get(str(last.get("id")), "")


def _node_in(metadata: Any) -> str:
    node = metadata.get("langgraph_node") if is_object(metadata) else None
    return node if isinstance(node, str) else ""

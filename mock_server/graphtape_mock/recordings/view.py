"""What a request gets to see of a run: its stream modes, and whether subgraphs are among it.

The modes of a request change the *content* of other modes, not only which events there are. All
of this was observed on langgraph-api 0.16.7, with every single mode and every pair of modes:

- A chat model streams where messages or events are asked for. Then its message has the id
  `lc_run--UUID` everywhere; otherwise the same message has the id `lc_run--UUID-0`.
- A message that a node returns without an id has the id null in updates, tasks and debug where
  custom or subgraphs are asked for and no model streams.
- Where messages are asked for, the metadata of events carries the tags of the model.
- Where events are asked for, values and updates hold the whole state, not the output alone.
"""

from dataclasses import dataclass

from graphtape_contracts.stream_mode import STREAM_MODES, event_names

VIEW_FIELDS = ("stream_mode", "stream_subgraphs", "stream_resumable")
"""What the recorder sets itself, or what serving adds again."""


@dataclass(frozen=True, slots=True)
class View:
    """The part of a run request that selects what is shown of the run."""

    modes: frozenset[str]
    subgraphs: bool = False
    keep: bool = False
    """Whether the thread is kept: only then there are checkpoints to show."""

    @property
    def shows_messages(self) -> bool:
        """Whether messages are shown as they are made, whole or in chunks."""
        return not self.modes.isdisjoint(("messages", "messages-tuple"))

    @property
    def streams(self) -> bool:
        """Whether chat models stream."""
        return self.shows_messages or "events" in self.modes

    @property
    def nulls_ids(self) -> bool:
        """Whether a message that a node returned without an id is shown with the id null."""
        return not self.streams and (self.subgraphs or "custom" in self.modes)

    @property
    def shows_state(self) -> bool:
        """Whether there are values or updates to see."""
        return not self.modes.isdisjoint(("values", "updates"))

    @property
    def shows_whole_state(self) -> bool:
        """Whether values and updates hold what is not in the output schema of the graph too."""
        return "events" in self.modes

    @property
    def in_chunks(self) -> bool:
        """Whether messages are shown as tuples of a chunk and its metadata."""
        return "messages-tuple" in self.modes

    @property
    def event_names(self) -> frozenset[str]:
        """The names of the events that are shown, namespaces apart."""
        return event_names(self.modes - {"messages"} if self.in_chunks else self.modes)


_STATE = frozenset(("values", "updates", "debug", "tasks", "checkpoints"))
_WITH_CUSTOM = _STATE | {"custom"}
_WITH_EVENTS = _WITH_CUSTOM | {"events"}
_ALL = frozenset(STREAM_MODES)
_WITHOUT_EVENTS = _ALL - {"events"}

EVERYTHING = View(_ALL, subgraphs=True)
"""The one view that all others can be derived from, though not to the byte."""

EXACT = (
    View(_STATE),
    View(_WITH_CUSTOM),
    View(_WITH_EVENTS),
    View(_WITHOUT_EVENTS),
    View(_ALL),
    View(_WITH_CUSTOM, subgraphs=True),
    View(_WITH_EVENTS, subgraphs=True),
    View(_WITHOUT_EVENTS, subgraphs=True),
    EVERYTHING,
)
"""One view for each way in which modes change the content of other modes: each request sees a
part of one of them, unchanged."""

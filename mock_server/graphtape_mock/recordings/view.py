"""Views: the stream modes of a run request, and whether subgraphs are included.

A mode can change the *content* of other modes, not only add its own events. All of this was
observed on langgraph-api 0.16.7, with every single mode and every pair of modes:

- A chat model streams if messages or events are requested. Then its message has the id
  `lc_run--UUID` everywhere; otherwise the same message has the id `lc_run--UUID-0`.
- A message that a node returns without an id has the id null in updates, tasks and debug if custom
  or subgraphs are requested and no model streams.
- If messages are requested, the metadata of events contains the tags of the model.
- If events are requested, values and updates hold the whole state, not only the output.
"""

from dataclasses import dataclass

from graphtape_contracts.stream_mode import STREAM_MODES, event_names

VIEW_FIELDS = ("stream_mode", "stream_subgraphs", "stream_resumable")
"""Fields of a run request that the recorder sets itself, or that serving derives."""


@dataclass(frozen=True, slots=True)
class View:
    """The fields of a run request that select the events in its response."""

    modes: frozenset[str]
    subgraphs: bool = False
    keep: bool = False
    """Whether the thread is kept after the run; only then are there checkpoints."""

    @property
    def shows_messages(self) -> bool:
        """Whether the response has events with messages, whole or in chunks."""
        return not self.modes.isdisjoint(("messages", "messages-tuple"))

    @property
    def streams(self) -> bool:
        """Whether chat models stream."""
        return self.shows_messages or "events" in self.modes

    @property
    def nulls_ids(self) -> bool:
        """Whether a message that a node returned without an id gets the id null."""
        return not self.streams and (self.subgraphs or "custom" in self.modes)

    @property
    def shows_state(self) -> bool:
        """Whether the response has values or updates."""
        return not self.modes.isdisjoint(("values", "updates"))

    @property
    def shows_whole_state(self) -> bool:
        """Whether values and updates include fields outside the output schema of the graph."""
        return "events" in self.modes

    @property
    def in_chunks(self) -> bool:
        """Whether messages arrive as tuples of a chunk and its metadata."""
        return "messages-tuple" in self.modes

    @property
    def event_names(self) -> frozenset[str]:
        """The names of the events in the response, without namespaces."""
        return event_names(self.modes - {"messages"} if self.in_chunks else self.modes)


_STATE = frozenset(("values", "updates", "debug", "tasks", "checkpoints"))
_WITH_CUSTOM = _STATE | {"custom"}
_WITH_EVENTS = _WITH_CUSTOM | {"events"}
_ALL = frozenset(STREAM_MODES)
_WITHOUT_EVENTS = _ALL - {"events"}

EVERYTHING = View(_ALL, subgraphs=True)
"""The view from which all other views can be derived, though not byte for byte."""

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
"""One view for each way in which modes change the content of other modes. The
response to any view is a part of the response to one of these, byte for byte."""

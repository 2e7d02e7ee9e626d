"""The stream modes of a run, and the names of the events of each mode."""

from collections.abc import Iterable

STREAM_MODES = (
    "values",
    "updates",
    "messages",
    "messages-tuple",
    "events",
    "debug",
    "tasks",
    "checkpoints",
    "custom",
)

PARTIAL_MESSAGES = ("messages/metadata", "messages/partial", "messages/complete")
"""The names of the events of the mode `messages`. The mode `messages-tuple` sends `messages`."""


def event_names(modes: Iterable[str]) -> frozenset[str]:
    """Return the names, without namespaces, of the events that a run with these *modes* may send.

    If both `messages` and `messages-tuple` are requested, only LangGraph.js sends the events of
    both; other servers send only those of `messages-tuple`.
    """
    requested = frozenset(modes)
    names = requested - {"messages", "messages-tuple"}
    if "messages-tuple" in requested:
        names |= {"messages"}
    if "messages" in requested:
        names |= {*PARTIAL_MESSAGES}
    return names

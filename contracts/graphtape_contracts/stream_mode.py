"""The stream modes of a run, and the names of the events that each of them shows."""

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
"""The names of the events of the mode `messages`; those of `messages-tuple` are `messages`."""


def event_names(modes: Iterable[str]) -> frozenset[str]:
    """Return the names of the events that *modes* may show, namespaces apart.

    Where both kinds of messages are asked for, LangGraph.js shows both, the others tuples alone.
    """
    asked = frozenset(modes)
    names = asked - {"messages", "messages-tuple"}
    if "messages-tuple" in asked:
        names |= {"messages"}
    if "messages" in asked:
        names |= {*PARTIAL_MESSAGES}
    return names

"""The ids of assistants: a graph has one under its name, and both mean the same."""

from uuid import UUID, uuid5

_GRAPHS = UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
"""The name space of the assistants that a server makes of its graphs, observed on 0.16.7."""


def default_id(graph_id: str) -> str:
    """Return the id of the assistant that a server makes of a graph."""
    return str(uuid5(_GRAPHS, graph_id))


def uuid_in(text: str) -> str | None:
    """Return the UUID that *text* spells, in its canonical form; None if it is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return None


def assistant_key(assistant_id: str) -> str:
    """Return the UUID of an assistant that is named by its graph or by its UUID."""
    return uuid_in(assistant_id) or default_id(assistant_id)

"""The ids of assistants. The name of a graph also names its default assistant."""

from uuid import UUID, uuid5

_GRAPHS = UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
"""The UUID namespace of default assistants, observed on 0.16.7."""


def default_id(graph_id: str) -> str:
    """Return the id of the default assistant, which a server creates for each graph."""
    return str(uuid5(_GRAPHS, graph_id))


def uuid_in(text: str) -> str | None:
    """Return the UUID *text* in canonical form; None if *text* is not a UUID."""
    try:
        return str(UUID(text))
    except ValueError:
        return None


def assistant_key(assistant_id: str) -> str:
    """Return the UUID of an assistant, given this UUID or the name of the assistant's graph."""
    return uuid_in(assistant_id) or default_id(assistant_id)

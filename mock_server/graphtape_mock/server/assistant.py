"""Assistants: configured graphs, as the server describes them."""

from dataclasses import dataclass
from typing import Any

from graphtape_contracts.json_value import Json, is_object


@dataclass(frozen=True, slots=True)
class Assistant:
    """A configured graph."""

    fields: Json
    """The whole object, as the server sends it. Shared: do not change it."""

    @property
    def assistant_id(self) -> str:
        """The canonical UUID."""
        return str(self.fields["assistant_id"])

    @property
    def graph_id(self) -> str:
        """The name of the graph."""
        return str(self.fields["graph_id"])

    def part(self, name: str) -> Json:
        """Return the object in the field *name*; empty if it is missing."""
        value = self.fields.get(name)
        return value if is_object(value) else {}


def make_assistant(
    assistant_id: str,
    graph_id: str,
    created_at: str,
    *,
    name: str | None = None,
    metadata: Json | None = None,
    **fields: Any,
) -> Assistant:
    """Return an assistant; by default the one that a server creates for each graph."""
    return Assistant(
        {
            "assistant_id": assistant_id,
            "graph_id": graph_id,
            "config": fields.get("config", {}),
            "context": fields.get("context", {}),
            "metadata": {"created_by": "system"} if metadata is None else metadata,
            "name": graph_id if name is None else name,
            "created_at": created_at,
            "updated_at": created_at,
            "version": 1,
            "description": fields.get("description"),
        }
    )

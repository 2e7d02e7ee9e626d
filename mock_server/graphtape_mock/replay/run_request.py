"""A request for a run, checked and with the defaults of the server filled in."""

from dataclasses import dataclass
from typing import Any

from graphtape_contracts.json_value import Json


@dataclass(frozen=True, eq=False)
class RunRequest:
    """A valid request for a run. Compared and hashed by identity."""

    body: Json
    """As sent."""
    assistant_id: str
    """As sent: a graph name, or a UUID in any spelling."""
    assistant: str
    """The canonical UUID of the assistant."""
    graph_id: str
    """The name of the graph that runs."""
    input: Any
    command: Json | None
    """None if it is empty: the server treats an empty command as absent."""
    config: Json
    """Without the keys that the server strips."""
    context: Json
    """Without the keys that the server strips."""
    metadata: Json
    """Without the keys that the server strips."""
    stream_modes: tuple[str, ...]
    """Without duplicates, in the order of the request; ("values",) by default."""
    subgraphs: bool
    resumable: bool
    interrupt_before: Any
    """Any JSON: the field is not declared, so the server does not check it."""
    interrupt_after: Any
    on_disconnect: str
    """`continue` or `cancel`."""
    on_completion: str
    """`delete` or `keep`."""
    after_seconds: float
    webhook: str | None
    feedback_keys: tuple[str, ...]
    durability: str
    """`async`, `sync` or `exit`."""

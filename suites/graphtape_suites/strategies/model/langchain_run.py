"""The LangChain events of one chain or model, as the mode `events` shows them."""

from typing import Any

from graphtape_contracts.json_value import Json
from graphtape_suites.strategies.model.engine_events import Shown


class LangchainRun:
    """One chain or model that runs: what it tells when it starts, streams and ends."""

    def __init__(
        self,
        name: str,
        id_: str,
        parents: tuple[str, ...],
        metadata: Json,
        kind: str = "chain",
    ) -> None:
        """Name it; *parents* are the ids of the runs around it, outermost first."""
        self.id = id_
        self._kind = kind
        self._common: Json = {
            "run_id": id_,
            "name": name,
            "tags": [],
            "metadata": metadata,
            "parent_ids": list(parents),
        }

    def start(self, given: Any) -> Shown:
        """Tell that it starts with the input *given*."""
        return self._event(f"on_{self._kind}_start", {"input": given})

    def stream(self, chunk: Any) -> Shown:
        """Tell a part of its output."""
        return self._event(f"on_{self._kind}_stream", {"chunk": chunk})

    def end(self, output: Any, given: Any) -> Shown:
        """Tell that it ended; one that fails or is interrupted does not tell."""
        return self._event(f"on_{self._kind}_end", {"output": output, "input": given})

    def custom(self, name: str, value: Any) -> Shown:
        """Tell an event of the graph's own."""
        told = {"event": "on_custom_event", "data": value}
        return Shown("events", told | self._common | {"name": name})

    def _event(self, event: str, data: Json) -> Shown:
        return Shown("events", {"event": event, "data": data} | self._common)

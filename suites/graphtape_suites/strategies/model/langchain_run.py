"""The LangChain events of one chain or model, as the mode `events` streams them."""

from typing import Any

from graphtape_contracts.json_value import Json
from graphtape_suites.strategies.model.engine_events import Shown


class LangchainRun:
    """Makes the start, stream and end events of one chain or model."""

    def __init__(
        self,
        name: str,
        id_: str,
        parents: tuple[str, ...],
        metadata: Json,
        kind: str = "chain",
    ) -> None:
        """Make events for the run *id_*; *parents* are the ids of outer runs, outermost first."""
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
        """Return the start event with the input *given*."""
        return self._event(f"on_{self._kind}_start", {"input": given})

    def stream(self, chunk: Any) -> Shown:
        """Return the event for one *chunk* of the output."""
        return self._event(f"on_{self._kind}_stream", {"chunk": chunk})

    def end(self, output: Any, given: Any) -> Shown:
        """Return the end event with the input *given*; failed or interrupted runs have none."""
        return self._event(f"on_{self._kind}_end", {"output": output, "input": given})

    def custom(self, name: str, value: Any) -> Shown:
        """Return a custom event of the graph."""
        data = {"event": "on_custom_event", "data": value}
        return Shown("events", data | self._common | {"name": name})

    def _event(self, event: str, data: Json) -> Shown:
        return Shown("events", {"event": event, "data": data} | self._common)

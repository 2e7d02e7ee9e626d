"""Assigns ids to messages that a node returned without an id."""

from collections.abc import Callable
from typing import Any

from graphtape_contracts.json_value import Json, is_list
from graphtape_suites.strategies.messages import is_generated_message
from graphtape_suites.strategies.model.graph_model import Writes


class MessageIds:
    """Assigns ids to messages without an id, as the server does, and stores the assigned ids."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        """Call *new_id* for each new id."""
        self._new_id = new_id
        self.given_ids: set[str] = set()
        """All ids assigned so far."""
        self.ids_not_in_state: set[str] = set()
        """Assigned ids of messages under a state key whose reducer does not assign ids."""

    def update(self, writes: Writes, streamed: list[Json]) -> Json:
        """Return the state update of *writes*; *streamed* are messages that models streamed."""
        update = dict(writes.update)
        messages = [*(streamed if writes.includes_streamed else []), *writes.returned]
        if messages:
            update["messages"] = self.name(messages)
        if writes.answer:
            update["answer"] = self.name(writes.answer)
            self.ids_not_in_state |= {update["answer"]["id"]} & self.given_ids
        return update

    def name(self, value: Any) -> Any:
        """Return *value*, a message or a list of messages, with an id in each message."""
        if is_list(value):
            return [self.name(item) for item in value]
        if not (is_generated_message(value) and value["id"] is None):
            return value
        id_ = self._new_id()
        self.given_ids.add(id_)
        return value | {"id": id_}

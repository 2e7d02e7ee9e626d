"""The ids that messages get on their way which a node returned without one."""

from collections.abc import Callable
from typing import Any

from graphtape_contracts.json_value import Json, is_list
from graphtape_suites.strategies.messages import is_message
from graphtape_suites.strategies.model.graph_model import Writes


class MessageIds:
    """Gives an id to each message that has none, as the server does, and remembers it."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        """Begin with no message named; ids come from *new_id*."""
        self._new_id = new_id
        self.nameless: set[str] = set()
        """The ids that were given."""
        self.never_named: set[str] = set()
        """Those of them whose key of the state has no reducer that gives ids."""

    def update(self, writes: Writes, said: list[Json]) -> Json:
        """Return the update of a task that *writes*, and whose models *said* something."""
        update = dict(writes.update)
        messages = [*(said if writes.includes_streamed else []), *writes.returned]
        if messages:
            update["messages"] = self.name(messages)
        if writes.answer:
            update["answer"] = self.name(writes.answer)
            self.never_named |= {update["answer"]["id"]} & self.nameless
        return update

    def name(self, value: Any) -> Any:
        """Return *value*, where it is or lists messages, with an id for each."""
        if is_list(value):
            return [self.name(item) for item in value]
        if not (is_message(value) and value["id"] is None):
            return value
        id_ = self._new_id()
        self.nameless.add(id_)
        return value | {"id": id_}

"""The assistants of the mock: those in the recordings, and those that clients create.

    catalogue = AssistantCatalogue(recordings)
    catalogue.resolve("agent") -> Assistant      # name or UUID; raises ApiError 422, 404
    catalogue.revision                           # changes when resolve may return something else

Statuses and texts of errors are those of langgraph-api 0.16.7. A request for data that is in
no recording gets a 501 with advice on how to record it.
"""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from graphtape_contracts.json_value import Json
from graphtape_mock.console.text import escape, shorten
from graphtape_mock.recordings.assistant_id import default_id, uuid_in
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.replay.bounded_cache import BoundedCache
from graphtape_mock.server.assistant import Assistant, make_assistant
from graphtape_mock.server.assistant_search import find_assistants, matching_assistants
from graphtape_mock.server.errors import ApiError, NotAvailable, TooMuchToKeep
from graphtape_mock.server.json_size import size_of
from graphtape_mock.server.recorded_deployment import read_deployment, xray_of
from graphtape_mock.server.validation.json_body import (
    CONFIGURABLE_AND_CONTEXT,
    parse_uuid,
    strip_config,
    strip_configurable,
    strip_metadata,
)

CREATED_LIMIT = 1000
"""The maximum number of assistants that clients created; beyond it the oldest are dropped."""
CREATED_BYTES = 16 * 1024 * 1024
"""The maximum size of all created assistants in memory, in bytes; the oldest are dropped."""

# GET /info of langgraph-api 0.16.7, for recordings without it.
_INFO: Json = {
    "version": "0.16.7",
    "langgraph_py_version": "1.2.22",
    "flags": {
        "assistants": True,
        "crons": True,
        "langsmith": False,
        "langsmith_tracing_replicas": True,
        "langsmith_tracing_session_on_runs": True,
    },
    "host": {
        "kind": "self-hosted",
        "project_id": None,
        "host_revision_id": None,
        "revision_id": None,
        "tenant_id": None,
    },
}


class AssistantCatalogue:
    """The assistants of a deployment."""

    def __init__(
        self,
        recordings: Iterable[Recording] = (),
        *,
        created_limit: int = CREATED_LIMIT,
        created_bytes: int = CREATED_BYTES,
        new_id: Callable[[], str] = lambda: str(uuid4()),
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take the assistants of *recordings*; keep up to *created_limit* created by clients.

        The created ones take up to *created_bytes* in memory. *new_id* makes their ids, *now*
        returns the time of day in seconds since the epoch.
        """
        self._created = BoundedCache[str, Assistant](created_limit, created_bytes)
        self._created_bytes = created_bytes
        self._new_id = new_id
        self._now = now
        self.revision = 0
        """Changes whenever `resolve` may return something else."""
        self.replace(recordings)

    def replace(self, recordings: Iterable[Recording]) -> None:
        """Take the assistants of these *recordings* instead; created ones stay.

        Raises BadRecordedResponse, and changes nothing, for a response that no LangGraph server
        sends.
        """
        known = read_deployment(recordings)
        oldest_first = sorted(
            known.assistants.values(), key=lambda found: str(found.fields.get("created_at"))
        )
        self._known = known
        names = dict.fromkeys(assistant.graph_id for assistant in oldest_first)
        # A graph known only by the UUID of an assistant has no name.
        self.graphs = [name for name in names if default_id(name) in known.assistants]
        """The names of all graphs, in the order in which the server registered them."""
        self.revision += 1

    def forget_created(self) -> None:
        """Remove the assistants that clients created."""
        if self._created:
            self._created.clear()
            self.revision += 1

    @property
    def assistants(self) -> list[Assistant]:
        """All assistants, those of the recordings first."""
        return [*self._known.assistants.values(), *self._created.values]

    @property
    def info(self) -> Json:
        """The response of GET /info."""
        return self._known.info or _INFO

    @property
    def requests(self) -> dict[str, Json]:
        """The first run request of each recording, by the name of the recording."""
        return self._known.requests

    def resolve(self, assistant_id: str) -> Assistant:
        """Return the assistant to run; raises NotAvailable 422 (unknown name) or 404 (UUID)."""
        return self.find(self.canonical(assistant_id))

    def canonical(self, assistant_id: str) -> str:
        """Return the canonical UUID for a graph name or a UUID in any spelling, known or not.

        Raises NotAvailable 422 for an unknown graph name.
        """
        if assistant_id in self.graphs:
            return default_id(assistant_id)
        if uuid := uuid_in(assistant_id):
            return uuid
        detail = (
            "Invalid assistant: '{}'. Must be either:\n- A valid assistant UUID, or\n"
            f"- One of the registered graphs: {', '.join(self.graphs)}"
        )
        raise NotAvailable(
            422,
            detail.replace("{}", assistant_id, 1),
            detail.replace("{}", shorten(escape(assistant_id), _SHOWN_ID), 1),
        )

    def find(self, uuid: str) -> Assistant:
        """Return the assistant to run with this canonical UUID; raises NotAvailable 404."""
        if assistant := self._by_id(uuid):
            return assistant
        raise NotAvailable(404, "Thread or assistant not found.")

    def get(self, assistant_id: str) -> Assistant:
        """Return the assistant with this UUID; raises ApiError 422 or 404."""
        if assistant := self._by_id(parse_uuid(assistant_id, _NOT_A_UUID)):
            return assistant
        raise ApiError(404, "Not Found")

    def schemas(self, assistant_id: str) -> Any:
        """Return the schemas of the graph of an assistant; raises ApiError 422, 404 or 501."""
        assistant = self.get(assistant_id)
        try:
            return self._known.schemas[assistant.graph_id]
        except KeyError:
            raise self._unrecorded(assistant, "/schemas") from None

    def graph(self, assistant_id: str, xray: str = "") -> Any:
        """Return the drawing of a graph, given the UUID of an assistant or a graph name.

        *xray* is the query parameter. Raises ApiError 422, 404 or 501.
        """
        known = default_id(assistant_id) if assistant_id in self.graphs else assistant_id
        assistant = self.get(known)
        try:
            levels = xray_of(xray)
        except ValueError:
            raise ApiError(422, "Invalid xray value") from None
        try:
            return self._known.drawings[assistant.graph_id, levels]
        except KeyError:
            query = "" if levels == "false" else f"?xray={levels}"
            raise self._unrecorded(assistant, f"/graph{query}") from None

    def search(self, body: Json) -> list[Assistant]:
        """Return every assistant that matches *body*, in the requested order; raises ApiError 404.

        *body* is valid by `assistants-search-request.json`. Limit and offset are not applied.
        """
        if "graph_id" in body:
            self._check_graph(body["graph_id"])
        return find_assistants(self.assistants, body)

    def count(self, body: Json) -> int:
        """Return the number of assistants that match *body*; raises ApiError 404.

        *body* is valid by `assistants-count-request.json`, which accepts any sort order.
        """
        if "graph_id" in body:
            self._check_graph(body["graph_id"])
        return len(matching_assistants(self.assistants, body))

    def create(self, body: Json) -> Assistant:
        """Create the assistant in *body*, and return it or the existing one.

        *body* is valid by `assistant-create-request.json`. Raises ApiError 422, 404, 400, 409 or
        507 (too large to keep).
        """
        asked = body.get("assistant_id")
        assistant_id = parse_uuid(asked, _NOT_A_UUID) if asked else self._new_id()
        self._check_graph(body["graph_id"])
        config = strip_config(body.get("config", {}))
        context: Json = strip_configurable(body.get("context", {}))
        if config.get("configurable") and context:
            raise ApiError(400, CONFIGURABLE_AND_CONTEXT)
        if existing := self._by_id(assistant_id):
            if body.get("if_exists") == "do_nothing":
                return existing
            raise ApiError(409, f"Assistant {assistant_id} already exists")
        # Observed: the server keeps the two equal.
        if context:
            config = config | {"configurable": context}
        assistant = make_assistant(
            assistant_id,
            body["graph_id"],
            datetime.fromtimestamp(self._now(), UTC).isoformat(),
            name=body.get("name") or "Untitled",
            metadata=strip_metadata(body.get("metadata", {})),
            config=config,
            context=config.get("configurable") or {},
            description=body.get("description"),
        )
        self._add(assistant)
        return assistant

    def _add(self, assistant: Assistant) -> None:
        size = size_of(assistant.fields)
        if size > self._created_bytes:
            raise TooMuchToKeep("assistant", size, self._created_bytes)
        self._created.add(assistant.assistant_id, assistant, size)
        self.revision += 1

    def _by_id(self, uuid: str) -> Assistant | None:
        return self._known.assistants.get(uuid) or self._created.peek(uuid)

    def _check_graph(self, graph_id: str) -> None:
        if graph_id not in self.graphs:
            known = sorted(self.graphs)
            raise ApiError(404, f"Graph '{graph_id}' not found. Expected one of: {known}")

    def _unrecorded(self, assistant: Assistant, part: str) -> NotAvailable:
        graph_id = assistant.graph_id
        missing = f"Not recorded: GET /assistants/{assistant.assistant_id}{part}."
        name = self._known.recordings.get(graph_id)
        if name is None:  # The recordings were replaced since a client created the assistant.
            return NotAvailable(501, f"{missing} There is no recording of {graph_id!r} any more.")
        return NotAvailable(
            501,
            f"{missing} The recording {name!r} of {graph_id!r} lacks it; make it again with "
            "`graphtape record` to add it.",
        )


_SHOWN_ID = 200
"""Columns of an unknown assistant's id in the journal."""
_NOT_A_UUID = "Invalid assistant ID: must be a UUID"

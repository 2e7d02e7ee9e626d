"""The recorded deployment: the assistants, schemas and graphs in recordings, beside the runs.

The recorder saves GET /info, POST /assistants/search and, for each assistant it ran, GET
/assistants/{id}, /schemas and /graph. If recordings disagree, the newest counts. An assistant that
appears only in runs is made up like the one that a server creates for each graph.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from graphtape_contracts import End, Exchange
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_mock.recordings.assistant_id import assistant_key, default_id, uuid_in
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.recordings.try_json import object_in, value_in
from graphtape_mock.server.assistant import Assistant, make_assistant

_EPOCH = "1970-01-01T00:00:00+00:00"
_LARGEST_EXAMPLE = 4096
"""Bytes of the longest request that may become an example."""
_ASSISTANT_PATH = re.compile(r"/assistants/(?!count$)(?P<id>[^/]+)(?P<part>|/schemas|/graph)")


class BadRecordedResponse(ValueError):
    """A recorded response that no LangGraph server sends; names the recording and the request."""

    def __init__(self, recording: str, request: str, got: str) -> None:
        super().__init__(recording, request, got)
        self.recording, self.request, self.got = recording, request, got

    def __str__(self) -> str:
        return (
            f"recording {self.recording!r}: expected a response to {self.request} as LangGraph "
            f"servers send it, got {self.got!r}; record it again or remove that exchange"
        )


@dataclass(slots=True)
class RecordedDeployment:
    """The recorded facts about a deployment."""

    info: Json | None = None
    """The response of GET /info."""
    assistants: dict[str, Assistant] = field(default_factory=dict[str, Assistant])
    """By canonical UUID."""
    schemas: dict[str, Any] = field(default_factory=dict[str, Any])
    """Responses of GET /assistants/{id}/schemas, by graph."""
    drawings: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])
    """Responses of GET /assistants/{id}/graph, by graph and `xray` (see `xray_of`)."""
    recordings: dict[str, str] = field(default_factory=dict[str, str])
    """The name of the newest recording of each graph."""
    requests: dict[str, Json] = field(default_factory=dict[str, Json])
    """The body of the first run of each recording, by its name; large ones are left out."""


def xray_of(text: str) -> str:
    """Return the query parameter `xray` normalised: `false`, `true` or a number of levels.

    Raises ValueError for anything else.
    """
    if text in ("", "false", "False"):
        return "false"
    if text in ("true", "True"):
        return "true"
    levels = int(text)
    if levels <= 0:
        raise ValueError(text)
    return str(levels)


def read_deployment(recordings: Iterable[Recording]) -> RecordedDeployment:
    """Return the deployment in the *recordings*; raises BadRecordedResponse."""
    known = RecordedDeployment()
    by_age = sorted(recordings, key=lambda recording: recording.recorded_at)
    # Runs and drawings may name an assistant by its UUID: read all assistants first.
    for read in (_read_responses, _read_runs, _read_drawings):
        for recording in by_age:
            read(recording, known)
    for assistant in list(known.assistants.values()):
        _add_default(assistant.graph_id, str(assistant.fields.get("created_at", _EPOCH)), known)
    return known


def _read_responses(recording: Recording, known: RecordedDeployment) -> None:
    for exchange in _responses(recording):
        path = urlsplit(exchange.request.path).path
        match = _ASSISTANT_PATH.fullmatch(path)
        content = _Content(recording, exchange)
        if path == "/info":
            known.info = content.object()
        elif path == "/assistants/search":
            for assistant in content.assistants():
                _add(assistant, recording, known)
        elif match and match["part"] == "":
            _add(content.assistant(content.value), recording, known)
        elif match and match["part"] == "/schemas":
            graph_id = content.text("graph_id")
            known.schemas[graph_id] = content.value
            _add_made_up(match["id"], graph_id, recording, known)


def _read_drawings(recording: Recording, known: RecordedDeployment) -> None:
    for exchange in _responses(recording):
        url = urlsplit(exchange.request.path)
        match = _ASSISTANT_PATH.fullmatch(url.path)
        if match and match["part"] == "/graph":
            content = _Content(recording, exchange)
            try:
                xray = xray_of(parse_qs(url.query).get("xray", [""])[-1])
            except ValueError:
                raise content.bad() from None
            known.drawings[_graph_of(match["id"], known), xray] = content.object()


def _read_runs(recording: Recording, known: RecordedDeployment) -> None:
    for run in recording.runs:
        body = object_in(run.request.body)
        asked = body.get("assistant_id")
        if run.response.status == 200 and isinstance(asked, str):  # Every run request has one.
            _add_made_up(asked, asked, recording, known)
            if len(run.request.body) <= _LARGEST_EXAMPLE:
                known.requests.setdefault(recording.name, body)


def _responses(recording: Recording) -> Iterator[Exchange]:
    for exchange in recording.exchanges:
        path = exchange.request.path
        is_ours = path == "/info" or path.startswith("/assistants/")
        if is_ours and exchange.end is End.COMPLETE and exchange.response.status == 200:
            yield exchange


class _Content:
    """The JSON of a recorded response. Reading a part that it lacks raises BadRecordedResponse."""

    def __init__(self, recording: Recording, exchange: Exchange) -> None:
        self._recording, self._exchange = recording, exchange
        self.value = value_in(exchange.body)

    def bad(self) -> BadRecordedResponse:
        request = f"{self._exchange.request.method} {self._exchange.request.path}"
        got = self._exchange.body[:60].decode(errors="replace")
        return BadRecordedResponse(self._recording.name, request, got)

    def object(self) -> Json:
        if not is_object(self.value):
            raise self.bad()
        return self.value

    def text(self, key: str) -> str:
        found = self.object().get(key)
        if not isinstance(found, str):
            raise self.bad()
        return found

    def assistants(self) -> Iterator[Assistant]:
        if not is_list(self.value):
            raise self.bad()
        yield from map(self.assistant, self.value)

    def assistant(self, fields: Any) -> Assistant:
        if not is_object(fields) or not isinstance(fields.get("graph_id"), str):
            raise self.bad()
        if uuid_in(str(fields.get("assistant_id"))) is None:
            raise self.bad()
        for key in ("config", "context", "metadata"):
            if not is_object(fields.get(key) or {}):
                raise self.bad()
        return Assistant(fields)


def _add(assistant: Assistant, recording: Recording, known: RecordedDeployment) -> None:
    known.assistants[assistant_key(assistant.assistant_id)] = assistant
    known.recordings[assistant.graph_id] = recording.name


def _add_made_up(
    asked: str, graph_id: str, recording: Recording, known: RecordedDeployment
) -> None:
    assistant_id = assistant_key(asked)
    if assistant_id not in known.assistants:
        made = make_assistant(assistant_id, graph_id, recording.recorded_at or _EPOCH)
        _add(made, recording, known)
    known.recordings.setdefault(known.assistants[assistant_id].graph_id, recording.name)


def _add_default(graph_id: str, created_at: str, known: RecordedDeployment) -> None:
    assistant_id = default_id(graph_id)
    if assistant_id not in known.assistants and uuid_in(graph_id) is None:
        known.assistants[assistant_id] = make_assistant(assistant_id, graph_id, created_at)


def _graph_of(asked: str, known: RecordedDeployment) -> str:
    assistant = known.assistants.get(assistant_key(asked))
    return assistant.graph_id if assistant else asked

"""The head of an exchange: its kind, and the options of the requested stream."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from graphtape_contracts.dialect import Dialect, detect
from graphtape_contracts.exchange import Request, Response
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_contracts.parsing.event import parse
from graphtape_contracts.stream_mode import event_names

_RUN = re.compile(r"(?<!/threads)/runs/(stream|wait)$")
_THREAD_RUN = re.compile(r"/threads/[^/]+/runs/(stream|wait)$")
_JOIN_STREAM = re.compile(r"/runs/[^/]+/stream$")
_JOIN = re.compile(r"/threads/[^/]+/runs/[^/]+/join$")


class Kind(StrEnum):
    """The kind of an exchange."""

    STREAM = "stream"
    """The events of a run: the 200 response to `POST /runs/stream`."""
    WAIT = "wait"
    """The output of a run: the 200 response to `POST /runs/wait`."""
    JOIN_STREAM = "join stream"
    """The events of a run started earlier: the 200 response to `GET .../runs/{run_id}/stream`."""
    JOIN = "join"
    """The output of a run started earlier: the 200 response to `GET .../runs/{run_id}/join`."""
    REFUSAL = "refusal"
    """Any other response to a request to `/runs/stream` or `/runs/wait`."""
    OTHER = "other endpoint"
    """The response to any other request."""


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """The options of a run request that determine the events of the stream."""

    body: Json
    modes: frozenset[str]
    """The stream modes; `values` if the request names none, as observed on all servers."""
    subgraphs: bool
    resumable: bool
    keeps_thread: bool
    """Whether the thread is kept (`on_completion: keep`). Otherwise there are no checkpoints."""
    other_protocol: bool = False
    """Whether the request selects LangGraph's second streaming protocol
    (`config.configurable.__event_streaming_v2`), to which the rules of events do not apply."""

    @property
    def event_names(self) -> frozenset[str]:
        """The names, without namespaces, of the events that the stream may contain."""
        return event_names(self.modes)


@dataclass(frozen=True, slots=True)
class ExchangeHead:
    """The request and the response head of an exchange, with facts derived from them."""

    kind: Kind
    request: Request | None
    """None if unknown, as in a transcript of curl."""
    options: StreamOptions | None
    """None if the request is unknown or not a readable run request."""
    response: Response
    dialect: Dialect | None
    output_schema: Json | None = None
    """The JSON Schema of the graph's output, if the deployment advertises it."""

    @property
    def path(self) -> str:
        """The path of the request without the query; empty if the request is unknown."""
        return urlsplit(self.request.path).path if self.request else ""


def kind_of(request: Request | None, response: Response) -> Kind:
    """Return the kind of an exchange; if the request is unknown, guess from the response head."""
    if request is None:
        return _kind_of_head(response)
    path = urlsplit(request.path).path
    if (run := _RUN.search(path)) and not _THREAD_RUN.search(path):
        created = request.method == "POST" and response.status == 200
        return Kind(run[1]) if created else Kind.REFUSAL
    if request.method == "GET" and response.status == 200:
        if _JOIN_STREAM.search(path):
            return Kind.JOIN_STREAM
        if _JOIN.search(path):
            return Kind.JOIN
    return Kind.OTHER


def _kind_of_head(response: Response) -> Kind:
    """Return the kind of a response to an unknown request, assuming that the request was for a run.

    On Aegra, a joined stream cannot be distinguished from the stream of a new run; on LangGraph.js,
    often not.
    """
    if response.status >= 400:
        return Kind.REFUSAL
    located = response.header("content-location")
    # On langgraph-api, the location of a wait includes the thread; that of a stream does not.
    names_thread = located is not None and "/threads/" in located
    is_python = detect(response) is Dialect.PYTHON
    if response.is_event_stream:
        joined = located is None or (is_python and names_thread)
        return Kind.JOIN_STREAM if joined else Kind.STREAM
    waited = located is not None and (names_thread or not is_python)
    return Kind.WAIT if waited else Kind.OTHER


def stream_options(request: Request | None) -> StreamOptions | None:
    """Return the options of a run *request*; None if it is not a readable run request."""
    if request is None or request.method != "POST":
        return None
    body = parse(request.body)
    if not is_object(body):
        return None
    modes = body.get("stream_mode")
    listed = modes if is_list(modes) else [modes]
    named = frozenset(mode for mode in listed if isinstance(mode, str))
    return StreamOptions(
        body,
        named or frozenset({"values"}),
        body.get("stream_subgraphs") is True,
        body.get("stream_resumable") is True,
        body.get("on_completion") == "keep",
        _asks_for_other_protocol(body),
    )


def _asks_for_other_protocol(body: Json) -> bool:
    config = body.get("config")
    configurable = config.get("configurable") if is_object(config) else None
    return is_object(configurable) and bool(configurable.get("__event_streaming_v2"))

"""Responses of the endpoints around runs: the deployment, assistants, threads, background runs."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import Absent, Json, Path, is_list, is_object
from graphtape_contracts.parsing import identifiers
from graphtape_contracts.parsing.event import parse
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.rule import AnyRule, BodyRule, Report
from graphtape_contracts.rules.sources import ON_MAIN_SERVERS
from graphtape_contracts.schema_findings import report_validation_error

_OTHER_ENDPOINTS = frozenset({Kind.OTHER})
_GRAPHS = UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
"""The UUID namespace of the ids of the assistants that servers create for their graphs."""


@dataclass(frozen=True, slots=True)
class _Route:
    """A route of an endpoint, whose response is an object or a list of objects.

    Paths that an application might use itself, such as `/ok`, start with `^`: they match only
    without a prefix.
    """

    method: str
    path: str
    """A regular expression that the end of the path matches."""
    listed: bool = False
    """Whether the response is a list of the objects that the rule checks."""

    def answers(self, head: ExchangeHead) -> bool:
        """Return whether *head* is a 200 response of this route."""
        request, status = head.request, head.response.status
        called = request is not None and request.method == self.method and status == 200
        return called and re.search(f"{self.path}$", head.path) is not None


_OK = (_Route("GET", "^/ok"),)
_INFO = (_Route("GET", "^/info"),)
_ASSISTANTS = (
    _Route("POST", "/assistants/search", listed=True),
    _Route("POST", "^/assistants"),
    _Route("GET", f"/assistants/{identifiers.UUID}"),
)
_SCHEMAS = (_Route("GET", f"/assistants/{identifiers.UUID}/schemas"),)
_GRAPH = (_Route("GET", r"/assistants/[^/]+/graph"),)
_THREADS = (
    _Route("POST", "/threads/search", listed=True),
    _Route("POST", "^/threads"),
    _Route("GET", f"/threads/{identifiers.UUID}"),
)
_STATE = (_Route("GET", f"/threads/{identifiers.UUID}/state"),)
_NEW_RUN = (_Route("POST", "^/runs"), _Route("POST", f"/threads/{identifiers.UUID}/runs"))
_RUNS = (
    *_NEW_RUN,
    _Route("POST", "/runs/batch", listed=True),
    _Route("GET", f"/threads/{identifiers.UUID}/runs", listed=True),
    _Route("GET", f"/threads/{identifiers.UUID}/runs/{identifiers.UUID}"),
)
_COUNTS = (_Route("POST", "/(assistants|threads)/count"),)
_ALL = (*_OK, *_INFO, *_ASSISTANTS, *_SCHEMAS, *_GRAPH, *_THREADS, *_STATE, *_RUNS, *_COUNTS)


def _fits(routes: Iterable[_Route], schema: str) -> Callable[[ExchangeHead, bytes, Report], None]:
    def judge(head: ExchangeHead, body: bytes, report: Report) -> None:
        for path, value in _objects_in(routes, head, body, report):
            report_validation_error(report, schema, value, path=path)

    return judge


def _objects_in(
    routes: Iterable[_Route], head: ExchangeHead, body: bytes, report: Report
) -> Iterable[tuple[Path, Any]]:
    """Yield the objects in a readable response of one of *routes*, as pairs of path and object.

    Reports a response that should be a list but is not.
    """
    route = next((route for route in routes if route.answers(head)), None)
    value = parse(body)
    if route is None or isinstance(value, Absent) or _selects(head):
        return
    if not route.listed:
        yield (), value
    elif is_list(value):
        yield from (((n,), item) for n, item in enumerate(value))
    else:
        report("a list", quote(value))


def _selects(head: ExchangeHead) -> bool:
    """Return whether the request selects keys of the objects in the response."""
    asked = parse(head.request.body) if head.request else None
    return is_object(asked) and bool(asked.get("select"))


def _json(head: ExchangeHead, body: bytes, report: Report) -> None:
    if not any(route.answers(head) for route in _ALL):
        return
    media_type = head.response.header("content-type") or "none"
    if media_type.split(";")[0].strip().lower() != "application/json":
        report("the content type application/json", quote(media_type))
    if isinstance(parse(body), Absent):
        report("a JSON body", quote(body.decode(errors="replace")))


def _run_location(head: ExchangeHead, body: bytes, report: Report) -> None:
    run = parse(body)
    if not (is_object(run) and any(route.answers(head) for route in _NEW_RUN)):
        return
    location = head.response.header("content-location") or "none"
    if not location.endswith(f"/runs/{run.get('run_id')}"):
        report(f"a Content-Location that ends with /runs/{run.get('run_id')}", quote(location))


def _assistant_id(head: ExchangeHead, body: bytes, report: Report) -> None:
    if not _ASSISTANTS[0].answers(head):
        return
    found = parse(body)
    for n, assistant in enumerate(found if is_list(found) else []):
        if is_object(assistant) and _is_default(assistant):
            expected = str(uuid5(_GRAPHS, assistant["graph_id"]))
            if assistant["assistant_id"] != expected:
                report(expected, quote(assistant["assistant_id"]), path=(n, "assistant_id"))


def _is_default(assistant: Json) -> bool:
    """Return whether the server created *assistant* for a graph and nobody has changed it since."""
    graph, metadata = assistant.get("graph_id"), assistant.get("metadata")
    return (
        isinstance(graph, str)
        and assistant.get("name") == graph
        and assistant.get("version") == 1
        and is_object(metadata)
        and metadata == {"created_by": "system"}
        and isinstance(assistant.get("assistant_id"), str)
    )


def _pagination(head: ExchangeHead, body: bytes, report: Report) -> None:
    found = parse(body)
    searched = any(route.answers(head) for route in (_ASSISTANTS[0], _THREADS[0]))
    if not searched or not is_list(found):
        return
    total = head.response.header("x-pagination-total") or "none"
    if not (total.isascii() and total.isdigit() and int(total) >= len(found)):
        report(f"an x-pagination-total of at least {len(found)}", quote(total))


def _count(head: ExchangeHead, body: bytes, report: Report) -> None:
    if _COUNTS[0].answers(head):
        count = parse(body)
        if not isinstance(count, (int, Absent)) or isinstance(count, bool):
            report("an integer", quote(count))


_BY_SCHEMA = (
    (
        "ok",
        Level.MUST,
        "A response to GET /ok with status 200 has `ok: true`.",
        "observed on langgraph-api 0.16.7 and LangGraph.js 1.5.1; readiness probes read it",
        _OK,
        "ok.json",
    ),
    (
        "info",
        Level.MUST,
        "The response to GET /info has the version of the server and the flag for support of "
        "assistants.",
        f"{ON_MAIN_SERVERS}; Agent Chat UI requests it",
        _INFO,
        "info.json",
    ),
    (
        "assistants",
        Level.MUST,
        "An assistant has its id, graph, configuration, metadata, name, version and times.",
        f"{ON_MAIN_SERVERS}; clients look up the id of a graph's assistant before they run it",
        _ASSISTANTS,
        "assistant.json",
    ),
    (
        "assistant-schemas",
        Level.SHOULD,
        "The response with the schemas of an assistant names its graph; each schema is an "
        "object, null or absent.",
        "observed on langgraph-api 0.16.7 and Aegra 0.11.0; AG-UI reads the keys of the input and "
        "output schemas",
        _SCHEMAS,
        "assistant-schemas.json",
    ),
    (
        "assistant-graph",
        Level.SHOULD,
        "The graph of an assistant is a list of nodes with ids, and of edges between them.",
        f"{ON_MAIN_SERVERS}; RemoteGraph draws it",
        _GRAPH,
        "assistant-graph.json",
    ),
    (
        "threads",
        Level.MUST,
        "A thread has its id, status, metadata and times.",
        f"{ON_MAIN_SERVERS}; clients that create a thread read its id from the response",
        _THREADS,
        "thread.json",
    ),
    (
        "thread-state",
        Level.SHOULD,
        "The state of a thread has its values and the next nodes.",
        f"{ON_MAIN_SERVERS}; useStream shows it",
        _STATE,
        "thread-state.json",
    ),
    (
        "runs",
        Level.MUST,
        "A run has its id, thread, assistant, status and times.",
        f"{ON_MAIN_SERVERS}; the SDKs join a run by its id and thread",
        _RUNS,
        "run.json",
    ),
)
"""Name, level, statement, source, routes and schema of each rule that checks a schema."""

RULES: tuple[AnyRule, ...] = (
    BodyRule(
        id="endpoints.json",
        level=Level.MUST,
        statement="Responses of the other endpoints with status 200 are JSON, with the content "
        "type `application/json`.",
        source=ON_MAIN_SERVERS,
        kinds=_OTHER_ENDPOINTS,
        judge=_json,
    ),
    *(
        BodyRule(
            id=f"endpoints.{name}",
            level=level,
            statement=statement,
            source=source,
            kinds=_OTHER_ENDPOINTS,
            judge=_fits(routes, schema),
        )
        for name, level, statement, source, routes, schema in _BY_SCHEMA
    ),
    BodyRule(
        id="endpoints.assistant-id",
        level=Level.SHOULD,
        statement="The id of an assistant that the server created for a graph is the version 5 "
        "UUID of the graph's name.",
        source=f"{ON_MAIN_SERVERS}; recordings and clients that store the id work with every "
        "deployment",
        kinds=_OTHER_ENDPOINTS,
        judge=_assistant_id,
    ),
    BodyRule(
        id="endpoints.run-location",
        level=Level.SHOULD,
        statement=(
            "The response to a request for a background run has the path of the run in "
            "Content-Location."
        ),
        source="observed on langgraph-api 0.16.7 and LangGraph.js 1.5.1; the SDKs pass the ids in "
        "it to `on_run_created`",
        dialects=frozenset({Dialect.PYTHON, Dialect.JAVASCRIPT}),
        kinds=_OTHER_ENDPOINTS,
        judge=_run_location,
    ),
    BodyRule(
        id="endpoints.pagination",
        level=Level.SHOULD,
        statement="The response to a search has the header x-pagination-total, which is at least "
        "the number of results.",
        source="observed on langgraph-api 0.16.7, where it is not the total: if there are further "
        "results, it is the number of results in the response plus one",
        dialects=frozenset({Dialect.PYTHON}),
        kinds=_OTHER_ENDPOINTS,
        judge=_pagination,
    ),
    BodyRule(
        id="endpoints.count",
        level=Level.SHOULD,
        statement="The response to a count is a bare integer.",
        source="observed on langgraph-api 0.16.7, and Aegra 0.11.0 for assistants",
        kinds=_OTHER_ENDPOINTS,
        judge=_count,
    ),
)
"""The rules that check a schema, then rules about headers and values."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from starlette.requests import ClientDisconnect
from starlette.requests import Request as Asked
from starlette.responses import Response as Answer
from starlette.routing import request_response
from starlette.types import ASGIApp

from graphtape_contracts import End, Exchange, Frame, Request, Response
from graphtape_contracts.openapi import VERSIONS, Version, document
from graphtape_mock.recordings.assistant_id import default_id
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.server.app import create_app
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.errors import ApiError, ServerCrash
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.responses import json_response
from graphtape_mock.server.routes import api_routes
from graphtape_mock.server.run_registry import RunRegistry
from graphtape_mock.server.thread_store import ThreadStore

Call = Callable[..., Exchange]

AGENT, OTHER = default_id("agent"), "11111111-1111-4111-8111-11111111111a"
DRAWING: dict[str, Any] = {"nodes": [], "edges": []}
NOT_FOUND = b'{"detail":"Not Found"}'
OK = b'{"ok":true,"services":{}}'
IMPLEMENTED = {
    f"{method.upper()} {path}" for path, found in document()["paths"].items() for method in found
} | {"GET /", "GET /docs", "GET /openapi.json"}


def recorded(method: str, path: str, request: bytes, answer: bytes) -> Exchange:
    return Exchange(Request(method, path, (), request), Response(200), (Frame(0.0, answer),))


async def crash(_: Asked) -> Answer:
    raise ServerCrash


async def too_deep(_: Asked) -> Answer:
    levels: list[Any] = []
    for _level in range(300):
        levels = [levels]
    return json_response(levels)


async def leave(_: Asked) -> Answer:
    raise ClientDisconnect


def make_app(registry: RunRegistry | None = None, body_limit: int = 1000) -> ASGIApp:
    drawing = orjson.dumps(DRAWING)
    exchanges = (
        recorded("POST", "/runs/wait", b'{"assistant_id":"agent"}', b"{}"),
        recorded("GET", f"/assistants/{AGENT}/graph", b"", drawing),
        recorded("GET", f"/assistants/{AGENT}/schemas", b"", b'{"graph_id":"agent"}'),
    )
    endpoints = {"/runs/stream": crash, "/runs/wait": too_deep, "/runs/batch": leave}
    return create_app(
        catalogue=AssistantCatalogue([Recording("one", exchanges)]),
        threads=ThreadStore(),
        run_registry=registry or RunRegistry(ThreadStore()),
        runs={path: request_response(run) for path, run in endpoints.items()},
        body_limit=body_limit,
    )


APP = make_app()


@pytest.fixture(name="ask")
def _ask(call: Call) -> Callable[..., tuple[int, Any]]:
    """Return `ask(method, path, body)`, which returns status and decoded body."""

    def ask(method: str, path: str, body: object = None, app: ASGIApp = APP) -> tuple[int, Any]:
        content = b"" if body is None else orjson.dumps(body)
        exchange = call(app, method, path, content)
        return exchange.response.status, orjson.loads(exchange.body or b"null")

    return ask


Ask = Callable[..., tuple[int, Any]]


@pytest.mark.parametrize("path", ["/", "/ok", "/ok?check_db=1"])
def test_the_server_is_up(call: Call, path: str) -> None:
    exchange = call(APP, "GET", path)

    assert (exchange.response.status, exchange.body) == (200, OK)
    assert exchange.response.headers == (
        ("content-length", "25"),
        ("content-type", "application/json"),
        ("vary", "Origin"),
    )


def test_a_bad_health_check_is_refused_with_the_text_of_the_server(ask: Ask) -> None:
    detail = "invalid literal for int() with base 10: 'x'"

    assert ask("GET", "/ok?check_db=x") == (400, {"detail": detail})


def test_info_and_the_openapi_document_are_served(ask: Ask) -> None:
    assert ask("GET", "/info")[1]["version"] == "0.16.7"
    assert ask("GET", "/openapi.json") == ask("GET", "/openapi.json?version=3.2")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_openapi_document_comes_in_two_versions(ask: Ask, version: Version) -> None:
    described = document(version, graphs=["agent"], requests={"one": {"assistant_id": "agent"}})

    assert ask("GET", f"/openapi.json?version={version}") == (200, described)


def test_an_unknown_version_of_openapi_is_refused(ask: Ask) -> None:
    detail = "Invalid version of OpenAPI: expected 3.2 or 3.1, got '2.0'"

    assert ask("GET", "/openapi.json?version=2.0") == (422, {"detail": detail})


def test_docs_are_a_page_that_loads_nothing(call: Call) -> None:
    exchange = call(APP, "GET", "/docs")

    assert exchange.response.header("content-type") == "text/html; charset=utf-8"
    assert b"openapi.json" in exchange.body
    assert b"http" not in exchange.body


def test_assistants_can_be_searched_counted_and_read(ask: Ask) -> None:
    status, found = ask("POST", "/assistants/search", {"config": {"tags": ["x"]}})

    assert (status, [each["assistant_id"] for each in found]) == (200, [AGENT])
    assert ask("POST", "/assistants/count", {"name": "x"}) == (200, 0)
    assert ask("GET", f"/assistants/{AGENT}") == (200, found[0])
    assert ask("GET", f"/assistants/{AGENT}/schemas") == (200, {"graph_id": "agent"})
    assert ask("GET", "/assistants/agent/graph?xray=false") == (200, DRAWING)


def test_a_page_of_assistants_has_its_headers_first(call: Call) -> None:
    names = [name for name, _ in call(APP, "POST", "/assistants/search", b"{}").response.headers]

    assert names == ["x-pagination-total", "content-length", "content-type", "vary"]


def test_an_assistant_can_be_created(ask: Ask) -> None:
    app = make_app()
    body = {"graph_id": "agent", "assistant_id": OTHER}

    assert ask("POST", "/assistants", body, app)[0] == 200
    assert ask("GET", f"/assistants/{OTHER}", None, app)[0] == 200
    assert ask("POST", "/assistants", body, app)[0] == 409


def test_a_thread_can_be_created_read_and_deleted(ask: Ask, call: Call) -> None:
    app = make_app()

    status, thread = ask("POST", "/threads", {"thread_id": OTHER}, app)
    assert (status, thread["thread_id"]) == (200, OTHER)
    assert ask("GET", f"/threads/{OTHER}", None, app) == (200, thread)

    deleted = call(app, "DELETE", f"/threads/{OTHER}")
    assert (deleted.response.status, deleted.body) == (204, b"")
    assert deleted.response.headers == (("vary", "Origin"),)
    assert ask("GET", f"/threads/{OTHER}", None, app)[0] == 404


@pytest.mark.parametrize(
    "body", [{"status": "all"}, {"thread_id": OTHER.upper(), "run_ids": [f"{{{AGENT}}}"]}]
)
def test_runs_in_progress_can_be_cancelled(
    ask: Ask,
    body: dict[str, Any],
    make_run: Callable[..., Exchange],
    serve_runs: Callable[..., Mock],
) -> None:
    mock = serve_runs(make_run([]))
    request = mock.parser.parse(b'{"assistant_id":"agent"}')
    response = mock.replay.respond(request, "/runs/stream")
    registry, ended = RunRegistry(ThreadStore()), list[str]()
    ids = [AGENT.encode(), OTHER.encode()]
    registry.start(response._replace(values=ids), lambda: ended.append("run"))
    app = make_app(registry)

    assert ask("POST", "/runs/cancel", body, app) == (204, None)
    assert ended == ["run"]
    assert ask("POST", "/runs/cancel", body, app) == (404, {"detail": "No runs found to cancel."})


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"thread_id": "x", "run_ids": []}, "Invalid thread ID: must be a UUID"),
        ({"thread_id": OTHER, "run_ids": ["x"]}, "Invalid run ID: must be a UUID"),
        ({"status": "all", "run_ids": [OTHER]}, "When providing a 'status', "),
        ({"status": "all", "thread_id": OTHER}, "When providing a 'status', "),
        ({}, "{} is not valid under exactly one schema"),
    ],
)
def test_cancelling_what_can_not_be_named_is_refused(
    ask: Ask, body: dict[str, Any], detail: str
) -> None:
    status, answer = ask("POST", "/runs/cancel", body)

    assert status == 422
    assert answer["detail"].startswith(detail)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/assistants/search", {"limit": 0}),
        ("/assistants/search", {"config": 3}),
        ("/assistants/count", []),
        ("/assistants", {}),
        ("/threads", None),
    ],
)
def test_a_bad_body_is_refused(ask: Ask, path: str, body: object) -> None:
    assert ask("POST", path, body)[0] == 422


def test_a_body_over_the_limit_is_refused(ask: Ask) -> None:
    detail = "Request body too large (limit: 1000 bytes)"

    assert ask("POST", "/threads", {"x": "y" * 1000}) == (413, {"detail": detail})


@pytest.mark.parametrize("route", [name for name in api_routes() if name not in IMPLEMENTED])
def test_a_route_that_is_not_implemented_says_so(ask: Ask, route: str) -> None:
    method, path = route.replace("{", "").replace("}", "").split()

    status, answer = ask(method, path)

    assert status == 501
    assert answer["detail"].startswith(f"Not implemented by graphtape: {route}. ")


def test_every_route_of_the_document_is_a_route_of_the_api() -> None:
    assert set(api_routes()) >= IMPLEMENTED


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nope"),
        ("POST", "/v1/runs/stream"),
        ("POST", "/RUNS/STREAM"),
        ("POST", "//runs"),
        ("GET", "/runs/x"),
        ("GET", "/runs/x/stream"),
        ("GET", "/runs/x/join"),
        ("DELETE", "/runs/x"),
        ("POST", "/ok"),
        ("POST", "/"),
        ("POST", "/info"),
        ("GET", "/ok/"),
        ("GET", "/info/"),
    ],
)
def test_what_does_not_exist_is_not_found(call: Call, method: str, path: str) -> None:
    exchange = call(APP, method, path)

    assert (exchange.response.status, exchange.body) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/runs/stream", "POST"),
        ("QUERY", "/runs", "POST"),
        ("PUT", "/threads/x", "GET, HEAD"),
        ("PUT", "/threads/x/runs", "POST"),
        ("GET", "/assistants", "POST"),
    ],
)
def test_a_wrong_method_is_answered_with_the_right_one(
    call: Call, method: str, path: str, allow: str
) -> None:
    exchange = call(APP, method, path)

    assert (exchange.response.status, exchange.body) == (405, b'{"detail":"Method Not Allowed"}')
    assert exchange.response.headers == (
        ("allow", allow),
        ("content-length", "31"),
        ("content-type", "application/json"),
        ("vary", "Origin"),
    )


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/runs/stream/", "http://server.test/runs/stream"),
        ("/runs/stream//", "http://server.test/runs/stream"),
        ("/assistants/search/?a=1&b=%20x", "http://server.test/assistants/search?a=1&b=%20x"),
        ("/threads/é/", "http://server.test/threads/%C3%A9"),
    ],
)
def test_a_slash_at_the_end_is_redirected(call: Call, path: str, location: str) -> None:
    exchange = call(APP, "POST", path)

    assert (exchange.response.status, exchange.body) == (307, b"")
    assert exchange.response.headers == (
        ("content-length", "0"),
        ("location", location),
        ("vary", "Origin"),
    )


def test_a_crash_is_plain_text_and_breaks_off(call: Call) -> None:
    exchange = call(APP, "POST", "/runs/stream", b"", (("origin", "https://app.example"),))

    assert (exchange.response.status, exchange.body) == (500, b"Internal Server Error")
    assert exchange.response.headers == (
        ("content-length", "21"),
        ("content-type", "text/plain; charset=utf-8"),
    )
    assert exchange.end is End.CUT


def test_json_too_deep_to_repeat_crashes_as_the_server_does(call: Call) -> None:
    assert call(APP, "POST", "/runs/wait").body == b"Internal Server Error"


def test_a_client_that_left_in_the_middle_breaks_nothing(call: Call) -> None:
    assert call(APP, "POST", "/runs/batch").body == b""


def test_other_origins_can_be_named(call: Call) -> None:
    app = create_app(
        catalogue=AssistantCatalogue(),
        threads=ThreadStore(),
        run_registry=RunRegistry(ThreadStore()),
        runs={},
        cors_origins=["https://app.example"],
    )

    response = call(app, "GET", "/ok", b"", (("origin", "https://app.example"),)).response

    assert response.header("access-control-allow-origin") == "https://app.example"


def test_an_error_reads_as_status_and_detail() -> None:
    assert str(ApiError(404, "Not Found")) == "404: Not Found"

from collections.abc import Callable

import pytest
from starlette.types import Message, Receive, Scope, Send

from graphtape_contracts import Exchange
from graphtape_mock.server.cors import Cors
from graphtape_mock.server.errors import ServerCrash
from graphtape_mock.server.responses import json_response

Call = Callable[..., Exchange]

ORIGIN = ("origin", "https://app.example")
POST = ("access-control-request-method", "POST")
EXPOSED = (
    "access-control-expose-headers",
    "x-pagination-total, x-pagination-next, content-location",
)
CONTENT = (("content-length", "2"), ("content-type", "application/json"))
VARY = ("vary", "Origin")
PRIVATE = ("access-control-allow-private-network", "true")
PREFLIGHT = (
    "vary",
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, "
    "Access-Control-Request-Private-Network",
)
METHODS = (
    "access-control-allow-methods",
    "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY",
)
AGE = ("access-control-max-age", "600")
CREDENTIALS = ("access-control-allow-credentials", "true")
ANY = ("access-control-allow-origin", "*")
THIS = ("access-control-allow-origin", "https://app.example")


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    await json_response({})(scope, receive, send)


async def crashing(scope: Scope, receive: Receive, send: Send) -> None:
    await ServerCrash().response()(scope, receive, send)


def text(content: str) -> tuple[tuple[str, str], ...]:
    return (("content-length", str(len(content))), ("content-type", "text/plain; charset=utf-8"))


def test_a_request_without_an_origin_reaches_the_application_untouched() -> None:
    seen: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(send)

    async def send(message: Message) -> None: ...

    async def receive() -> Message: ...  # type: ignore[empty-body]  # Never called.

    coroutine = Cors(app)({"type": "http", "method": "GET", "headers": []}, receive, send)
    with pytest.raises(StopIteration):
        coroutine.send(None)

    assert seen == [send]


def test_other_traffic_than_http_passes(call: Call) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Cors(answering)({**scope, "type": "lifespan"}, receive, send)

    assert call(app, "GET", "/", b"", (ORIGIN,)).response.headers == (*CONTENT, VARY)


def test_any_origin_may_read_an_answer(call: Call) -> None:
    response = call(Cors(answering), "POST", "/", b"", (ORIGIN,)).response

    assert response.headers == (*CONTENT, ANY, EXPOSED, VARY)


def test_options_allow_the_private_network(call: Call) -> None:
    bare = call(Cors(answering), "OPTIONS", "/")
    with_origin = call(Cors(answering), "OPTIONS", "/", b"", (ORIGIN,))
    no_origin = call(Cors(answering), "OPTIONS", "/", b"", (POST,))

    assert bare.response.headers == (*CONTENT, VARY, PRIVATE)
    assert with_origin.response.headers == (*CONTENT, ANY, EXPOSED, VARY, PRIVATE)
    assert no_origin.response.headers == bare.response.headers


def test_a_crash_is_answered_without_any_of_it(call: Call) -> None:
    exchange = call(Cors(crashing), "POST", "/", b"", (ORIGIN,))

    assert exchange.response.headers == text("Internal Server Error")


def test_only_a_named_origin_may_read_an_answer_if_origins_are_named(call: Call) -> None:
    app = Cors(answering, ["https://app.example"])

    named = call(app, "GET", "/", b"", (ORIGIN,))
    other = call(app, "GET", "/", b"", (("origin", "https://evil.example"),))

    assert named.response.headers == (*CONTENT, CREDENTIALS, EXPOSED, THIS, VARY)
    assert other.response.headers == (*CONTENT, CREDENTIALS, EXPOSED, VARY)


def preflight(call: Call, app: Cors, *headers: tuple[str, str]) -> Exchange:
    return call(app, "OPTIONS", "/nowhere", b"", (ORIGIN, *headers))


def test_a_preflight_is_answered_for_any_path(call: Call) -> None:
    asked = ("access-control-request-headers", "content-type,x-api-key")

    exchange = preflight(call, Cors(answering), POST, asked)

    assert (exchange.response.status, exchange.body) == (200, b"OK")
    assert exchange.response.headers == (
        PREFLIGHT,
        ANY,
        METHODS,
        AGE,
        ("access-control-allow-headers", "content-type,x-api-key"),
        *text("OK"),
        PRIVATE,
    )


def test_a_preflight_for_a_named_origin_allows_that_origin(call: Call) -> None:
    exchange = preflight(call, Cors(answering, ["https://app.example"]), POST)

    assert exchange.response.headers == (
        PREFLIGHT,
        METHODS,
        AGE,
        CREDENTIALS,
        THIS,
        *text("OK"),
        PRIVATE,
    )


@pytest.mark.parametrize(
    ("origins", "headers", "failures"),
    [
        (["*"], [("access-control-request-method", "FOO")], "method"),
        (["*"], [POST, ("access-control-request-private-network", "true")], "private-network"),
        (["https://other.example"], [POST], "origin"),
        (["https://other.example"], [("access-control-request-method", "")], "origin, method"),
    ],
)
def test_a_preflight_for_what_is_not_allowed_is_refused(
    call: Call, origins: list[str], headers: list[tuple[str, str]], failures: str
) -> None:
    exchange = preflight(call, Cors(answering, origins), *headers)

    assert exchange.response.status == 400
    assert exchange.body.decode() == f"Disallowed CORS {failures}"


def test_an_answer_in_pieces_gets_the_headers_once(call: Call) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"vary", b"Origin")]}
        )
        await send({"type": "http.response.body", "body": b"1", "more_body": True})
        await send({"type": "http.response.body", "body": b"2"})

    exchange = call(Cors(app), "GET", "/", b"", (ORIGIN,))

    assert exchange.response.headers == (ANY, EXPOSED, VARY)
    assert exchange.body == b"12"

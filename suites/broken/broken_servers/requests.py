"""Servers that reject or fail on unusual, large or odd requests."""

from editing import with_body, with_header, with_output
from starlette.types import ASGIApp, Receive, Scope, Send

from broken_servers.changes import asked, is_run, modes_asked, runs, waits, when
from broken_servers.failures import text_answer
from broken_servers.response_change import ResponseChange
from broken_servers.server import MOST, AppChange, BrokenServer
from graphtape_contracts import Exchange
from graphtape_mock.server.connection import Connection

FAILS = text_answer(500, "Internal Server Error")
TAKEN = text_answer(413, "Payload Too Large")
REFUSED = text_answer(406, "Not Acceptable")
_LARGE = 100_000


def _found_by_property(
    requirement: str, wrong: str, change: AppChange, runs: tuple[str, ...] = MOST
) -> BrokenServer:
    """Return a server that only a property detects; it is tried in the profile `standard`."""
    options = ("--hypothesis-seed=0", "-k", requirement)
    return BrokenServer(
        requirement, wrong, change, runs, profile="standard", options=options, live=True
    )


def _odd(exchange: Exchange) -> bool:
    return b"\xe2\x80\xa8" in exchange.request.body


def _large(exchange: Exchange) -> bool:
    return len(exchange.request.body) > _LARGE


def _with_mode_list(exchange: Exchange) -> bool:
    return bool(modes_asked(exchange))


def _another_input(exchange: Exchange) -> bool:
    return is_run(exchange) and b"Bagatur" not in exchange.request.body


def _accepts(exchange: Exchange) -> str:
    return dict(exchange.request.headers).get("accept", "")


def _type(exchange: Exchange) -> str:
    return dict(exchange.request.headers).get("content-type", "")


def silent(app: ASGIApp) -> ASGIApp:
    """Reset the connection of a large request before responding."""

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        if int(dict(scope["headers"]).get(b"content-length", b"0")) > _LARGE:
            await Connection(scope, receive, send).reset(on_headers=False)
        else:
            await app(scope, receive, send)

    return respond


SERVERS = [
    BrokenServer(
        "limits.accepted", "texts with U+2028 are refused", ResponseChange(when(_odd, FAILS))
    ),
    BrokenServer(
        "limits.accepted", "requests of a megabyte are refused", ResponseChange(when(_large, TAKEN))
    ),
    _found_by_property(
        "limits.any-json",
        "metadata crashes the server",
        ResponseChange(when(lambda e: len(asked(e).get("metadata") or ()) > 1, FAILS)),
    ),
    _found_by_property(
        "limits.any-input",
        "any other input crashes the server",
        ResponseChange(when(_another_input, FAILS)),
        ("agent",),
    ),
    _found_by_property(
        "stream.any-request",
        "a list of modes makes streams fail",
        ResponseChange(
            when(lambda e: e.request.path == "/runs/stream" and _with_mode_list(e), FAILS)
        ),
    ),
    _found_by_property(
        "wait.any-request",
        "a list of modes makes waits fail",
        ResponseChange(
            when(lambda e: e.request.path == "/runs/wait" and _with_mode_list(e), FAILS)
        ),
    ),
    _found_by_property(
        "consistency.any-request",
        "an output always differs from the stream",
        ResponseChange(waits(with_output(lambda _: {"messages": []}))),
    ),
    _found_by_property(
        "concurrency.any-order",
        "a wrong request crashes the server",
        ResponseChange(when(lambda e: e.request.body == b"{}" and e.response.status == 422, FAILS)),
    ),
    BrokenServer(
        "stream.lenient",
        "clients that accept only JSON are refused",
        ResponseChange(when(lambda e: _accepts(e).startswith("application/json"), REFUSED)),
        profile="standard",
        options=("-k", "stream.lenient"),
    ),
    BrokenServer(
        "stream.lenient",
        "plain text requests are refused",
        ResponseChange(when(lambda e: _type(e) == "text/plain", text_answer(415, "unsupported"))),
        profile="standard",
        options=("-k", "stream.lenient"),
    ),
    BrokenServer(
        "scenarios.limits.large",
        "requests of a megabyte get no response",
        silent,
    ),
    BrokenServer(
        "clients.stream",
        "Location is an absolute URL",
        ResponseChange(runs(with_header("location", "http://127.0.0.1:2024/runs/stream"))),
    ),
    BrokenServer(
        "clients.wait",
        "outputs are not JSON",
        ResponseChange(waits(with_body(b"{'messages': []}"))),
    ),
    _found_by_property(
        "fuzz.allowed",
        "runs that the document allows get 418",
        ResponseChange(when(is_run, text_answer(418, "I'm a teapot"))),
    ),
    _found_by_property(
        "fuzz.forbidden",
        "runs that the document forbids get 418",
        ResponseChange(when(lambda e: e.response.status == 422, text_answer(418, "I'm a teapot"))),
    ),
]

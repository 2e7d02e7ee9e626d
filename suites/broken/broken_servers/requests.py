"""Servers that take less than others: odd, large or unusual requests make them fail."""

from starlette.types import ASGIApp, Receive, Scope, Send

from broken_servers.answering import answering
from broken_servers.changes import (
    asked,
    body,
    header,
    is_run,
    modes_asked,
    runs,
    value,
    waits,
    when,
)
from broken_servers.failures import text_answer
from broken_servers.server import MOST, Breaking, BrokenServer
from graphtape_contracts import Exchange
from graphtape_mock.server.connection import Connection

FAILS = text_answer(500, "Internal Server Error")
TAKEN = text_answer(413, "Payload Too Large")
REFUSED = text_answer(406, "Not Acceptable")
_LARGE = 100_000


def _explored(
    promise: str, wrong: str, breaking: Breaking, runs: tuple[str, ...] = MOST
) -> BrokenServer:
    """Return a server that only some requests find out: it is tried with more of them."""
    options = ("--hypothesis-seed=0", "-k", promise)
    return BrokenServer(
        promise, wrong, breaking, runs, profile="standard", options=options, live=True
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
    """Hang up where a request is large, before anything is answered."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if int(dict(scope["headers"]).get(b"content-length", b"0")) > _LARGE:
            await Connection(scope, receive, send).reset(on_headers=False)
        else:
            await app(scope, receive, send)

    return answer


SERVERS = [
    BrokenServer("limits.accepted", "texts with U+2028 are refused", answering(when(_odd, FAILS))),
    BrokenServer(
        "limits.accepted", "requests of a megabyte are refused", answering(when(_large, TAKEN))
    ),
    _explored(
        "limits.any-json",
        "metadata makes the server fail",
        answering(when(lambda e: len(asked(e).get("metadata") or ()) > 1, FAILS)),
    ),
    _explored(
        "limits.any-input",
        "any other input makes the server fail",
        answering(when(_another_input, FAILS)),
        ("agent",),
    ),
    _explored(
        "stream.any-request",
        "a list of modes makes streams fail",
        answering(when(lambda e: e.request.path == "/runs/stream" and _with_mode_list(e), FAILS)),
    ),
    _explored(
        "wait.any-request",
        "a list of modes makes waits fail",
        answering(when(lambda e: e.request.path == "/runs/wait" and _with_mode_list(e), FAILS)),
    ),
    _explored(
        "consistency.any-request",
        "an output is never that of the stream",
        answering(waits(value(lambda _: {"messages": []}))),
    ),
    _explored(
        "concurrency.any-order",
        "a wrong request makes the server fail",
        answering(when(lambda e: e.request.body == b"{}" and e.response.status == 422, FAILS)),
    ),
    BrokenServer(
        "stream.lenient",
        "who accepts JSON alone is refused",
        answering(when(lambda e: _accepts(e).startswith("application/json"), REFUSED)),
        profile="standard",
        options=("-k", "stream.lenient"),
    ),
    BrokenServer(
        "stream.lenient",
        "a request that is plain text is refused",
        answering(when(lambda e: _type(e) == "text/plain", text_answer(415, "unsupported"))),
        profile="standard",
        options=("-k", "stream.lenient"),
    ),
    BrokenServer(
        "scenarios.limits.large",
        "nothing is answered to requests of a megabyte",
        silent,
    ),
    BrokenServer(
        "clients.stream",
        "Location is a whole URL",
        answering(runs(header("location", "http://127.0.0.1:2024/runs/stream"))),
    ),
    BrokenServer(
        "clients.wait",
        "outputs are no JSON",
        answering(waits(body(b"{'messages': []}"))),
    ),
    _explored(
        "fuzz.allowed",
        "runs that the document allows are answered with 418",
        answering(when(is_run, text_answer(418, "I'm a teapot"))),
    ),
    _explored(
        "fuzz.forbidden",
        "runs that the document forbids are answered with 418",
        answering(when(lambda e: e.response.status == 422, text_answer(418, "I'm a teapot"))),
    ),
]

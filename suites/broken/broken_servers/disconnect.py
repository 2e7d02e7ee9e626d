"""Servers that fail after a client disconnects, or that break connections."""

from editing import Change
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broken_servers.changes import cut, streams, waits
from broken_servers.failures import text_answer
from broken_servers.response_change import ResponseChange, send_exchange
from broken_servers.server import AppChange, BrokenServer
from graphtape_contracts import Exchange, Request, Response


def harmed(then: Change) -> AppChange:
    """Return a change that breaks the next run after a client has disconnected.

    The response to that run is the result of *then* for an empty response with status 200.
    """

    def change_app(app: ASGIApp) -> ASGIApp:
        left: list[str] = []

        async def respond(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope["path"]
            if left and path in ("/runs/stream", "/runs/wait"):
                left.clear()
                nothing = Exchange(Request(scope["method"], path), Response(200), ())
                await send_exchange(then(nothing), send)
                return

            async def watch() -> Message:
                message = await receive()
                if message["type"] == "http.disconnect":
                    left.append(path)
                return message

            await app(scope, watch, send)

        return respond

    return change_app


def _half_a_stream(exchange: Exchange) -> Exchange:
    head = Response(200, (("content-type", "text/event-stream"),))
    return cut(1)(Exchange(exchange.request, head, ()))


SERVERS = [
    BrokenServer(
        "disconnect.next-run-unharmed",
        "the run after a disconnect fails",
        harmed(text_answer(500, "the worker is gone")),
        ("slow",),
        20.0,
        options=("-k", "disconnect"),
    ),
    BrokenServer(
        "disconnect.next-run-unharmed",
        "the run after a disconnect is cut off",
        harmed(_half_a_stream),
        ("slow",),
        20.0,
        options=("-k", "disconnect"),
    ),
    BrokenServer(
        "stream.complete",
        "streams are cut off in the middle",
        ResponseChange(streams(cut(0.5))),
        live=True,
    ),
    BrokenServer(
        "stream.complete",
        "the chunk that ends a stream is missing",
        ResponseChange(streams(cut(1))),
        live=True,
    ),
    BrokenServer(
        "wait.complete",
        "outputs are cut off in the middle",
        ResponseChange(waits(cut(0.5))),
        live=True,
    ),
]

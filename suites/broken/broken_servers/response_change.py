"""Collects a whole response of the mock, changes it, and then sends it."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace

from editing import Change
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphtape_contracts import End, Exchange, Frame, Headers, Request, Response, sse


@dataclass(frozen=True, slots=True)
class ResponseChange:
    """Changes each response of an application as a whole, independently of other responses.

    The change can also be applied to recorded responses. A result with `End.CUT` is sent and then
    cut off.
    """

    change: Change

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """Return an application that changes the responses of *app*."""

        async def respond(scope: Scope, receive: Receive, send: Send) -> None:
            request = await read_request(scope, receive)
            exchange = await exchange_with(app, scope, receive, request)
            await send_exchange(self.change(exchange), send)

        return respond


async def read_request(scope: Scope, receive: Receive) -> Request:
    """Receive the whole body of a request; return the request."""
    body = b""
    async for piece in _pieces(receive):
        body += piece
    query = scope["query_string"].decode()
    path = scope["raw_path"].decode() + (f"?{query}" if query else "")
    return Request(scope["method"], path, _fields(scope["headers"]), body)


async def exchange_with(app: ASGIApp, scope: Scope, receive: Receive, request: Request) -> Exchange:
    """Let *app* respond to *request*, whose body was already received; return the exchange."""
    sent: list[Message] = []
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": request.body}

    async def keep(message: Message) -> None:
        sent.append(message)

    length = str(len(request.body)).encode()
    headers = [(n, length if n == b"content-length" else v) for n, v in scope["headers"]]
    await app({**scope, "headers": headers}, again, keep)
    head, *rest = sent
    response = Response(head["status"], _fields(head["headers"]))
    body = b"".join(message.get("body", b"") for message in rest)
    stream = response.is_event_stream
    frames = sse.decode(body) if stream else [Frame(0.0, body)] if body else []
    return Exchange(request, response, tuple(frames))


async def send_exchange(exchange: Exchange, send: Send) -> None:
    """Send the response of *exchange*."""
    await send_head(exchange.response, exchange.body, send)
    whole = exchange.end is End.COMPLETE
    with suppress(RuntimeError):  # Raised by uvicorn if Content-Length is wrong.
        await send({"type": "http.response.body", "body": exchange.body, "more_body": not whole})


async def send_head(response: Response, body: bytes, send: Send) -> None:
    """Send the head of a response whose body will be *body*."""
    head = head_before(response, body)
    headers = [(name.encode(), value.encode("latin-1")) for name, value in head.headers]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})


def head_before(response: Response, body: bytes) -> Response:
    """Return the head of *response* for *body*: its Content-Length, if any, is corrected."""
    length = str(len(body))
    headers = ((n, length if n == "content-length" else v) for n, v in response.headers)
    return replace(response, headers=tuple(headers))


def _fields(headers: list[tuple[bytes, bytes]]) -> Headers:
    return tuple((name.decode().lower(), value.decode("latin-1")) for name, value in headers)


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        yield message.get("body", b"")
        more = message.get("more_body", False)

"""Calls the mock as an application, without a socket."""

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Scope

Field = tuple[bytes, bytes]


async def send_to(
    app: ASGIApp,
    sent: list[Message],
    method: str,
    path: str,
    body: bytes,
    fields: Sequence[Field] = (),
) -> None:
    """Send one request to *app*, and append its messages to *sent* as they come."""
    target, _, query = path.partition("?")
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": target,
        "raw_path": target.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"server.test"), *fields],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)


async def call(
    app: ASGIApp, method: str, path: str, body: bytes, fields: Sequence[Field] = ()
) -> tuple[int, list[bytes], bytes]:
    """Send one request; return the status, all names and values of the headers, and the body."""
    sent: list[Message] = []
    await send_to(app, sent, method, path, body, fields)
    pairs: list[Field] = sent[0]["headers"]
    got = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], [part for pair in pairs for part in pair], got

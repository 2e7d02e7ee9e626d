"""Responses that come too late, or all at once instead of piece by piece."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broken_servers.changes import nth
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer
from graphtape_contracts import sse

HEARTBEAT = sse.encode_comment()
_SILENCE = 16.5
"""The length of a pause, in seconds; langgraph-api sends a heartbeat every 5 s."""


def held_back(app: ASGIApp) -> ASGIApp:
    """Send the headers at once, but the body only when it is complete, like a buffering proxy."""

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        body: list[bytes] = []

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                return
            body.append(message.get("body", b""))
            if not message.get("more_body"):
                await send({"type": "http.response.body", "body": b"".join(body)})

        await app(scope, receive, hold)

    return respond


def head_late(app: ASGIApp) -> ASGIApp:
    """Send the headers of each response only with the first bytes of its body."""

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        held: list[Message] = []

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                held.append(message)
                return
            while held:
                await send(held.pop())
            await send(message)

        await app(scope, receive, hold)

    return respond


def silent_once(app: ASGIApp) -> ASGIApp:
    """Pause the first stream for `_SILENCE` after its first event."""
    stalled = False

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        async def stall(message: Message) -> None:
            nonlocal stalled
            body = message.get("body", b"")
            if scope["path"] == "/runs/stream" and body and not stalled:
                stalled = True
                first, blank, rest = body.partition(b"\r\n\r\n")
                await send({**message, "body": first + blank, "more_body": True})
                await asyncio.sleep(_SILENCE)
                message = {**message, "body": rest}
            await send(message)

        await app(scope, receive, stall)

    return respond


SERVERS = [
    BrokenServer(
        "stream.not-buffered",
        "streams are buffered until the run ends",
        held_back,
        ("tools", "slow"),
        speed=20,
    ),
    BrokenServer(
        "stream.head-first",
        "the head of a stream comes with its first event",
        head_late,
        speed=2,
        options=("-k", "stream.head-first"),
    ),
    BrokenServer(
        "wait.head-first",
        "the head of an output comes at the end of the run",
        head_late,
        speed=2,
        options=("-k", "wait.head-first"),
    ),
    BrokenServer(
        "heartbeats.silence",
        "nothing is sent for more than 15 seconds",
        silent_once,
        options=("-k", "heartbeats.silence"),
    ),
    BrokenServer(
        "heartbeats.early",
        "the first heartbeat comes immediately",
        ResponseChange(nth("metadata", 0, lambda frame: [frame, HEARTBEAT])),
        live=True,
    ),
    BrokenServer(
        "heartbeats.apart",
        "heartbeats are inside events",
        ResponseChange(nth("metadata", 0, lambda f: [f.raw.removesuffix(b"\r\n") + HEARTBEAT])),
    ),
]

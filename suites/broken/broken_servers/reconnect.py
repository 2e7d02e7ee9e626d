"""Servers whose streams resume at the wrong place."""

import asyncio
import re
from collections.abc import Callable, Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broken_servers.changes import Frames, Parts, asked, frames, is_run, when
from broken_servers.response_change import (
    ResponseChange,
    exchange_with,
    read_request,
    send_exchange,
)
from broken_servers.server import AppChange, BrokenServer
from graphtape_contracts import Exchange, Frame, Request, Response, sse

_JOIN = re.compile(r"/threads/[^/]+/runs/([^/]+)/stream")
_HEAD = Response(
    200,
    (
        ("content-type", "text/event-stream; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
    ),
)
_JSON = Response(200, (("content-type", "application/json"),))
Rest = Callable[[list[Frame], int], Iterable[Frame]]
"""A function that returns the events of a resumed stream, given all events and a number.

The number counts the events that the client has already received.
"""


def resumable(rest: Rest) -> AppChange:
    """Return a change that lets clients resume streams, which the mock does not support.

    *rest* selects the events of a resumed stream.
    """

    def change_app(app: ASGIApp) -> ASGIApp:
        kept: dict[str, list[Frame]] = {}

        async def respond(scope: Scope, receive: Receive, send: Send) -> None:
            request = await read_request(scope, receive)
            match = _JOIN.fullmatch(request.path)
            if match is None or match[1] not in kept:
                exchange = await exchange_with(app, scope, receive, request)
                if is_run(exchange) and asked(exchange).get("stream_resumable"):
                    located = exchange.response.header("content-location") or ""
                    kept[located.rpartition("/")[2]] = [*exchange.frames]
            else:
                all_ = kept[match[1]]
                last = dict(request.headers).get("last-event-id")
                seen = [n for n, frame in enumerate(all_, 1) if frame.id == last]
                shown = rest(all_, seen[-1] if seen else 0)
                exchange = Exchange(request, _HEAD, tuple(shown))
            await send_exchange(exchange, send)

        return respond

    return change_app


def joinable(output: bytes | None) -> AppChange:
    """Return a change that lets clients join waits, which the mock does not support.

    A client that joins gets *output*, or the output of the run if *output* is None.
    """

    def change_app(app: ASGIApp) -> ASGIApp:
        outputs: dict[str, asyncio.Future[bytes]] = {}

        async def respond(scope: Scope, receive: Receive, send: Send) -> None:
            located = scope["path"].removesuffix("/join")
            if located in outputs and scope["path"] != located:
                whole = await outputs[located]
                request = Request(scope["method"], scope["path"])
                body = Frame(0.0, whole if output is None else output)
                await send_exchange(Exchange(request, _JSON, (body,)), send)
                return
            seen: list[bytes] = []
            awaited: list[asyncio.Future[bytes]] = []

            async def listen(message: Message) -> None:
                if message["type"] == "http.response.start":
                    path = dict(message["headers"]).get(b"content-location", b"").decode()
                    awaited.append(outputs.setdefault(path, asyncio.Future()))
                else:
                    seen.append(message.get("body", b""))
                    if not message.get("more_body") and not awaited[0].done():
                        awaited[0].set_result(b"".join(seen).strip())
                await send(message)

            await app(scope, receive, listen)

        return respond

    return change_app


def events_after(all_: list[Frame], seen: int) -> list[Frame]:
    """Return the events after the first *seen* events, as a correct server sends them."""
    return all_[seen:]


def _asked_for_ids(exchange: Exchange) -> bool:
    return bool(asked(exchange).get("stream_resumable"))


def _numbered(all_: Frames) -> Parts:
    for number, frame in enumerate(all_):
        yield sse.encode_event(frame.event or "", frame.data or "", str(number))


def _without_id(frame: Frame) -> bytes:
    return sse.encode_event(frame.event or "", frame.data or "")


def _counted_down(all_: Frames) -> Parts:
    for number, frame in enumerate(all_):
        yield sse.encode_event(frame.event or "", frame.data or "", f"{2_000_000 - number}-0")


SERVERS = [
    BrokenServer(
        "reconnect.resumed",
        "a resumed stream shows the last event again",
        resumable(lambda all_, seen: all_[max(0, seen - 1) :]),
    ),
    BrokenServer(
        "reconnect.resumed",
        "a resumed stream begins at its start",
        resumable(lambda all_, seen: all_),
    ),
    BrokenServer(
        "reconnect.resumed",
        "a resumed stream is in another order",
        resumable(lambda all_, seen: reversed(all_[seen:])),
    ),
    BrokenServer(
        "reconnect.complete",
        "a resumed stream leaves an event out",
        resumable(lambda all_, seen: all_[seen + 1 :]),
    ),
    BrokenServer(
        "reconnect.output",
        "a client that joins a run gets another output",
        joinable(b'{"messages":[]}'),
        speed=20.0,
        profile="standard",
        options=("-k", "reconnect.output"),
    ),
    BrokenServer(
        "reconnect.ids-unasked",
        "events have ids without being requested",
        ResponseChange(when(lambda e: not _asked_for_ids(e), frames(_numbered))),
    ),
    BrokenServer(
        "reconnect.ids-present",
        "events lack the requested ids",
        ResponseChange(when(_asked_for_ids, frames(lambda all_: map(_without_id, all_)))),
    ),
    BrokenServer(
        "reconnect.ids-throughout",
        "the last event has no id",
        ResponseChange(
            when(_asked_for_ids, frames(lambda all_: [*all_[:-1], _without_id(all_[-1])]))
        ),
    ),
    BrokenServer(
        "reconnect.ids-ordered",
        "ids are counted down",
        ResponseChange(when(_asked_for_ids, frames(_counted_down))),
        live=True,  # Clients resume from these ids.
    ),
]

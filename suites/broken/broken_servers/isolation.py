"""Servers that leak data of one run into another."""

import re
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from editing import with_body, with_output
from starlette.types import ASGIApp, Receive, Scope, Send

from broken_servers.changes import asked, data, each, is_run, streams, waits
from broken_servers.response_change import (
    ResponseChange,
    exchange_with,
    read_request,
    send_exchange,
)
from broken_servers.server import AppChange, BrokenServer
from graphtape_contracts import Exchange
from graphtape_contracts.json_value import is_object
from graphtape_contracts.parsing.event import parse
from graphtape_mock.recordings.try_json import object_in

INTERRUPT = ("interrupt",)
INTERRUPT_ID = re.compile(rb'"id":"[0-9a-f]{32}"')


def remembering(change: Callable[[Exchange, Exchange], Exchange], *, first: bool) -> AppChange:
    """Return a change that calls *change* with each run and an earlier run at the same path.

    The earlier run is the *first* one, or otherwise the previous one.
    """

    def change_app(app: ASGIApp) -> ASGIApp:
        kept: dict[str, Exchange] = {}

        def apply(exchange: Exchange) -> Exchange:
            if not is_run(exchange):
                return exchange
            path = exchange.request.path
            before = kept.get(path)
            if before is None or not first:
                kept[path] = exchange
            return exchange if before is None else change(exchange, before)

        return ResponseChange(apply)(app)

    return change_app


def _metadata_of(before: Exchange) -> Any:
    return asked(before).get("metadata") or {}


def _metadata_kept(exchange: Exchange, before: Exchange) -> Exchange:
    """Add the metadata of an earlier run to the metadata of the messages of this run."""
    old = {f"old-{key}": value for key, value in _metadata_of(before).items()}
    return each("messages", data(lambda pair: [pair[0], {**pair[1], **old}]))(exchange)


def _metadata_put_out(exchange: Exchange, before: Exchange) -> Exchange:
    old = {"before": _metadata_of(before)}
    return waits(with_output(lambda output: old | output if is_object(output) else output))(
        exchange
    )


def _answered_from_cache(app: ASGIApp) -> ASGIApp:
    """Respond with the same bytes to requests that differ only in their metadata."""
    cache: dict[str, Exchange] = {}

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        request = await read_request(scope, receive)
        without = {k: v for k, v in object_in(request.body).items() if k != "metadata"}
        key = f"{request.method} {request.path} {without}"
        if key not in cache or not is_run(cache[key]):
            cache[key] = await exchange_with(app, scope, receive, request)
        await send_exchange(cache[key], send)

    return respond


def _last_messages(exchange: Exchange) -> list[Any]:
    shown = [parse(f.data) for f in exchange.frames if f.event == "values"]
    return shown[-1].get("messages", [])[1:] if shown else []


def _conversation_kept(exchange: Exchange, before: Exchange) -> Exchange:
    """Put the messages that an earlier run ended with before the messages of this run."""
    old = _last_messages(before)
    return each("values", data(lambda v: v | {"messages": [*old, *v["messages"]]}))(exchange)


def _same_run(exchange: Exchange, before: Exchange) -> Exchange:
    return _renamed(exchange, _run(exchange), _run(before))


def _same_thread(exchange: Exchange, before: Exchange) -> Exchange:
    return _renamed(exchange, _thread(exchange), _thread(before))


def _run(exchange: Exchange) -> str:
    return (exchange.response.header("content-location") or "").rpartition("/")[2]


def _thread(exchange: Exchange) -> str:
    return (exchange.response.header("content-location") or "").split("/")[2]


def _renamed(exchange: Exchange, new: str, old: str) -> Exchange:
    """Replace the id *new* with the id *old* everywhere in the response."""
    headers = tuple((name, text.replace(new, old)) for name, text in exchange.response.headers)
    head = type(exchange.response)(exchange.response.status, headers)
    renamed = with_body(lambda raw: raw.replace(new.encode(), old.encode()))(exchange)
    return Exchange(exchange.request, head, renamed.frames)


def _of_one_id(exchange: Exchange) -> Exchange:
    """Give each task an id derived from its name, so that it is the same in all runs."""
    for frame in exchange.frames:
        task = parse(frame.data) if frame.event == "tasks" else None
        if is_object(task):
            exchange = _renamed(exchange, task["id"], str(uuid5(NAMESPACE_URL, task["name"])))
    return exchange


SERVERS = [
    BrokenServer(
        "isolation.nothing-remembered",
        "the metadata of a run comes with the messages of another run",
        remembering(_metadata_kept, first=False),
    ),
    BrokenServer(
        "isolation.nothing-remembered",
        "the metadata of a run is in the output of another run",
        remembering(_metadata_put_out, first=False),
    ),
    BrokenServer("isolation.run-ids", "responses come from a cache", _answered_from_cache),
    BrokenServer("isolation.run-ids", "all runs have one id", remembering(_same_run, first=True)),
    BrokenServer(
        "isolation.thread-ids",
        "all waits have one thread",
        remembering(lambda one, old: waits(lambda e: _same_thread(e, old))(one), first=True),
    ),
    BrokenServer(
        "isolation.message-ids",
        "a run begins with the messages of an earlier one",
        remembering(_conversation_kept, first=True),
    ),
    BrokenServer(
        "isolation.task-ids",
        "tasks of a node always have the same id",
        ResponseChange(streams(_of_one_id)),
    ),
    BrokenServer(
        "isolation.interrupt-ids",
        "interrupts always have the same id",
        ResponseChange(with_body(lambda raw: INTERRUPT_ID.sub(b'"id":"' + b"0" * 32 + b'"', raw))),
        INTERRUPT,
    ),
]

"""Edits that change one thing in a response, for tests of whether it is reported as drift."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import orjson

from graphtape_contracts import Exchange, Frame, Response, sse
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_mock.recordings.file import read
from graphtape_mock.server.mock import bundled_recordings

Events = list[tuple[str, Any]]
Edit = Callable[[Exchange], Exchange]


def recorded(name: str) -> Exchange:
    """Return the run in the bundled recording *name*."""
    return read(bundled_recordings() / f"{name}.jsonl").runs[0]


def around(name: str, path: str) -> Exchange:
    """Return the exchange in the bundled recording *name* whose path ends with *path*."""
    exchanges = read(bundled_recordings() / f"{name}.jsonl").exchanges
    return next(exchange for exchange in exchanges if exchange.request.path.endswith(path))


def events_of(exchange: Exchange) -> Events:
    """Return the names and the data of the events of a stream."""
    return [(frame.event or "", orjson.loads(frame.data or "")) for frame in exchange.frames]


def with_events(exchange: Exchange, events: Iterable[tuple[str, Any]]) -> Exchange:
    """Return *exchange* with its events replaced by *events*."""
    blocks = (sse.encode_event(name, orjson.dumps(data).decode()) for name, data in events)
    return replace(exchange, frames=tuple(sse.frame(raw, 0.1) for raw in blocks))


def with_body(exchange: Exchange, value: Any) -> Exchange:
    """Return *exchange* with a JSON body."""
    return replace(exchange, frames=(Frame(0.1, orjson.dumps(value)),))


def body_of(exchange: Exchange) -> Any:
    """Return the JSON in the body of *exchange*."""
    return orjson.loads(exchange.body)


def events(edit: Callable[[Events], Iterable[tuple[str, Any]]]) -> Edit:
    """Return an edit of an exchange that applies to its list of events."""
    return lambda exchange: with_events(exchange, edit(events_of(exchange)))


def data(name: str, edit: Callable[[Any], Any]) -> Edit:
    """Return an edit of the data of each event *name*."""
    return events(lambda listed: [(n, edit(d) if n == name else d) for n, d in listed])


def body(edit: Callable[[Any], Any]) -> Edit:
    """Return an edit of a JSON body."""
    return lambda exchange: with_body(exchange, edit(body_of(exchange)))


def header(name: str, value: str | None) -> Edit:
    """Return an edit that sets a header, or removes it."""

    def edit(exchange: Exchange) -> Exchange:
        response = exchange.response
        kept = tuple(pair for pair in response.headers if pair[0] != name)
        added = () if value is None else ((name, value),)
        return replace(exchange, response=Response(response.status, kept + added))

    return edit


def status(number: int) -> Edit:
    """Return an edit that sets the status."""
    return lambda exchange: replace(exchange, response=Response(number, exchange.response.headers))


def everywhere(edit: Callable[[Json], Json]) -> Callable[[Any], Any]:
    """Return an edit of every object in a JSON value, the innermost first."""

    def walk(value: Any) -> Any:
        if is_list(value):
            return [walk(item) for item in value]
        if is_object(value):
            return edit({key: walk(item) for key, item in value.items()})
        return value

    return walk


def all_data(edit: Callable[[Json], Json]) -> Edit:
    """Return an edit of every object in the data of all events."""
    walk = everywhere(edit)
    return events(lambda listed: [(name, walk(value)) for name, value in listed])

"""Functions that return a `Change`, which takes an exchange and returns it with a fault."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import orjson
from editing import Change, renewed, with_frames, with_response

from graphtape_contracts import End, Exchange, Frame, sse
from graphtape_contracts.json_value import is_list, is_object
from graphtape_mock.recordings.try_json import object_in

Frames = list[Frame]
Parts = Iterable[Frame | bytes]


def when(applies: Callable[[Exchange], bool], change: Change) -> Change:
    """Return a change that applies *change* to the exchanges for which *applies* is true."""
    return lambda exchange: change(exchange) if applies(exchange) else exchange


def streams(change: Change) -> Change:
    """Return a change that applies *change* to streams only."""
    return when(lambda exchange: exchange.is_stream, change)


def waits(change: Change) -> Change:
    """Return a change that applies *change* to successful waits only."""
    return when(lambda e: is_run(e) and not e.is_stream, change)


def runs(change: Change) -> Change:
    """Return a change that applies *change* to successful streams and waits only."""
    return when(is_run, change)


def refusals(change: Change) -> Change:
    """Return a change that applies *change* to responses with a status of 300 or more."""
    return when(lambda e: e.response.status >= 300, change)


def to(method: str, path: str, change: Change) -> Change:
    """Return a change that applies *change* to the 200 responses to *method* and *path*.

    *path* is the start of the path of a request; with a leading `*`, it is the end.
    """

    def applies(exchange: Exchange) -> bool:
        asked = exchange.request.path
        fits = asked.endswith(path[1:]) if path.startswith("*") else asked.startswith(path)
        return exchange.request.method == method and fits and exchange.response.status == 200

    return when(applies, change)


def is_run(exchange: Exchange) -> bool:
    """Return whether *exchange* is a successful stream or wait."""
    path = exchange.request.path.partition("?")[0]
    made = exchange.request.method == "POST" and exchange.response.status == 200
    return made and path in ("/runs/stream", "/runs/wait")


def asked(exchange: Exchange) -> dict[str, Any]:
    """Return the JSON object in the body of the request."""
    return object_in(exchange.request.body)


def modes_asked(exchange: Exchange) -> list[Any]:
    """Return the list of modes in the request; empty if its `stream_mode` is not a list."""
    modes = asked(exchange).get("stream_mode")
    return modes if is_list(modes) else []


def then(*changes: Change) -> Change:
    """Return a change that applies all *changes* in order."""

    def apply(exchange: Exchange) -> Exchange:
        for change in changes:
            exchange = change(exchange)
        return exchange

    return apply


def repeated_header(name: str, value: str) -> Change:
    """Return a change that adds a header to the response, even if it has one of this *name*."""
    return with_response(lambda r: replace(r, headers=(*r.headers, (name, value))))


def cut(share: float) -> Change:
    """Return a change that cuts the response after this *share* (0 to 1) of its body."""

    def apply(exchange: Exchange) -> Exchange:
        kept = exchange.body[: int(len(exchange.body) * share)]
        return replace(exchange, frames=(Frame(0.0, kept),), end=End.CUT)

    return apply


def frames(change: Callable[[Frames], Parts]) -> Change:
    """Return a change that applies *change* to the list of frames of each stream.

    *change* may return bytes in place of frames.
    """
    return streams(with_frames(change))


def each(mode: str, change: Callable[[Frame], Parts]) -> Change:
    """Return a change that applies *change* to each event of a *mode*, subgraphs included."""
    return frames(lambda all_: (p for f in all_ for p in (change(f) if _is(f, mode) else [f])))


def nth(mode: str, place: int, change: Callable[[Frame], Parts]) -> Change:
    """Return a change that applies *change* to one event of a *mode*, by its index *place*."""

    def apply(all_: Frames) -> Parts:
        places = [n for n, frame in enumerate(all_) if _is(frame, mode)]
        if not -len(places) <= place < len(places):
            return all_
        at = places[place]
        return [*all_[:at], *change(all_[at]), *all_[at + 1 :]]

    return frames(apply)


def data(change: Callable[[Any], Any]) -> Callable[[Frame], Parts]:
    """Return a change of an event that applies *change* to its decoded JSON data."""
    return lambda frame: [renewed(frame, change)]


def raw(old: bytes, new: bytes) -> Callable[[Frame], Parts]:
    """Return a change of an event that replaces the first *old* in its bytes with *new*."""
    return lambda frame: [frame.raw.replace(old, new, 1)]


def drop(frame: Frame) -> Parts:
    """Replace an event with nothing."""
    return []


def twice(frame: Frame) -> Parts:
    """Replace an event with two copies."""
    return [frame, frame]


def named(name: str) -> Callable[[Frame], Parts]:
    """Return a change of an event that sets its name to *name*."""
    return lambda frame: raw(f"event: {frame.event}".encode(), f"event: {name}".encode())(frame)


def event(name: str, content: Any) -> bytes:
    """Return the bytes of an event *name* with *content* as its data."""
    return sse.encode_event(name, orjson.dumps(content).decode())


def with_key(value_: Any, key: str, change: Callable[[Any], Any]) -> Any:
    """Return *value_* with *change* applied to each value of *key*, at any depth."""
    if is_object(value_):
        return {k: change(v) if k == key else with_key(v, key, change) for k, v in value_.items()}
    if is_list(value_):
        return [with_key(item, key, change) for item in value_]
    return value_


def _is(frame: Frame, mode: str) -> bool:
    return (frame.event or "").partition("|")[0] == mode

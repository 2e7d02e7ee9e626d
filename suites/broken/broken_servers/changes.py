"""Changes of responses by kind of exchange, event and key, on top of the editor of exchanges."""

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
    """Change only the exchanges for which *applies* is true."""
    return lambda exchange: change(exchange) if applies(exchange) else exchange


def streams(change: Change) -> Change:
    """Change the streams of runs."""
    return when(lambda exchange: exchange.is_stream, change)


def waits(change: Change) -> Change:
    """Change the output of waits."""
    return when(lambda e: is_run(e) and not e.is_stream, change)


def runs(change: Change) -> Change:
    """Change the responses to runs: streams and waits."""
    return when(is_run, change)


def refusals(change: Change) -> Change:
    """Change refusals."""
    return when(lambda e: e.response.status >= 300, change)


def to(method: str, path: str, change: Change) -> Change:
    """Change the 200 responses to *method* and the prefix *path*, or the suffix after `*`."""

    def applies(exchange: Exchange) -> bool:
        asked = exchange.request.path
        fits = asked.endswith(path[1:]) if path.startswith("*") else asked.startswith(path)
        return exchange.request.method == method and fits and exchange.response.status == 200

    return when(applies, change)


def is_run(exchange: Exchange) -> bool:
    """Return whether the exchange is a successful run."""
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
    """Apply *changes* one after the other."""

    def apply(exchange: Exchange) -> Exchange:
        for change in changes:
            exchange = change(exchange)
        return exchange

    return apply


def repeated_header(name: str, value: str) -> Change:
    """Add a second header *name* with *value*."""
    return with_response(lambda r: replace(r, headers=(*r.headers, (name, value))))


def cut(share: float) -> Change:
    """Cut the response after a *share* (0 to 1) of its body."""

    def apply(exchange: Exchange) -> Exchange:
        kept = exchange.body[: int(len(exchange.body) * share)]
        return replace(exchange, frames=(Frame(0.0, kept),), end=End.CUT)

    return apply


def frames(change: Callable[[Frames], Parts]) -> Change:
    """Change the list of frames of streams; bytes in the result are sent unchanged."""
    return streams(with_frames(change))


def each(mode: str, change: Callable[[Frame], Parts]) -> Change:
    """Replace each event of a *mode*, including subgraphs, with the result of *change*."""
    return frames(lambda all_: (p for f in all_ for p in (change(f) if _is(f, mode) else [f])))


def nth(mode: str, place: int, change: Callable[[Frame], Parts]) -> Change:
    """Replace the event number *place* (from 0; -1 is the last) of a *mode*."""

    def apply(all_: Frames) -> Parts:
        places = [n for n, frame in enumerate(all_) if _is(frame, mode)]
        if not -len(places) <= place < len(places):
            return all_
        at = places[place]
        return [*all_[:at], *change(all_[at]), *all_[at + 1 :]]

    return frames(apply)


def data(change: Callable[[Any], Any]) -> Callable[[Frame], Parts]:
    """Return a change of the decoded JSON of an event."""
    return lambda frame: [renewed(frame, change)]


def raw(old: bytes, new: bytes) -> Callable[[Frame], Parts]:
    """Return a change that replaces the first *old* in the bytes of an event with *new*."""
    return lambda frame: [frame.raw.replace(old, new, 1)]


def drop(frame: Frame) -> Parts:
    """Leave an event out."""
    return []


def twice(frame: Frame) -> Parts:
    """Repeat an event."""
    return [frame, frame]


def named(name: str) -> Callable[[Frame], Parts]:
    """Return a change of the name of an event to *name*."""
    return lambda frame: raw(f"event: {frame.event}".encode(), f"event: {name}".encode())(frame)


def event(name: str, content: Any) -> bytes:
    """Return the bytes of an event."""
    return sse.encode_event(name, orjson.dumps(content).decode())


def with_key(value_: Any, key: str, change: Callable[[Any], Any]) -> Any:
    """Return *value_* with every value of *key* changed, at any depth."""
    if is_object(value_):
        return {k: change(v) if k == key else with_key(v, key, change) for k, v in value_.items()}
    if is_list(value_):
        return [with_key(item, key, change) for item in value_]
    return value_


def _is(frame: Frame, mode: str) -> bool:
    return (frame.event or "").partition("|")[0] == mode

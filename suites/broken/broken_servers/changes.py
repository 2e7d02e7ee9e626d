"""What can be changed about an answer: all of it that fits, in every answer."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import orjson

from broken_servers.answering import Change
from graphtape_contracts import End, Exchange, Frame, Response, sse
from graphtape_contracts.json_value import is_list, is_object
from graphtape_contracts.parsing.event import parse
from graphtape_mock.recordings.try_json import object_in

Frames = list[Frame]
Parts = Iterable[Frame | bytes]


def when(applies: Callable[[Exchange], bool], change: Change) -> Change:
    """Change only the exchanges to which it *applies*."""
    return lambda exchange: change(exchange) if applies(exchange) else exchange


def streams(change: Change) -> Change:
    """Change the streams of runs."""
    return when(lambda exchange: exchange.is_stream, change)


def waits(change: Change) -> Change:
    """Change the outputs of runs that were waited for."""
    return when(lambda e: is_run(e) and not e.is_stream, change)


def runs(change: Change) -> Change:
    """Change the answers to runs, streamed or waited for."""
    return when(is_run, change)


def refusals(change: Change) -> Change:
    """Change the answers to requests that are refused."""
    return when(lambda e: e.response.status >= 300, change)


def to(method: str, path: str, change: Change) -> Change:
    """Change what is answered with 200 to *method* and *path*, its start, or with `*` its end."""

    def applies(exchange: Exchange) -> bool:
        asked = exchange.request.path
        fits = asked.endswith(path[1:]) if path.startswith("*") else asked.startswith(path)
        return exchange.request.method == method and fits and exchange.response.status == 200

    return when(applies, change)


def is_run(exchange: Exchange) -> bool:
    """Whether a run was made."""
    path = exchange.request.path.partition("?")[0]
    made = exchange.request.method == "POST" and exchange.response.status == 200
    return made and path in ("/runs/stream", "/runs/wait")


def asked(exchange: Exchange) -> dict[str, Any]:
    """Return the body of the request."""
    return object_in(exchange.request.body)


def modes_asked(exchange: Exchange) -> list[Any]:
    """Return the list of modes that the request asks for; empty if it has none."""
    modes = asked(exchange).get("stream_mode")
    return modes if is_list(modes) else []


def then(*changes: Change) -> Change:
    """Change one thing after the other."""

    def apply(exchange: Exchange) -> Exchange:
        for change in changes:
            exchange = change(exchange)
        return exchange

    return apply


def status(code: int) -> Change:
    """Answer with another status."""
    return _response(lambda response: replace(response, status=code))


def header(name: str, value: str | Callable[[str], str] | None) -> Change:
    """Give the header *name* another value, or remove it; one that is not there is added."""

    def renew(response: Response) -> Response:
        kept: list[tuple[str, str]] = []
        for key, old in response.headers:
            new = old if key != name else value(old) if callable(value) else value
            kept += [(key, new)] if new is not None else []
        if isinstance(value, str) and response.header(name) is None:
            kept.append((name, value))
        return replace(response, headers=tuple(kept))

    return _response(renew)


def header_again(name: str, value: str) -> Change:
    """Send a header once more, with another value."""
    return _response(lambda r: replace(r, headers=(*r.headers, (name, value))))


def body(change: bytes | Callable[[bytes], bytes]) -> Change:
    """Change the bytes of the body."""

    def apply(exchange: Exchange) -> Exchange:
        new = change(exchange.body) if callable(change) else change
        return replace(exchange, frames=(Frame(0.0, new),))

    return apply


def cut(share: float) -> Change:
    """Break off after a *share* of the body."""

    def apply(exchange: Exchange) -> Exchange:
        kept = exchange.body[: int(len(exchange.body) * share)]
        return replace(exchange, frames=(Frame(0.0, kept),), end=End.CUT)

    return apply


def value(change: Callable[[Any], Any]) -> Change:
    """Change the JSON that the body is."""
    return body(lambda raw: orjson.dumps(change(parse(raw))))


def frames(change: Callable[[Frames], Parts]) -> Change:
    """Change the list of frames of streams; bytes in the result are sent as they are."""

    def apply(exchange: Exchange) -> Exchange:
        raw = b"".join(
            part if isinstance(part, bytes) else part.raw for part in change([*exchange.frames])
        )
        return replace(exchange, frames=tuple(sse.decode(raw)))

    return streams(apply)


def each(mode: str, change: Callable[[Frame], Parts]) -> Change:
    """Put in the place of each event of a *mode*, of subgraphs too, what *change* makes of it."""
    return frames(lambda all_: (p for f in all_ for p in (change(f) if _is(f, mode) else [f])))


def nth(mode: str, place: int, change: Callable[[Frame], Parts]) -> Change:
    """Do so with the event at one *place* among those of its *mode*; -1 is the last."""

    def apply(all_: Frames) -> Parts:
        places = [n for n, frame in enumerate(all_) if _is(frame, mode)]
        if not -len(places) <= place < len(places):
            return all_
        at = places[place]
        return [*all_[:at], *change(all_[at]), *all_[at + 1 :]]

    return frames(apply)


def data(change: Callable[[Any], Any]) -> Callable[[Frame], Parts]:
    """Change the JSON of an event."""

    def apply(frame: Frame) -> Parts:
        text = orjson.dumps(change(parse(frame.data))).decode()
        return [sse.encode_event(frame.event or "", text, frame.id)]

    return apply


def raw(old: bytes, new: bytes) -> Callable[[Frame], Parts]:
    """Change the first *old* in the bytes of an event."""
    return lambda frame: [frame.raw.replace(old, new, 1)]


def drop(frame: Frame) -> Parts:
    """Leave an event out."""
    return []


def twice(frame: Frame) -> Parts:
    """Send an event twice."""
    return [frame, frame]


def named(name: str) -> Callable[[Frame], Parts]:
    """Give an event another name."""
    return lambda frame: raw(f"event: {frame.event}".encode(), f"event: {name}".encode())(frame)


def event(name: str, content: Any) -> bytes:
    """Return the bytes of an event."""
    return sse.encode_event(name, orjson.dumps(content).decode())


def renewed(value_: Any, key: str, change: Callable[[Any], Any]) -> Any:
    """Return *value_* with every value of *key* in it changed, however deep it is."""
    if is_object(value_):
        return {k: change(v) if k == key else renewed(v, key, change) for k, v in value_.items()}
    if is_list(value_):
        return [renewed(item, key, change) for item in value_]
    return value_


def _is(frame: Frame, mode: str) -> bool:
    return (frame.event or "").partition("|")[0] == mode


def _response(change: Callable[[Response], Response]) -> Change:
    return lambda exchange: replace(exchange, response=change(exchange.response))

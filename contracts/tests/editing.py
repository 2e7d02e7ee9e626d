"""Makes changes: functions that take an exchange and return a copy with one part changed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import orjson

from graphtape_contracts import Exchange, Frame, Headers, Request, Response, sse
from graphtape_contracts.parsing.event import parse

Change = Callable[[Exchange], Exchange]
"""A function that takes an exchange and returns a changed copy."""


def with_parts(exchange: Exchange, parts: Iterable[Frame | bytes]) -> Exchange:
    """Return *exchange* with the bytes of *parts* as its body."""
    body = b"".join(part if isinstance(part, bytes) else part.raw for part in parts)
    frames = tuple(sse.decode(body)) if exchange.is_stream else (Frame(0.0, body),)
    return replace(exchange, frames=frames)


def with_frames(change: Callable[[list[Frame]], Iterable[Frame | bytes]]) -> Change:
    """Make a change that passes the list of frames through *change*, which may add bytes."""
    return lambda exchange: with_parts(exchange, change(list(exchange.frames)))


def with_body(body: bytes | Callable[[bytes], bytes]) -> Change:
    """Make a change that replaces the body with *body*; a function is called with the old body."""

    def apply(exchange: Exchange) -> Exchange:
        return with_parts(exchange, [body(exchange.body) if callable(body) else body])

    return apply


def with_output(change: Callable[[Any], Any]) -> Change:
    """Make a change that passes the decoded JSON body of a wait through *change*."""
    return with_body(lambda body: orjson.dumps(change(parse(body))))


def replaced(old: bytes, new: bytes) -> Change:
    """Make a change that replaces the first *old* in the body with *new*."""
    return with_body(lambda body: body.replace(old, new, 1))


def with_response(change: Callable[[Response], Response]) -> Change:
    """Make a change that passes the response head through *change*."""
    return lambda exchange: replace(exchange, response=change(exchange.response))


def with_status(status: int) -> Change:
    """Make a change that sets the status of the response."""
    return with_response(lambda response: replace(response, status=status))


def with_headers(headers: Headers) -> Change:
    """Make a change that replaces all headers of the response."""
    return with_response(lambda response: replace(response, headers=headers))


def with_header(name: str, value: str | Callable[[str], str] | None) -> Change:
    """Make a change that sets the header *name* of the response in its place; None removes it.

    A missing header is added at the end, unless *value* is a function that takes the old value.
    """

    def apply(response: Response) -> Response:
        kept: list[tuple[str, str]] = []
        for key, old in response.headers:
            new = old if key != name else value(old) if callable(value) else value
            kept += [(key, new)] if new is not None else []
        if isinstance(value, str) and response.header(name) is None:
            kept.append((name, value))
        return replace(response, headers=tuple(kept))

    return with_response(apply)


def with_request(change: Callable[[Request], Request]) -> Change:
    """Make a change that passes the request through *change*."""
    return lambda exchange: replace(exchange, request=change(exchange.request))


def asking(**fields: Any) -> Change:
    """Make a change that sets *fields* in the JSON body of the request."""
    return with_request(
        lambda request: replace(request, body=orjson.dumps(parse(request.body) | fields))
    )


def renewed(frame: Frame, change: Callable[[Any], Any]) -> bytes:
    """Encode *frame* with its data passed through *change*, and with the same line ends."""
    eol: sse.Eol = "\r\n" if frame.raw.endswith(b"\r\n") else "\n"
    data = orjson.dumps(change(parse(frame.data))).decode()
    return sse.encode_event(frame.event or "", data, frame.id, eol=eol)


def with_data(event: str, change: Callable[[Any], Any], nth: int = 0) -> Change:
    """Make a change that passes the data of the *nth* frame named *event* through *change*.

    -1 is the last frame with that name.
    """

    def apply(frames: list[Frame]) -> list[Frame | bytes]:
        position = _position(frames, event, nth)
        return [renewed(f, change) if n == position else f for n, f in enumerate(frames)]

    return with_frames(apply)


def without(event: str, nth: int = 0) -> Change:
    """Make a change that drops the *nth* frame named *event* (-1: the last)."""

    def apply(frames: list[Frame]) -> list[Frame]:
        position = _position(frames, event, nth)
        return frames[:position] + frames[position + 1 :]

    return with_frames(apply)


def doubled(event: str, nth: int = 0) -> Change:
    """Make a change that repeats the *nth* frame named *event* (-1: the last)."""

    def apply(frames: list[Frame]) -> list[Frame]:
        position = _position(frames, event, nth)
        return [*frames[: position + 1], *frames[position:]]

    return with_frames(apply)


def swapped(first: int, second: int) -> Change:
    """Make a change that swaps two frames, given by their indexes (from 0)."""

    def apply(frames: list[Frame]) -> list[Frame]:
        frames[first], frames[second] = frames[second], frames[first]
        return frames

    return with_frames(apply)


def _position(frames: list[Frame], event: str, nth: int) -> int:
    return [n for n, frame in enumerate(frames) if frame.event == event][nth]

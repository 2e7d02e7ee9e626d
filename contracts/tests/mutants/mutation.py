"""Mutants: captured exchanges with one thing made wrong, each for the rule that sees it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from captured import captured

from graphtape_contracts import Exchange, Frame, Request, Response, sse
from graphtape_contracts.parsing.event import parse

Change = Callable[[Exchange], Exchange]


@dataclass(frozen=True)
class Mutant:
    """A captured exchange with one thing wrong."""

    rule: str
    """The id of the rule that catches it, alone."""
    wrong: str
    """What is wrong, in a few words."""
    base: str
    """The capture it is made of: `python/mode-agent-values`."""
    change: Change
    also: frozenset[str] = field(default=frozenset())
    """Other rules that can't but see it too; say why in a comment where they are given."""
    output_schema: Any = None

    def __str__(self) -> str:
        """Return what a test of it is called."""
        return f"{self.rule}: {self.wrong}"

    def make(self) -> Exchange:
        """Return the mutant exchange; it differs from what it is made of."""
        base = captured(self.base)
        mutant = self.change(base)
        assert mutant != base, f"{self}: nothing was changed"
        return mutant


@dataclass(frozen=True)
class RelationMutant:
    """Several captured exchanges, one of which no longer fits the others."""

    rule: str
    wrong: str
    bases: tuple[str, ...]
    change: Callable[[list[Exchange]], list[Exchange]]
    also: frozenset[str] = field(default=frozenset())
    deterministic: bool = True

    def __str__(self) -> str:
        """Return what a test of it is called."""
        return f"{self.rule}: {self.wrong}"

    def make(self) -> list[Exchange]:
        """Return the mutant exchanges; they differ from what they are made of."""
        bases = [captured(base) for base in self.bases]
        mutants = self.change(list(bases))
        assert mutants != bases, f"{self}: nothing was changed"
        return mutants


def with_frames(change: Callable[[list[Frame]], Iterable[Frame | bytes]]) -> Change:
    """Change the list of frames; bytes among the result are read as part of the body."""

    def apply(exchange: Exchange) -> Exchange:
        changed = change(list(exchange.frames))
        body = b"".join(part if isinstance(part, bytes) else part.raw for part in changed)
        return with_body(body)(exchange)

    return apply


def with_body(body: bytes) -> Change:
    """Put *body* in the place of the whole body."""

    def apply(exchange: Exchange) -> Exchange:
        frames = tuple(sse.decode(body)) if exchange.is_stream else (Frame(0.0, body),)
        return replace(exchange, frames=frames)

    return apply


def replaced(old: bytes, new: bytes) -> Change:
    """Put *new* in the place of the first *old* in the body."""
    return lambda exchange: with_body(exchange.body.replace(old, new, 1))(exchange)


def with_response(change: Callable[[Response], Response]) -> Change:
    """Change the head of the answer."""
    return lambda exchange: replace(exchange, response=change(exchange.response))


def with_header(name: str, value: str | None) -> Change:
    """Set the header *name* of the answer in its place, or remove it."""

    def apply(response: Response) -> Response:
        kept = [(k, value if k == name else v) for k, v in response.headers]
        if value is not None and name not in dict(kept):
            kept.append((name, value))
        return replace(response, headers=tuple((k, v) for k, v in kept if v is not None))

    return with_response(apply)


def with_status(status: int) -> Change:
    """Set the status of the answer."""
    return with_response(lambda response: replace(response, status=status))


def with_request(change: Callable[[Request], Request]) -> Change:
    """Change the request."""
    return lambda exchange: replace(exchange, request=change(exchange.request))


def asking(**fields: Any) -> Change:
    """Set *fields* of the JSON body of the request."""
    return with_request(
        lambda request: replace(request, body=orjson.dumps(parse(request.body) | fields))
    )


def with_data(event: str, change: Callable[[Any], Any], nth: int = 0) -> Change:
    """Change the decoded data of the *nth* frame whose event has that name (-1: the last)."""

    def apply(frames: list[Frame]) -> list[Frame | bytes]:
        position = [n for n, frame in enumerate(frames) if frame.event == event][nth]
        return [renewed(f, change) if n == position else f for n, f in enumerate(frames)]

    return with_frames(apply)


def renewed(frame: Frame, change: Callable[[Any], Any]) -> bytes:
    """Return the block of *frame* with its decoded data changed, in the same dialect."""
    eol: sse.Eol = "\r\n" if frame.raw.endswith(b"\r\n") else "\n"
    data = orjson.dumps(change(parse(frame.data))).decode()
    return sse.encode_event(frame.event or "", data, frame.id, eol=eol)


def with_output(change: Callable[[Any], Any]) -> Change:
    """Change the decoded body of an answer that is no stream."""
    return lambda exchange: with_body(orjson.dumps(change(parse(exchange.body))))(exchange)


def without(event: str, nth: int = 0) -> Change:
    """Drop the *nth* frame whose event has that name (-1: the last)."""

    def apply(frames: list[Frame]) -> list[Frame]:
        position = [n for n, frame in enumerate(frames) if frame.event == event][nth]
        return frames[:position] + frames[position + 1 :]

    return with_frames(apply)


def doubled(event: str, nth: int = 0) -> Change:
    """Send the *nth* frame whose event has that name twice (-1: the last)."""

    def apply(frames: list[Frame]) -> list[Frame]:
        position = [n for n, frame in enumerate(frames) if frame.event == event][nth]
        return [*frames[: position + 1], *frames[position:]]

    return with_frames(apply)


def swapped(first: int, second: int) -> Change:
    """Exchange two frames, given by their place (counted from 0)."""

    def apply(frames: list[Frame]) -> list[Frame]:
        frames[first], frames[second] = frames[second], frames[first]
        return frames

    return with_frames(apply)

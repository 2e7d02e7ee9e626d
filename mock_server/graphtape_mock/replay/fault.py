"""What can go wrong with a response: each fault is data, and changes the script of a good one.

    fault = Cut(after="updates", how="reset")
    fault.disturb(script) -> ResponsePlan     # raises NoSuchEvent where there are no updates

An event is named by its name (the first of that name, namespaces apart) or its number, from 1.
The body of a wait counts as event 1. What is left to chance is decided by a seed.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from http import HTTPStatus
from typing import ClassVar, Literal

import orjson

from graphtape_contracts import sse
from graphtape_mock.replay.pacing import Chunk
from graphtape_mock.replay.response_plan import Ending, ResponsePlan

How = Literal["reset", "half chunk", "close", "end"]
"""How a response is cut: see `script.Ending`."""


class BadFault(ValueError):
    """A fault that can't be: what was expected, what was got."""


@dataclass(frozen=True, slots=True)
class Fault(ABC):
    """What goes wrong with one response."""

    word: ClassVar[str]
    """What it is called in tests and in the header `x-graphtape-fault`."""

    @abstractmethod
    def apply(self, script: ResponsePlan) -> ResponsePlan:
        """Return what becomes of *script*. Raises NoSuchEvent where it has no such place."""

    def __str__(self) -> str:
        told = ((field, getattr(self, field.name)) for field in fields(self))
        said = (f"{field.name}={value!r}" for field, value in told if value != field.default)
        return f"{self.word}({', '.join(said)})"


@dataclass(frozen=True, slots=True)
class Status(Fault):
    """Refuses: imitates a deployment that is overloaded, limits its clients, or restarts."""

    word = "status"
    status: int
    retry_after: int | str | None = None
    """Seconds or a date of HTTP; None for no such header."""
    detail: str | None = None
    """What the body says; by default the name of the status."""

    def __post_init__(self) -> None:
        """Raise BadFault for a status that no response can have."""
        if self.status not in set(HTTPStatus) or self.status < 200:
            raise BadFault(f"expected the status of a response, got {self.status!r}")

    def apply(self, script: ResponsePlan) -> ResponsePlan:
        """Answer the status and nothing of the run."""
        detail = HTTPStatus(self.status).phrase if self.detail is None else self.detail
        body = b"" if self.status in (204, 304) else orjson.dumps({"detail": detail})
        head = [(b"content-type", b"application/json"), (b"vary", b"Origin")]
        if body:
            head.insert(0, (b"content-length", b"%d" % len(body)))
        if self.retry_after is not None:
            head.append((b"retry-after", str(self.retry_after).encode()))
        chunks = (Chunk(0.0, body),)
        return replace(script, status=self.status, head=tuple(head), chunks=chunks, is_stream=False)


@dataclass(frozen=True, slots=True)
class Latency(Fault):
    """Answers late, head and all: imitates a deployment that wakes up, or a full queue."""

    word = "latency"
    seconds: float

    def __post_init__(self) -> None:
        """Raise BadFault for a time below 0."""
        if not self.seconds >= 0:
            raise BadFault(f"expected seconds to be 0 or more, got {self.seconds!r}")

    def apply(self, script: ResponsePlan) -> ResponsePlan:
        """Put the whole response off."""
        chunks = tuple(c._replace(due=c.due + self.seconds) for c in script.chunks)
        return replace(script, latency=script.latency + self.seconds, chunks=chunks)


@dataclass(frozen=True, slots=True)
class Cut(Fault):
    """Breaks off: imitates a server that dies, a proxy that gives up, a network that is gone.

    Without a place not even a head comes; 0 is after the head. `end` imitates a server that
    swallows its own error: the response ends as if it were whole.
    """

    word = "cut"
    after: str | int | None = None
    after_bytes: int | None = None
    how: How = "reset"

    def __post_init__(self) -> None:
        """Raise BadFault for two places, for one that is none, and for half a head."""
        if self.after is not None and self.after_bytes is not None:
            raise BadFault("expected after or after_bytes, got both")
        if self._is_headless and self.how not in ("reset", "close"):
            raise BadFault(f"expected after or after_bytes for how={self.how!r}, got none")
        _check_number(self.after, 0, "after")
        _check_number(self.after_bytes, 0, "after_bytes")

    def apply(self, script: ResponsePlan) -> ResponsePlan:
        """End the response early."""
        kept, torn = script.chunks, b""
        if self.after is not None:
            end = script.end_of(self.after)
            kept, torn = script.chunks[:end], b"".join(c.body for c in script.chunks[end:])
        elif self.after_bytes is not None:
            kept, torn = _split(script.chunks, self.after_bytes)
        return replace(
            script,
            chunks=kept,
            torn=(torn or b"\n") if self.how == "half chunk" else b"",
            ending=Ending(self.how),
            sends_no_headers=self._is_headless,
        )

    @property
    def _is_headless(self) -> bool:
        return self.after is None and self.after_bytes is None


def _split(chunks: Iterable[Chunk], size: int) -> tuple[tuple[Chunk, ...], bytes]:
    """Return the first *size* bytes of *chunks*, in chunks, and all that comes after."""
    kept: list[Chunk] = []
    rest: list[bytes] = []
    for chunk in chunks:
        if size > 0:
            kept.append(chunk._replace(body=chunk.body[:size]))
        rest.append(chunk.body[max(0, size) :])
        size -= len(chunk.body)
    return tuple(kept), b"".join(rest)


@dataclass(frozen=True, slots=True)
class Stall(Fault):
    """Goes quiet, heartbeats and all: imitates a worker that hangs, or a dead route.

    Without seconds it is for good: the connection stays open until the client leaves.
    """

    word = "stall"
    after: str | int
    seconds: float | None = None

    def __post_init__(self) -> None:
        """Raise BadFault for a place that is none."""
        _check_number(self.after, 0, "after")

    def apply(self, script: ResponsePlan) -> ResponsePlan:
        """Put off what comes after the place, or leave it out."""
        end = script.end_of(self.after)
        if self.seconds is None:
            return replace(script, chunks=script.chunks[:end], ending=Ending.HANG)
        late = (c._replace(due=c.due + self.seconds) for c in script.chunks[end:])
        return replace(script, chunks=(*script.chunks[:end], *late))


@dataclass(frozen=True, slots=True)
class ErrorEvent(Fault):
    """Sends an `error` event in place of the rest: imitates a run that fails on its way.

    A wait answers with the error as its body, whatever the place.
    """

    word = "error_event"
    after: str | int
    error: str = "InternalServerError"
    message: str = "An internal error occurred"

    def __post_init__(self) -> None:
        """Raise BadFault for a place that is none."""
        _check_number(self.after, 0, "after")

    def apply(self, script: ResponsePlan) -> ResponsePlan:
        """Put the error in place of all that comes after the place."""
        said = orjson.dumps({"error": self.error, "message": self.message})
        if not script.is_stream:
            body = b'{"__error__":' + said + b"}"
            return replace(script, chunks=(Chunk(script.chunks[-1].due, body),))
        end = script.end_of(self.after)
        due = script.chunks[min(end, len(script.chunks) - 1)].due
        event = Chunk(due, sse.encode_event("error", said.decode(), eol=script.eol), "error")
        return replace(script, chunks=(*script.chunks[:end], event))


@dataclass(frozen=True, slots=True)
class _OneFrame(Fault):
    """Does something to one frame."""

    event: str | int

    def __post_init__(self) -> None:
        """Raise BadFault for a place that is none."""
        _check_number(self.event, 1, "event")

    def apply(self, script: ResponsePlan) -> ResponsePlan:
        """Change the frame; what leaves when stays."""
        place = script.place_of(self.event)
        before, after = script.chunks[:place], script.chunks[place + 1 :]
        return replace(script, chunks=(*before, *self._spoil(script.chunks[place]), *after))

    @abstractmethod
    def _spoil(self, chunk: Chunk) -> Iterable[Chunk]:
        """Return what leaves in place of *chunk*."""


@dataclass(frozen=True, slots=True)
class Duplicate(_OneFrame):
    """Sends one event twice: imitates a buffer that is sent again after a hiccup."""

    word = "duplicate"

    def _spoil(self, chunk: Chunk) -> Iterable[Chunk]:
        return chunk, chunk


@dataclass(frozen=True, slots=True)
class Drop(_OneFrame):
    """Leaves one event out: imitates a subscriber that came too late, or a full queue."""

    word = "drop"

    def _spoil(self, chunk: Chunk) -> Iterable[Chunk]:
        return ()


@dataclass(frozen=True, slots=True)
class Corrupt(_OneFrame):
    """Changes one byte of one event: imitates a proxy or an encoder with a defect."""

    word = "corrupt"
    seed: int = 0

    def _spoil(self, chunk: Chunk) -> Iterable[Chunk]:
        chance = random.Random(self.seed)
        places = [place for place, byte in enumerate(chunk.body) if 0x20 <= byte < 0x7F] or [0]
        place = chance.choice(places)
        before, old, after = (
            chunk.body[:place],
            chunk.body[place : place + 1],
            chunk.body[place + 1 :],
        )
        others = [byte for byte in range(0x20, 0x7F) if bytes((byte,)) != old]
        yield chunk._replace(body=before + bytes((chance.choice(others),)) + after)


@dataclass(frozen=True, slots=True)
class BadUtf8(_OneFrame):
    """Puts a byte into one event that no UTF-8 has: imitates text that was cut or mixed up."""

    word = "bad_utf8"
    seed: int = 0

    def _spoil(self, chunk: Chunk) -> Iterable[Chunk]:
        text = chunk.body.rstrip(b"\r\n")
        place = random.Random(self.seed).randint(0, len(text))
        yield chunk._replace(body=chunk.body[:place] + b"\xff" + chunk.body[place:])


@dataclass(frozen=True, slots=True)
class Reorder(Fault):
    """Lets one event and the next change places: imitates workers that overtake each other."""

    word = "reorder"
    event: str | int

    def __post_init__(self) -> None:
        """Raise BadFault for a place that is none."""
        _check_number(self.event, 1, "event")

    def apply(self, script: ResponsePlan) -> ResponsePlan:
        """Swap the two; each leaves when the other would have."""
        first = script.place_of(self.event)
        second = script.place_of(1, first + 1)
        chunks = list(script.chunks)
        chunks[first] = script.chunks[second]._replace(due=script.chunks[first].due)
        chunks[second] = script.chunks[first]._replace(due=script.chunks[second].due)
        return replace(script, chunks=tuple(chunks))


def _check_number(place: str | int | None, least: int, name: str) -> None:
    if isinstance(place, int) and place < least:
        raise BadFault(f"expected {name} to be {least} or more, got {place}")

"""Faults: values that each change the plan of a good response.

    fault = Cut(after="updates", how="reset")
    fault.apply(plan) -> ResponsePlan     # raises NoSuchEvent if there are no updates

An event is given by its name without namespace (the first such event) or by its number, from 1.
The body of a wait counts as event 1. A seed makes random choices repeatable.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from http import HTTPStatus
from typing import ClassVar, Literal

import orjson

from graphtape_contracts import sse
from graphtape_mock.replay.pacing import HEARTBEAT_SECONDS, Chunk
from graphtape_mock.replay.response_plan import Ending, ResponsePlan

How = Literal["reset", "half chunk", "close", "end"]
"""How a response is cut: see `response_plan.Ending`."""


class BadFault(ValueError):
    """A fault with impossible settings; the message has the expected and the actual value."""


@dataclass(frozen=True, slots=True)
class Fault(ABC):
    """One thing that goes wrong with a response."""

    word: ClassVar[str]
    """The name of the fault in tests and in the header `x-graphtape-fault`."""

    @abstractmethod
    def apply(self, plan: ResponsePlan) -> ResponsePlan:
        """Return *plan* with the fault. Raises NoSuchEvent if *plan* lacks the event."""

    def __str__(self) -> str:
        values = ((field, getattr(self, field.name)) for field in fields(self))
        given = (f"{field.name}={value!r}" for field, value in values if value != field.default)
        return f"{self.word}({', '.join(given)})"


@dataclass(frozen=True, slots=True)
class Status(Fault):
    """Responds with an error status, as when a deployment is overloaded or restarts."""

    word = "status"
    status: int
    retry_after: int | str | None = None
    """Value of Retry-After: seconds or an HTTP date; None omits the header."""
    detail: str | None = None
    """The `detail` of the body; by default the name of the status."""

    def __post_init__(self) -> None:
        """Raise BadFault for a status that no response can have, or a header that can't be sent."""
        if self.status not in set(HTTPStatus) or self.status < 200:
            raise BadFault(f"expected the status of a response, got {self.status!r}")
        after = str(self.retry_after)
        if not (after.isascii() and after.isprintable()):
            raise BadFault(f"expected retry_after as seconds or a date, got {self.retry_after!r}")

    def apply(self, plan: ResponsePlan) -> ResponsePlan:
        """Replace the whole response by the status."""
        detail = HTTPStatus(self.status).phrase if self.detail is None else self.detail
        body = b"" if self.status in (204, 304) else orjson.dumps({"detail": detail})
        head = [(b"content-type", b"application/json"), (b"vary", b"Origin")]
        if body:
            head.insert(0, (b"content-length", b"%d" % len(body)))
        if self.retry_after is not None:
            head.append((b"retry-after", str(self.retry_after).encode()))
        chunks = (Chunk(0.0, body),)
        return replace(plan, status=self.status, head=tuple(head), chunks=chunks, is_stream=False)


@dataclass(frozen=True, slots=True)
class Latency(Fault):
    """Delays the whole response, as when a deployment wakes up or a queue is full."""

    word = "latency"
    seconds: float

    def __post_init__(self) -> None:
        """Raise BadFault for a time below 0."""
        if not self.seconds >= 0:
            raise BadFault(f"expected seconds to be 0 or more, got {self.seconds!r}")

    def apply(self, plan: ResponsePlan) -> ResponsePlan:
        """Delay the whole response."""
        chunks = tuple(c._replace(due=c.due + self.seconds) for c in plan.chunks)
        return replace(plan, latency=plan.latency + self.seconds, chunks=chunks)


@dataclass(frozen=True, slots=True)
class Cut(Fault):
    """Ends the response early, as when a server dies, a proxy gives up or the network is lost.

    If neither `after` nor `after_bytes` is given, not even the head is sent; 0 cuts right after the
    head. `how="end"` imitates a server that swallows its own error: the response seems complete.
    """

    word = "cut"
    after: str | int | None = None
    after_bytes: int | None = None
    how: How = "reset"

    def __post_init__(self) -> None:
        """Raise BadFault if both places are given, one is negative, or `how` needs one."""
        if self.after is not None and self.after_bytes is not None:
            raise BadFault("expected after or after_bytes, got both")
        if self._is_before_head and self.how not in ("reset", "close"):
            raise BadFault(f"expected after or after_bytes for how={self.how!r}, got none")
        _check_number(self.after, 0, "after")
        _check_number(self.after_bytes, 0, "after_bytes")

    def apply(self, plan: ResponsePlan) -> ResponsePlan:
        """End the response early."""
        kept, torn = plan.chunks, b""
        if self.after is not None:
            end = plan.end_of(self.after)
            kept, torn = plan.chunks[:end], b"".join(c.body for c in plan.chunks[end:])
        elif self.after_bytes is not None:
            kept, torn = _split(plan.chunks, self.after_bytes)
        return replace(
            plan,
            chunks=kept,
            torn=(torn or b"\n") if self.how == "half chunk" else b"",
            ending=Ending(self.how),
            send_headers=not self._is_before_head,
        )

    @property
    def _is_before_head(self) -> bool:
        return self.after is None and self.after_bytes is None


def _split(chunks: Iterable[Chunk], size: int) -> tuple[tuple[Chunk, ...], bytes]:
    """Return the first *size* bytes of *chunks*, as chunks, and all the bytes after them."""
    kept: list[Chunk] = []
    rest: list[bytes] = []
    for chunk in chunks:
        whole = min(chunk.times, max(0, size) // max(1, len(chunk.body)))
        if whole:
            kept.append(chunk._replace(times=whole))
            size -= whole * len(chunk.body)
        if whole < chunk.times:
            if size > 0:
                due = chunk.due + whole * HEARTBEAT_SECONDS
                kept.append(Chunk(due, chunk.body[:size]))
            rest.append(chunk.body[max(0, size) :])
            size = 0
    return tuple(kept), b"".join(rest)


@dataclass(frozen=True, slots=True)
class Stall(Fault):
    """Goes silent, without heartbeats, as when a worker hangs or a route is dead.

    Without `seconds` nothing more is sent: the connection stays open until the client leaves.
    """

    word = "stall"
    after: str | int
    seconds: float | None = None

    def __post_init__(self) -> None:
        """Raise BadFault for an impossible place."""
        _check_number(self.after, 0, "after")

    def apply(self, plan: ResponsePlan) -> ResponsePlan:
        """Delay the chunks after the place, or leave them out."""
        end = plan.end_of(self.after)
        if self.seconds is None:
            return replace(plan, chunks=plan.chunks[:end], ending=Ending.HANG)
        late = (c._replace(due=c.due + self.seconds) for c in plan.chunks[end:])
        return replace(plan, chunks=(*plan.chunks[:end], *late))


@dataclass(frozen=True, slots=True)
class ErrorEvent(Fault):
    """Sends an `error` event instead of the rest, as when a run fails half-way.

    For a wait, the error replaces the whole body, whatever `after` is.
    """

    word = "error_event"
    after: str | int
    error: str = "InternalServerError"
    message: str = "An internal error occurred"

    def __post_init__(self) -> None:
        """Raise BadFault for an impossible place."""
        _check_number(self.after, 0, "after")

    def apply(self, plan: ResponsePlan) -> ResponsePlan:
        """Replace everything after the place by the error."""
        data = orjson.dumps({"error": self.error, "message": self.message})
        if not plan.is_stream:
            body = b'{"__error__":' + data + b"}"
            return replace(plan, chunks=(Chunk(plan.chunks[-1].due, body),))
        end = plan.end_of(self.after)
        due = plan.chunks[min(end, len(plan.chunks) - 1)].due
        event = Chunk(due, sse.encode_event("error", data.decode(), eol=plan.eol), "error")
        return replace(plan, chunks=(*plan.chunks[:end], event))


@dataclass(frozen=True, slots=True)
class _OneFrame(Fault):
    """Changes one frame."""

    event: str | int

    def __post_init__(self) -> None:
        """Raise BadFault for an impossible place."""
        _check_number(self.event, 1, "event")

    def apply(self, plan: ResponsePlan) -> ResponsePlan:
        """Change the frame, and keep the due times."""
        place = plan.place_of(self.event)
        before, after = plan.chunks[:place], plan.chunks[place + 1 :]
        return replace(plan, chunks=(*before, *self._change(plan.chunks[place]), *after))

    @abstractmethod
    def _change(self, chunk: Chunk) -> Iterable[Chunk]:
        """Return the chunks to send instead of *chunk*."""


@dataclass(frozen=True, slots=True)
class Duplicate(_OneFrame):
    """Sends one event twice, as when a buffer is sent again after a hiccup."""

    word = "duplicate"

    def _change(self, chunk: Chunk) -> Iterable[Chunk]:
        return chunk, chunk


@dataclass(frozen=True, slots=True)
class Drop(_OneFrame):
    """Leaves one event out, as when a subscriber connects too late or a queue is full."""

    word = "drop"

    def _change(self, chunk: Chunk) -> Iterable[Chunk]:
        return ()


@dataclass(frozen=True, slots=True)
class Corrupt(_OneFrame):
    """Changes one byte of one event, like a defective proxy or encoder."""

    word = "corrupt"
    seed: int = 0

    def _change(self, chunk: Chunk) -> Iterable[Chunk]:
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
    """Inserts a byte that UTF-8 never contains into one event, as in cut or garbled text."""

    word = "bad_utf8"
    seed: int = 0

    def _change(self, chunk: Chunk) -> Iterable[Chunk]:
        text = chunk.body.rstrip(b"\r\n")
        place = random.Random(self.seed).randint(0, len(text))
        yield chunk._replace(body=chunk.body[:place] + b"\xff" + chunk.body[place:])


@dataclass(frozen=True, slots=True)
class Reorder(Fault):
    """Swaps an event with the one after it, as when one worker overtakes another."""

    word = "reorder"
    event: str | int

    def __post_init__(self) -> None:
        """Raise BadFault for an impossible place."""
        _check_number(self.event, 1, "event")

    def apply(self, plan: ResponsePlan) -> ResponsePlan:
        """Swap the two events; each is sent at the time of the other."""
        first = plan.place_of(self.event)
        second = plan.place_of(1, first + 1)
        chunks = list(plan.chunks)
        chunks[first] = plan.chunks[second]._replace(due=plan.chunks[first].due)
        chunks[second] = plan.chunks[first]._replace(due=plan.chunks[second].due)
        return replace(plan, chunks=tuple(chunks))


def _check_number(place: str | int | None, least: int, name: str) -> None:
    if isinstance(place, int) and place < least:
        raise BadFault(f"expected {name} to be {least} or more, got {place}")

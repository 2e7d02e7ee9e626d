"""Pacing: pieces are due at their recorded time divided by the speed, heartbeats in real time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

HEARTBEAT_SECONDS = 5.0
"""Observed on langgraph-api 0.16.7: sent 5.0, 10.0, ... after the head, whatever else is sent."""


class TimedPiece(NamedTuple):
    """Bytes that were recorded `at` seconds after the request."""

    at: float
    body: bytes
    is_heartbeat: bool = False
    event: str | None = None
    """The name of the event, without the namespace of a subgraph; None for anything else."""


class Clock(Protocol):
    """The clock of paced responses."""

    def now(self) -> float:
        """Return the time in seconds since any fixed start."""
        ...

    def wake_at(self, when: float, wake: Callable[[], None]) -> None:
        """Call *wake* when the time is *when*."""
        ...


class LoopClock:
    """The clock of the running event loop."""

    def now(self) -> float:
        """Return the time of the loop in seconds."""
        return asyncio.get_running_loop().time()

    def wake_at(self, when: float, wake: Callable[[], None]) -> None:
        """Call *wake* when the time is *when*."""
        asyncio.get_running_loop().call_at(when, wake)


class Chunk(NamedTuple):
    """Bytes to send in one write, `due` seconds after the request."""

    due: float
    body: bytes
    event: str | None = None
    """The name of the event, if the chunk is exactly one event."""


def schedule(
    pieces: Iterable[TimedPiece], speed: float, heartbeat: bytes | None
) -> Iterator[Chunk]:
    """Yield the chunks to send, at *speed* times the recorded pace.

    At speed 0 everything is one chunk, due at once. At speed 1 each piece is a chunk, due as
    recorded, heartbeats included. At any other speed the recorded heartbeats are left out, and
    *heartbeat* is sent every five seconds of real time, because clients judge the health of the
    connection by the rhythm of heartbeats.
    """
    if speed == 0:
        yield Chunk(0.0, b"".join(piece.body for piece in pieces if not piece.is_heartbeat))
        return
    beat = HEARTBEAT_SECONDS
    for at, body, is_heartbeat, event in pieces:
        if speed == 1:
            yield Chunk(at, body, event)
            continue
        if is_heartbeat:
            continue
        due = at / speed
        while heartbeat is not None and beat < due:
            yield Chunk(beat, heartbeat)
            beat += HEARTBEAT_SECONDS
        yield Chunk(due, body, event)


def one_by_one(
    pieces: Iterable[TimedPiece], speed: float, heartbeat: bytes | None
) -> Iterator[Chunk]:
    """Yield the chunks to send like `schedule`, but one for each piece even at speed 0."""
    if speed:
        return schedule(pieces, speed, heartbeat)
    kept = (piece for piece in pieces if not piece.is_heartbeat)
    return (Chunk(0.0, piece.body, piece.event) for piece in kept)


class Pause:
    """A sleep that can be ended early; after `end`, every sleep returns at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sleeper: asyncio.Future[None] | None = None
        self.over = False
        """Whether `end` was called."""

    async def until(self, when: float) -> None:
        """Sleep until *when* on the clock, or until `end` is called."""
        if self.over or when <= self._clock.now():
            return
        sleeper = asyncio.get_running_loop().create_future()
        self._sleeper = sleeper
        self._clock.wake_at(when, self.wake)
        await sleeper

    async def until_woken(self) -> None:
        """Sleep until `wake` or `end` is called."""
        if not self.over:
            self._sleeper = asyncio.get_running_loop().create_future()
            await self._sleeper

    def end(self) -> None:
        """End this sleep and every later one."""
        self.over = True
        self.wake()

    def wake(self) -> None:
        """End the current sleep, if there is one."""
        if self._sleeper is not None and not self._sleeper.done():
            self._sleeper.set_result(None)


async def play(
    chunks: Iterator[Chunk],
    send: Callable[[bytes], Awaitable[None]],
    pause: Pause,
    clock: Clock,
    started: float,
) -> bool:
    """Send each of *chunks* when it is due, counted from *started* on *clock*.

    Stops when *pause* is over. Returns whether all were sent.
    """
    for due, body, _ in chunks:
        await pause.until(started + due)
        if pause.over:
            return False
        await send(body)
    return True

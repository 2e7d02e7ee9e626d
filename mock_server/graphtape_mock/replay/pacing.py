"""When each piece of a response leaves: recorded time by speed, heartbeats in real time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

HEARTBEAT_SECONDS = 5.0
"""Observed on langgraph-api 0.16.7: 5.0, 10.0, ... after the head, whatever else is sent."""


class TimedPiece(NamedTuple):
    """Bytes that are due *at* seconds after the request, as recorded."""

    at: float
    body: bytes
    is_heartbeat: bool = False
    event: str | None = None
    """The name of the event it is, without the namespace of a subgraph; None where it is none."""


class Clock(Protocol):
    """The time that paced responses run on."""

    def now(self) -> float:
        """Return the time in seconds, from any start."""
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
    """What leaves in one write, `due` seconds after the request."""

    due: float
    body: bytes
    event: str | None = None
    """The name of the event it is, where it is one event and nothing else."""


def schedule(
    pieces: Iterable[TimedPiece], speed: float, heartbeat: bytes | None
) -> Iterator[Chunk]:
    """Yield what leaves when, at *speed* times the recorded pace.

    At speed 0 all leaves at once, in one chunk. At speed 1 the pieces leave as recorded, each a
    chunk of its own, recorded heartbeats among them. At any other speed the recorded heartbeats
    are left out, and *heartbeat* is sent every five seconds of real time: clients take the
    rhythm of heartbeats for the health of the connection.
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
    """Yield what leaves when, as `schedule` does, but each piece by itself at speed 0 too."""
    if speed:
        return schedule(pieces, speed, heartbeat)
    kept = (piece for piece in pieces if not piece.is_heartbeat)
    return (Chunk(0.0, piece.body, piece.event) for piece in kept)


class Pause:
    """Sleeps that can be ended early, for good."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sleeper: asyncio.Future[None] | None = None
        self.over = False
        """Whether `end` was called: nobody sleeps any more."""

    async def until(self, when: float) -> None:
        """Sleep until the clock says *when*, or until `end` is called."""
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
        """Wake the sleeper, and let nobody sleep again."""
        self.over = True
        self.wake()

    def wake(self) -> None:
        """Wake the sleeper."""
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

    Return whether all were sent: none is after *pause* is over.
    """
    for due, body, _ in chunks:
        await pause.until(started + due)
        if pause.over:
            return False
        await send(body)
    return True

"""Pacing: recorded times are divided by the speed; heartbeats are sent in real time."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

HEARTBEAT_SECONDS = 5.0
"""Observed on langgraph-api 0.16.7: sent 5.0, 10.0, ... after the head, whatever else is sent."""

_LONGEST = 1e15
"""Heartbeats are counted up to this many seconds, far longer than any wait."""


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

    def wake_at(self, when: float, wake: Callable[[], None]) -> Callable[[], None]:
        """Call *wake* at the time *when*; return a function that cancels the call."""
        ...


class LoopClock:
    """The clock of the running event loop."""

    def now(self) -> float:
        """Return the time of the loop in seconds."""
        return asyncio.get_running_loop().time()

    def wake_at(self, when: float, wake: Callable[[], None]) -> Callable[[], None]:
        """Call *wake* at the time *when*; return a function that cancels the call."""
        return asyncio.get_running_loop().call_at(when, wake).cancel


class Chunk(NamedTuple):
    """Bytes to send in one write, `due` seconds after the request."""

    due: float
    body: bytes
    event: str | None = None
    """The name of the event, if the chunk is exactly one event."""
    times: int = 1
    """The number of times to send it, five seconds apart; more than one only for heartbeats."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How the times of a response follow from those of its recording."""

    speed: float
    """1 replays at the recorded pace, 2 twice as fast, 0 without any delay."""
    shift: float = 0.0
    """Recorded seconds by which every piece is sent later, or earlier if it is negative."""
    heartbeat: bytes | None = None
    """The bytes of a heartbeat; None for a server that sends none."""

    @property
    def is_recorded(self) -> bool:
        """Whether pieces and heartbeats are sent exactly when they were recorded."""
        return self.speed == 1 and self.shift == 0

    def due(self, at: float) -> float:
        """Return when a piece that was recorded *at* this time is due; both are in seconds."""
        return max(0.0, at + self.shift) / self.speed if self.speed else 0.0


def schedule(pieces: Iterable[TimedPiece], pace: Pace) -> Iterator[Chunk]:
    """Yield the chunks to send, one at a time as they are needed.

    At speed 0 everything is one chunk, due at once, without heartbeats.
    """
    if pace.speed == 0:
        yield Chunk(0.0, b"".join(piece.body for piece in pieces if not piece.is_heartbeat))
        return
    yield from one_by_one(pieces, pace)


def one_by_one(pieces: Iterable[TimedPiece], pace: Pace) -> Iterator[Chunk]:
    """Yield a chunk for each of *pieces*, also at speed 0, and the heartbeats between them.

    At exactly the recorded pace, the heartbeats are the recorded ones. Otherwise they are sent
    every five seconds of real time, because clients judge the health of the connection by their
    rhythm. All heartbeats between two pieces are one chunk, so their number costs nothing.
    """
    sent = 0
    is_recorded = pace.is_recorded
    for at, body, is_heartbeat, event in pieces:
        if is_recorded:
            yield Chunk(at, body, event)
            continue
        if is_heartbeat:
            continue
        due = pace.due(at)
        if pace.heartbeat is not None:
            beats = math.ceil(min(due, _LONGEST) / HEARTBEAT_SECONDS) - 1  # Those before the piece.
            if (new := beats - sent) > 0:
                yield Chunk((sent + 1) * HEARTBEAT_SECONDS, pace.heartbeat, None, new)
                sent += new
        yield Chunk(due, body, event)


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
        take_back = self._clock.wake_at(when, self.wake)
        try:
            await sleeper
        finally:
            take_back()  # Else the clock would remember this sleep until then.

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
    is_gone: Callable[[], bool] = lambda: False,
) -> bool:
    """Send each of *chunks* when it is due, counted from *started* on *clock*.

    Stops when *pause* is over, or when *is_gone* returns True. Returns whether all chunks were
    sent.
    """
    for due, body, _, times in chunks:
        for number in range(times):
            await pause.until(started + due + number * HEARTBEAT_SECONDS)
            if pause.over or is_gone():
                return False
            await send(body)
    return True

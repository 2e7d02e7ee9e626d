"""Pacing: when each piece of a response leaves."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_mock.replay.pacing import (
    Chunk,
    Clock,
    LoopClock,
    Pace,
    Pause,
    TimedPiece,
    play,
    schedule,
)

At = Callable[[float, Callable[[], None]], None]

BEAT = b": heartbeat\r\n\r\n"
RECORDED = [
    TimedPiece(0.5, b"a"),
    TimedPiece(5.0, BEAT, True),
    TimedPiece(8.0, b"b"),
    TimedPiece(8.0, b"c"),
]
LONG = [TimedPiece(1.0, b"a"), TimedPiece(44.0, b"b")]


def test_at_speed_1_each_piece_leaves_alone_as_recorded() -> None:
    assert list(schedule(RECORDED, Pace(1, heartbeat=BEAT))) == [
        Chunk(0.5, b"a"),
        Chunk(5.0, BEAT),
        Chunk(8.0, b"b"),
        Chunk(8.0, b"c"),
    ]


def test_at_speed_0_all_leaves_at_once_without_heartbeats() -> None:
    assert list(schedule(RECORDED, Pace(0, heartbeat=BEAT))) == [Chunk(0.0, b"abc")]


@pytest.mark.parametrize(
    ("speed", "beats"),
    [(0.5, [5.0 * n for n in range(1, 18)]), (2, [5.0, 10.0, 15.0, 20.0]), (10, [])],
)
def test_heartbeats_come_every_five_seconds_of_real_time(speed: float, beats: list[float]) -> None:
    chunks = list(schedule(LONG, Pace(speed, heartbeat=BEAT)))

    assert [
        chunk.due + 5.0 * number
        for chunk in chunks
        if chunk.body == BEAT
        for number in range(chunk.times)
    ] == beats
    assert [chunk for chunk in chunks if chunk.body != BEAT] == [
        Chunk(1.0 / speed, b"a"),
        Chunk(44.0 / speed, b"b"),
    ]


@pytest.mark.parametrize("speed", [0.5, 2, 10])
def test_recorded_heartbeats_are_left_out_at_another_pace(speed: float) -> None:
    assert BEAT not in [chunk.body for chunk in schedule(RECORDED, Pace(speed, heartbeat=None))]


@given(
    st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=8),
    st.sampled_from([0.25, 0.5, 1, 2, 10]),
)
@settings(deadline=None)
def test_chunks_leave_in_order_and_nothing_is_lost(
    times: list[tuple[float, bool]], speed: float
) -> None:
    pieces = [TimedPiece(at, b"x", is_heartbeat) for at, is_heartbeat in sorted(times)]

    chunks = list(schedule(pieces, Pace(speed, heartbeat=BEAT)))

    assert [chunk.due for chunk in chunks] == sorted(chunk.due for chunk in chunks)
    kept = [piece for piece in pieces if speed == 1 or not piece.is_heartbeat]
    assert [c.due for c in chunks if c.body == b"x"] == [piece.at / speed for piece in kept]


def play_all(
    chunks: list[Chunk], clock: Clock, act: Callable[[Pause], None] = lambda pause: None
) -> tuple[list[tuple[float, bytes]], bool]:
    """Play *chunks*; return the times and bytes sent, and whether all were sent."""
    sent: list[tuple[float, bytes]] = []

    async def send(body: bytes) -> None:
        sent.append((clock.now() - 100.0, body))

    async def main() -> bool:
        pause = Pause(clock)
        act(pause)
        return await play(iter(chunks), send, pause, clock, 100.0)

    return sent, asyncio.run(main())


CHUNKS = [Chunk(0.0, b"a"), Chunk(2.0, b"b"), Chunk(2.0, b"c"), Chunk(7.5, b"d")]


def test_chunks_leave_when_they_are_due(clock: Clock) -> None:
    sent, whole = play_all(CHUNKS, clock)

    assert sent == [(0.0, b"a"), (2.0, b"b"), (2.0, b"c"), (7.5, b"d")]
    assert whole


def test_late_chunks_leave_at_once(clock: Clock, at: At) -> None:
    at(0.0, lambda: None)
    play_all([Chunk(9.0, b"x")], clock)

    sent, _ = play_all(CHUNKS, clock)

    assert sent == [(9.0, b"a"), (9.0, b"b"), (9.0, b"c"), (9.0, b"d")]


def test_an_end_wakes_the_sleeper_and_nothing_more_leaves(clock: Clock, at: At) -> None:
    sent, whole = play_all(CHUNKS, clock, lambda pause: at(3.0, pause.end))

    assert sent == [(0.0, b"a"), (2.0, b"b"), (2.0, b"c")]
    assert clock.now() == 103.0
    assert not whole


def test_after_an_end_nothing_leaves(clock: Clock) -> None:
    assert play_all(CHUNKS, clock, Pause.end) == ([], False)


def test_an_end_during_the_last_write_comes_too_late() -> None:
    pauses: list[Pause] = []

    async def send(body: bytes) -> None:
        pauses[0].end()

    async def main() -> bool:
        clock = LoopClock()
        pauses.append(Pause(clock))
        return await play(iter([Chunk(0.0, b"a")]), send, pauses[0], clock, clock.now())

    assert asyncio.run(main())


def test_a_second_end_and_a_late_wake_do_nothing(clock: Clock, at: At) -> None:
    def end_twice(pause: Pause) -> None:
        at(1.0, pause.end)
        at(1.0, pause.end)

    sent, _ = play_all(CHUNKS, clock, end_twice)

    assert sent == [(0.0, b"a")]


def test_the_clock_of_the_loop_wakes_when_it_is_time() -> None:
    async def main() -> tuple[float, float]:
        clock = LoopClock()
        started = clock.now()
        await Pause(clock).until(started + 0.01)
        return clock.now() - started, asyncio.get_running_loop().time() - clock.now()

    slept, apart = asyncio.run(main())

    assert slept >= 0.009
    assert apart < 1

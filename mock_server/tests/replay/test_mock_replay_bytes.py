"""A recording replayed at speed 1, with its own view and ids, gives the recorded bytes."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from captured import assert_for_each, replayable_captures
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts import Exchange, Frame, Headers, Request, Response, sse
from graphtape_mock.recordings.file import RecordingWriter, read
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.replay.pacing import Clock, Pause, play
from graphtape_mock.replay.selection import request_body
from graphtape_mock.server.mock import Mock

ServeRuns = Callable[..., Mock]
Writes = list[tuple[float, bytes]]

UNKNOWN_RUN = {"assistant_id": "agent", "input": None}


def as_run(exchange: Exchange) -> Exchange:
    """Return *exchange* as that of a stateless run; some captures are of other requests.

    Its frames arrive a quarter of a second apart.
    """
    asked = {"assistant_id": "agent", **request_body(exchange)}
    request = Request("POST", "/runs/stream", (), orjson.dumps(asked))
    frames = (
        sse.frame(frame.raw, number / 4, first=number == 0)
        for number, frame in enumerate(exchange.frames)
    )
    return Exchange(request, exchange.response, tuple(frames), exchange.end)


def replay(mock: Mock, run: Exchange, clock: Clock) -> Writes:
    """Return the writes and their times, from the start of the request."""
    written: Writes = []

    async def write(body: bytes) -> None:
        written.append((clock.now() - 100.0, body))

    async def main() -> None:
        response = mock.replay.respond(mock.parser.parse(run.request.body), "/runs/stream")
        chunks = response.chunks(mock.replay.options.speed)
        await play(chunks, write, Pause(clock), clock, clock.now())

    asyncio.run(main())
    return written


def kept_in_a_file(run: Exchange) -> Recording:
    """Write *run* to a recording file and return the recording read from it."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "run.jsonl")
        with RecordingWriter(path) as writer:
            writer.add_exchange(run)
        return read(path)


def recorded_writes(run: Exchange) -> Writes:
    return [(frame.at, frame.raw) for frame in run.frames]


def test_every_capture_is_replayed_to_the_byte_and_at_its_times(
    serve_runs: ServeRuns, make_clock: Callable[[], Clock]
) -> None:
    def is_replayed(_: str, capture: Exchange) -> None:
        run, clock = as_run(capture), make_clock()

        written = replay(serve_runs(run, speed=1, keep_ids=True, clock=clock), run, clock)

        assert written == recorded_writes(run)
        assert b"".join(body for _, body in written) == capture.body

    assert_for_each(replayable_captures(), is_replayed)


def test_every_capture_is_replayed_to_the_byte_from_a_file(
    serve_runs: ServeRuns, make_clock: Callable[[], Clock]
) -> None:
    def is_replayed(_: str, capture: Exchange) -> None:
        run, clock = as_run(capture), make_clock()

        recording = kept_in_a_file(run)
        mock = serve_runs(*recording.runs, speed=1, keep_ids=True, clock=clock)

        assert replay(mock, run, clock) == recorded_writes(run)

    assert_for_each(replayable_captures(), is_replayed)


def test_every_capture_is_the_same_but_for_heartbeats_at_once(serve_runs: ServeRuns) -> None:
    def is_replayed(_: str, capture: Exchange) -> None:
        run = as_run(capture)
        mock = serve_runs(run, keep_ids=True)

        body = mock.replay.respond(mock.parser.parse(run.request.body), "/runs/stream").body()

        assert body == b"".join(f.raw for f in run.frames if f.comment != sse.HEARTBEAT)

    assert_for_each(replayable_captures(), is_replayed)


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)
json_texts = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
).map(lambda value: orjson.dumps(value).decode())
names = st.sampled_from(["metadata", "values", "updates|a:1", "messages/partial", "error", "é"])
ids = st.sampled_from(["1763938922000-0", "7", ""])


@st.composite
def blocks(draw: st.DrawFn, eol: sse.Eol) -> bytes:
    """One block: an event, a comment, or any other text before a blank line."""
    end = eol.encode()
    raw = texts.filter(bool).map(lambda text: text.encode() + end + end)
    events = st.builds(
        sse.encode_event, names, json_texts | texts, st.none() | ids, eol=st.just(eol)
    )
    comments = st.builds(sse.encode_comment, texts | st.just(sse.HEARTBEAT), eol=st.just(eol))
    return draw(events | comments | raw)


@st.composite
def runs(draw: st.DrawFn) -> Exchange:
    """The exchange of a run whose stream was received completely."""
    eol: sse.Eol = draw(st.sampled_from(["\r\n", "\n"]))
    body = b"".join(draw(st.lists(blocks(eol), max_size=6)))
    steps = draw(st.lists(st.integers(0, 60000), min_size=12, max_size=12))
    frames = tuple(_timed(sse.decode(body), steps))
    asked = UNKNOWN_RUN | draw(
        st.sampled_from(
            [
                {},
                {"stream_resumable": True},
                {"metadata": {"a": 1}},
                {"after_seconds": 3, "feedback_keys": ["a"], "durability": "sync"},
            ]
        )
    )
    head: Headers = (("content-type", "text/event-stream; charset=utf-8"),)
    request = Request("POST", "/runs/stream", (), orjson.dumps(asked))
    return Exchange(request, Response(200, head), frames)


def _timed(frames: list[Frame], steps: list[int]) -> Iterator[Frame]:
    at = 0
    for number, (frame, step) in enumerate(zip(frames, steps, strict=False)):
        at += step
        yield sse.frame(frame.raw, at / 10**4, first=number == 0)


class Instant:
    """A clock on which every wait ends at once."""

    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    def wake_at(self, when: float, wake: Callable[[], None]) -> Callable[[], None]:
        self.time = when
        wake()
        return lambda: None


def _is_close(written: Writes, recorded: Writes) -> bool:
    return all(abs(at - due) < 1e-6 for (at, _), (due, _) in zip(written, recorded, strict=True))


@given(runs())
@settings(deadline=None)
def test_any_run_is_replayed_to_the_byte_and_at_its_times(
    serve_runs: ServeRuns, run: Exchange
) -> None:
    clock = Instant()

    written = replay(serve_runs(run, speed=1, keep_ids=True, clock=clock), run, clock)

    assert [body for _, body in written] == [frame.raw for frame in run.frames]
    assert _is_close(written, recorded_writes(run))


@given(runs())
@settings(deadline=None)
def test_any_run_is_replayed_to_the_byte_from_a_file(serve_runs: ServeRuns, run: Exchange) -> None:
    clock = Instant()
    recording = kept_in_a_file(run)

    written = replay(serve_runs(*recording.runs, speed=1, keep_ids=True, clock=clock), run, clock)

    assert [body for _, body in written] == [frame.raw for frame in run.frames]
    assert _is_close(written, recorded_writes(run))


@pytest.mark.parametrize("speed", [0.5, 3])
def test_at_another_speed_only_times_and_heartbeats_differ(
    speed: float, serve_runs: ServeRuns, make_run: Callable[..., Any]
) -> None:
    clock = Instant()
    run = make_run([("metadata", {}), ("values", 1), ("values", 2)], input=None)

    written = replay(serve_runs(run, speed=speed, keep_ids=True, clock=clock), run, clock)

    assert [body for _, body in written] == [frame.raw for frame in run.frames]
    assert _is_close(written, [(frame.at / speed, b"") for frame in run.frames])

"""The run endpoints, called as ASGI applications on a clock that never waits."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from starlette.types import ASGIApp, Message, Scope

from graphtape_contracts import Exchange, sse
from graphtape_mock.replay.pacing import Clock
from graphtape_mock.server.mock import Mock

At = Callable[[float, Callable[[], None]], None]
MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]
Sent = list[tuple[float, Message]]

EVENTS = [("metadata", {"attempt": 1}), ("values", {"n": 1}), ("values", {"n": 2})]


@pytest.fixture(name="slow_run")
def _slow_run(make_run: MakeRun) -> Exchange:
    """A run of half a minute: metadata after 1 second, values after 6 and 30, heartbeats."""
    run = make_run(EVENTS)
    times = zip((1.0, 6.0, 30.0), run.frames, strict=True)
    frames = [sse.frame(frame.raw, at) for at, frame in times]
    beats = [sse.frame(sse.encode_comment(), 5.0 * n) for n in range(1, 6)]
    in_order = sorted([*frames, *beats], key=lambda frame: frame.at)
    return Exchange(run.request, run.response, tuple(in_order))


def request(**body: Any) -> bytes:
    return orjson.dumps({"assistant_id": "agent"} | body)


def drive(
    app: ASGIApp, clock: Clock, path: str, body: bytes, gone: asyncio.Event | None = None
) -> Sent:
    """Return the messages sent and their times; the client disconnects when *gone* is set."""
    sent: Sent = []
    requests = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        for message in requests:
            return message
        await (gone or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append((clock.now() - 100.0, message))

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [],
        "query_string": b"",
    }

    async def main() -> None:
        await app(scope, receive, send)

    asyncio.run(main())
    return sent


def pieces(sent: Sent) -> list[tuple[float, bytes]]:
    """Return the writes of the body, without the last one, which ends it."""
    *written, (_, last) = sent[1:]
    assert (last["body"], last.get("more_body", False)) == (b"", False)
    assert all(message["more_body"] for _, message in written)
    return [(at, message["body"]) for at, message in written]


def test_the_head_leaves_at_once_and_each_event_in_a_write_of_its_own(
    slow_run: Exchange, serve_runs: ServeRuns, clock: Clock
) -> None:
    sent = drive(serve_runs(slow_run, speed=1, clock=clock), clock, "/runs/stream", request())

    assert (sent[0][0], sent[0][1]["status"]) == (0.0, 200)
    assert pieces(sent) == [(frame.at, frame.raw) for frame in slow_run.frames]
    assert sent[-1][0] == 30.0


def test_a_wait_is_kept_alive_by_line_feeds(
    slow_run: Exchange, serve_runs: ServeRuns, clock: Clock
) -> None:
    sent = drive(serve_runs(slow_run, speed=1, clock=clock), clock, "/runs/wait", request())

    beats = [(5.0 * n, b"\n") for n in range(1, 6)]
    assert pieces(sent) == [*beats, (30.0, b'{"n":2}')]


@pytest.mark.parametrize(
    ("speed", "beats"), [(0.5, [5.0 * n for n in range(1, 12)]), (2, [5.0, 10.0]), (10, [])]
)
@pytest.mark.parametrize(
    ("path", "beat"), [("/runs/stream", sse.encode_comment()), ("/runs/wait", b"\n")]
)
def test_heartbeats_keep_the_real_time_at_any_speed(
    path: str,
    beat: bytes,
    speed: float,
    beats: list[float],
    slow_run: Exchange,
    serve_runs: ServeRuns,
    clock: Clock,
) -> None:
    sent = drive(serve_runs(slow_run, speed=speed, clock=clock), clock, path, request())

    assert [at for at, body in pieces(sent) if body == beat] == beats
    assert sent[-1][0] == 30.0 / speed


@pytest.mark.parametrize(("path", "body"), [("/runs/stream", None), ("/runs/wait", b'{"n":2}')])
def test_at_speed_0_all_leaves_in_one_write(
    path: str, body: bytes | None, slow_run: Exchange, serve_runs: ServeRuns, clock: Clock
) -> None:
    sent = drive(serve_runs(slow_run, clock=clock), clock, path, request())

    events = b"".join(frame.raw for frame in slow_run.frames if frame.event)
    assert [(at, m.get("body"), m.get("more_body", False)) for at, m in sent[1:]] == [
        (0.0, events if body is None else body, False)
    ]


def test_a_server_that_goes_ends_its_streams_cleanly(
    slow_run: Exchange, serve_runs: ServeRuns, clock: Clock, at: At
) -> None:
    mock = serve_runs(slow_run, speed=1, clock=clock)
    at(7.0, mock.begin_end)

    sent = drive(mock, clock, "/runs/stream", request())

    assert [when for when, _ in pieces(sent)] == [1.0, 5.0, 6.0]
    assert sent[-1][0] == 7.0


def test_a_server_that_goes_answers_waits_to_the_end(
    slow_run: Exchange, serve_runs: ServeRuns, clock: Clock, at: At
) -> None:
    mock = serve_runs(slow_run, speed=1, clock=clock)
    at(7.0, mock.begin_end)

    sent = drive(mock, clock, "/runs/wait", request())

    assert pieces(sent)[-1] == (30.0, b'{"n":2}')


def cancel_all(mock: Mock) -> Callable[[], None]:
    def cancel() -> None:
        assert mock.run_registry.cancel(status="all") == 1

    return cancel


def test_a_cancelled_stream_just_ends(
    slow_run: Exchange, serve_runs: ServeRuns, clock: Clock, at: At
) -> None:
    mock = serve_runs(slow_run, speed=1, clock=clock)
    at(7.0, cancel_all(mock))

    sent = drive(mock, clock, "/runs/stream", request())

    assert [when for when, _ in pieces(sent)] == [1.0, 5.0, 6.0]
    assert sent[-1][0] == 7.0
    assert len(mock.run_registry) == 0


@pytest.mark.parametrize(
    ("seconds", "speed", "body"),
    [(3.0, 1, b"{}"), (7.0, 1, b'{"n":1}'), (7.0, 0.5, b"{}"), (7.0, 2, b'{"n":1}')],
)
def test_a_cancelled_wait_answers_the_state_so_far(
    seconds: float,
    speed: float,
    body: bytes,
    slow_run: Exchange,
    serve_runs: ServeRuns,
    clock: Clock,
    at: At,
) -> None:
    mock = serve_runs(slow_run, speed=speed, clock=clock)
    at(seconds, cancel_all(mock))

    sent = drive(mock, clock, "/runs/wait", request())

    assert pieces(sent)[-1] == (seconds, body)


def test_a_cancelled_wait_that_was_recorded_as_such_is_empty(
    make_run: MakeRun, serve_runs: ServeRuns, clock: Clock, at: At
) -> None:
    mock = serve_runs(make_run(b'{"n":1}'), speed=0.01, clock=clock)
    at(7.0, cancel_all(mock))

    sent = drive(mock, clock, "/runs/wait", request())

    assert pieces(sent) == [(5.0, b"\n"), (7.0, b"{}")]


@pytest.mark.parametrize("path", ["/runs/stream", "/runs/wait"])
def test_a_client_that_goes_ends_its_run_where_it_asked_for_that(
    path: str, slow_run: Exchange, serve_runs: ServeRuns, clock: Clock, at: At
) -> None:
    mock, gone = serve_runs(slow_run, speed=1, clock=clock), asyncio.Event()
    at(7.0, gone.set)

    sent = drive(mock, clock, path, request(on_disconnect="cancel"), gone)

    assert sent[-1][0] == 7.0
    assert len(mock.run_registry) == 0


@pytest.mark.parametrize("asked", [{}, {"on_disconnect": "continue"}], ids=str)
@pytest.mark.parametrize("path", ["/runs/stream", "/runs/wait"])
def test_a_run_goes_on_without_its_client_otherwise(
    path: str,
    asked: dict[str, str],
    slow_run: Exchange,
    serve_runs: ServeRuns,
    clock: Clock,
    at: At,
) -> None:
    mock, gone = serve_runs(slow_run, speed=1, clock=clock), asyncio.Event()
    running: list[int] = []
    at(7.0, gone.set)
    at(29.0, lambda: running.append(len(mock.run_registry)))

    sent = drive(mock, clock, path, request(**asked), gone)

    assert sent[-1][0] == 30.0
    assert running == [1]


def test_a_client_that_stays_gets_all_where_it_asked_to_cancel(
    slow_run: Exchange, serve_runs: ServeRuns, clock: Clock
) -> None:
    mock = serve_runs(slow_run, speed=1, clock=clock)

    sent = drive(mock, clock, "/runs/stream", request(on_disconnect="cancel"))

    assert sent[-1][0] == 30.0

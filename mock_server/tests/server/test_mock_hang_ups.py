"""Runs whose client has gone: they go on as one timer, and nothing of them is rendered."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from starlette.types import Scope

from graphtape_contracts import Exchange, sse
from graphtape_mock.replay.pacing import Chunk, Clock
from graphtape_mock.replay.run_response import RunResponse
from graphtape_mock.server.connection import TRANSPORT_KEY
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.run_registry import RunRegistry
from graphtape_mock.server.thread_store import ThreadStore

At = Callable[[float, Callable[[], None]], None]
MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]

SECONDS = 240


class _Transport(asyncio.Transport):
    """A connection that a client can hang up."""

    def __init__(self) -> None:
        super().__init__()
        self.is_gone = False

    def is_closing(self) -> bool:
        return self.is_gone


@pytest.fixture(name="long")
def _long(make_run: MakeRun) -> Exchange:
    """A run of four minutes, with an event each second."""
    run = make_run([("values", {"n": n}) for n in range(SECONDS)])
    frames = tuple(sse.frame(f.raw, n + 1.0) for n, f in enumerate(run.frames))
    return Exchange(run.request, run.response, frames)


def request(**body: object) -> bytes:
    return orjson.dumps({"assistant_id": "agent"} | body)


def start(mock: Mock, path: str, body: bytes, transport: _Transport) -> tuple[Any, list[Any]]:
    """Return the work of answering a run request, and the messages that it sends."""
    sent: list[Any] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [],
        TRANSPORT_KEY: transport,
    }
    return mock(scope, receive, send), sent


@pytest.mark.parametrize("path", ["/runs/stream", "/runs/wait"])
def test_a_response_ends_with_its_client_and_the_run_does_not(
    path: str, long: Exchange, serve_runs: ServeRuns, clock: Clock, at: At
) -> None:
    mock = serve_runs(long, speed=1, clock=clock)
    transport = _Transport()
    at(7.5, lambda: setattr(transport, "is_gone", True))
    runs_left: list[int] = []

    async def main() -> list[Any]:
        work, sent = start(mock, path, request(on_completion="keep"), transport)
        await work
        runs_left.append(len(mock.run_registry))
        while len(mock.run_registry):
            await asyncio.sleep(0)
        return sent

    sent = asyncio.run(main())

    assert len(sent) <= 9  # The head, and the pieces up to the hang-up.
    assert runs_left == [1]
    assert clock.now() == 100.0 + SECONDS


def test_thousands_of_hang_ups_cost_a_timer_each(
    long: Exchange, serve_runs: ServeRuns, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock = serve_runs(long, speed=1, clock=clock)
    rendered = 0
    render = RunResponse.chunks

    def count(chunk: Chunk) -> Chunk:
        nonlocal rendered
        rendered += 1
        return chunk

    def counting(response: RunResponse, speed: float) -> Iterator[Chunk]:
        return map(count, render(response, speed))

    monkeypatch.setattr(RunResponse, "chunks", counting)
    transport = _Transport()
    transport.is_gone = True

    async def main() -> int:
        for _ in range(6000):
            work, _ = start(mock, "/runs/stream", request(), transport)
            task = asyncio.ensure_future(work)
            await task
        return len(asyncio.all_tasks())

    assert asyncio.run(main()) == 1
    assert rendered == 6000


def respond(mock: Mock, **body: object) -> RunResponse:
    return mock.replay.respond(mock.parser.parse(request(**body)), "/runs/stream")


class _Timers:
    """A clock that keeps its timers."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def now(self) -> float:
        return 0.0

    def wake_at(self, when: float, wake: Callable[[], None]) -> Callable[[], None]:
        self.waiting.append(wake)
        return lambda: self.waiting.remove(wake) if wake in self.waiting else None


@pytest.mark.parametrize("limits", [{"unattended_limit": 5}, {"unattended_bytes": 9000}])
def test_beyond_a_limit_the_oldest_runs_finish_at_once(
    limits: dict[str, int], long: Exchange, serve_runs: ServeRuns
) -> None:
    threads, timers = ThreadStore(), _Timers()
    registry = RunRegistry(threads, **limits)
    mock = serve_runs(long)
    responses = [respond(mock, on_completion="keep") for _ in range(20)]

    for response in responses:
        registry.leave_alone(response, timers.now() + SECONDS, timers)

    assert len(registry) == len(timers.waiting) <= 5
    assert registry.bytes <= 20_000
    first = threads.get(responses[0].thread_id)
    assert (first["status"], first["values"]) == ("idle", {"n": SECONDS - 1})
    assert threads.get(responses[-1].thread_id)["status"] == "busy"
    registry.end_unattended()
    assert (len(registry), registry.bytes, timers.waiting) == (0, 0, [])


def test_a_run_without_a_client_can_be_cancelled_once(
    long: Exchange, serve_runs: ServeRuns
) -> None:
    threads, timers = ThreadStore(), _Timers()
    registry = RunRegistry(threads)
    response = respond(serve_runs(long))
    registry.start(response, lambda: None)
    registry.leave_alone(response, timers.now() + SECONDS, timers)
    registry.finish(response)

    assert registry.cancel(thread_id=response.thread_id, run_ids=["another"]) == 0
    assert registry.cancel(thread_id=response.thread_id, run_ids=[response.run_id]) == 1
    assert registry.cancel(status="all") == 0
    assert threads.bytes == 0


def test_a_timer_that_rings_after_its_run_was_finished_does_nothing(
    long: Exchange, serve_runs: ServeRuns
) -> None:
    timers = _Timers()
    registry = RunRegistry(ThreadStore())
    registry.leave_alone(respond(serve_runs(long)), 240.0, timers)
    (ring,) = timers.waiting

    registry.end_unattended()
    ring()

    assert len(registry) == 0

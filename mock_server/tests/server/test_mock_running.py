"""The mock server on a real local socket."""

import asyncio
import errno
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import orjson
import pytest
from starlette.types import Message

from graphtape_contracts import Exchange, sse
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import Library, load
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.running import BackgroundServer, MockServer, open_socket

Captured = Callable[[str], Exchange]
MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]


def request(**body: Any) -> bytes:
    return orjson.dumps({"assistant_id": "agent"} | body)


@pytest.fixture(name="ask")
def _ask() -> Iterator[httpx.Client]:
    """A client that ignores proxy settings."""
    with httpx.Client(trust_env=False, timeout=30) as client:
        yield client


def test_the_mock_answers_on_a_socket(
    make_run: MakeRun, serve_runs: ServeRuns, ask: httpx.Client
) -> None:
    run = make_run([("metadata", {}), ("values", 1)])

    with BackgroundServer(serve_runs(run)) as server:
        stream = ask.post(f"{server.url}/runs/stream", content=request())
        wait = ask.post(f"{server.url}/runs/wait", content=request())

    assert (stream.status_code, stream.content) == (200, b"".join(f.raw for f in run.frames))
    assert (wait.status_code, wait.json()) == (200, 1)


def test_the_head_is_that_of_the_server_in_its_order(
    captured: Captured, serve_runs: ServeRuns, ask: httpx.Client
) -> None:
    recorded = captured("python/mode-agent-values")

    with BackgroundServer(serve_runs(recorded, keep_ids=True, speed=1)) as server:
        answered = ask.post(f"{server.url}/runs/stream", content=recorded.request.body)

    sent = [(name, value) for name, value in answered.headers.multi_items() if name != "date"]
    assert sent == [pair for pair in recorded.response.headers if pair[0] != "date"]
    assert answered.content == recorded.body


def test_a_refusal_says_why(make_run: MakeRun, serve_runs: ServeRuns, ask: httpx.Client) -> None:
    with BackgroundServer(serve_runs(make_run([]))) as server:
        answered = ask.post(f"{server.url}/runs/stream", content=b"{")

    assert (answered.status_code, answered.json()) == (
        422,
        {"detail": "Invalid JSON in request body"},
    )


def test_a_server_that_ended_answers_no_more(
    make_run: MakeRun, serve_runs: ServeRuns, ask: httpx.Client
) -> None:
    with BackgroundServer(serve_runs(make_run([]))) as server:
        pass

    with pytest.raises(httpx.ConnectError):
        ask.get(f"{server.url}/ok")


def test_a_server_that_ends_lets_go_of_its_streams(
    make_run: MakeRun, serve_runs: ServeRuns, ask: httpx.Client
) -> None:
    run = make_run([("metadata", {}), ("values", 1)])
    slow = serve_runs(run, speed=0.001)  # The first event after 100 seconds.
    pieces: list[bytes] = []

    with (
        ThreadPoolExecutor() as pool,
        BackgroundServer(slow) as server,
        ask.stream("POST", f"{server.url}/runs/stream", content=request()) as stream,
    ):
        reading = pool.submit(lambda: pieces.extend(stream.iter_raw()))
        server.__exit__()
        reading.result(10)

    assert pieces == []


def test_each_of_many_clients_gets_its_own(
    make_run: MakeRun, serve_runs: ServeRuns, ask: httpx.Client
) -> None:
    numbers = range(40)
    runs = [make_run([("metadata", {}), ("values", n), ("values", [n])], input=n) for n in numbers]

    with BackgroundServer(serve_runs(*runs, speed=2)) as server, ThreadPoolExecutor(20) as pool:

        def body_of(number: int) -> bytes:
            return ask.post(f"{server.url}/runs/stream", content=request(input=number)).content

        bodies = list(pool.map(body_of, numbers))

    assert bodies == [b"".join(frame.raw for frame in run.frames) for run in runs]


def test_without_uvloop_the_loop_of_python_serves(
    make_run: MakeRun,
    serve_runs: ServeRuns,
    ask: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)

    with BackgroundServer(serve_runs(make_run([("values", 1)]))) as server:
        wait = ask.post(f"{server.url}/runs/wait", content=request())

    assert wait.json() == 1


def test_a_taken_port_is_refused() -> None:
    with open_socket("127.0.0.1", 0) as taken, pytest.raises(OSError, match="in use"):
        open_socket("127.0.0.1", taken.getsockname()[1])


def test_the_url_names_host_and_port(make_run: MakeRun, serve_runs: ServeRuns) -> None:
    with open_socket("127.0.0.1", 0) as listening:
        server = MockServer(serve_runs(make_run([])), listening)

        assert server.url == f"http://127.0.0.1:{server.port}"


def _has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        return probe.connect_ex(("::1", 9)) in (0, errno.ECONNREFUSED)


@pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6 loopback")
@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_the_url_of_an_ipv6_address_has_brackets(
    host: str, make_run: MakeRun, serve_runs: ServeRuns, ask: httpx.Client
) -> None:
    with BackgroundServer(serve_runs(make_run([])), host) as server:
        answered = ask.get(f"{server.url}/ok")

    assert server.url.startswith("http://[::1]:")
    assert answered.status_code == 200


def test_background_work_starts_with_the_server_and_ends_with_it(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    events: list[str] = []

    async def work() -> None:
        events.append("started")
        server.should_exit = True
        try:
            await asyncio.Event().wait()
        finally:
            events.append("ended")

    server = MockServer(serve_runs(make_run([])), open_socket("127.0.0.1", 0), work)
    server.listen()

    assert events == ["started", "ended"]


def test_a_mock_leaves_other_protocols_to_the_application(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    mock = serve_runs(make_run([]))
    sent: list[Message] = []
    events = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> Message:
        return next(events)

    async def send(message: Message) -> None:
        sent.append(message)

    async def main() -> None:
        await mock({"type": "lifespan", "state": {}}, receive, send)

    asyncio.run(main())

    assert [m["type"] for m in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert mock.journal.entries == ()


def test_a_crash_is_answered_as_by_the_server_and_nothing_is_logged(
    make_run: MakeRun, serve_runs: ServeRuns, ask: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    body = b'{"assistant_id":"agent","input":{},"after_seconds":1e300}'

    with BackgroundServer(serve_runs(make_run([("values", 1)], input={}))) as server:
        answered = ask.post(f"{server.url}/runs/wait", content=body)

    assert (answered.status_code, answered.text) == (500, "Internal Server Error")
    assert capfd.readouterr().err == ""


def test_the_bundled_recordings_are_good() -> None:
    library = load([bundled_recordings()])

    assert library.runs
    assert {run.match_form["assistant"] for run in library.runs}


@pytest.mark.parametrize("run", load([bundled_recordings()]).runs)
def test_every_bundled_run_is_replayed_to_the_byte(run: Any) -> None:
    (exchange, *_) = run.exchanges
    mock = Mock(Library([Recording("run", run.exchanges)]), ReplayOptions(speed=0, keep_ids=True))

    request_ = mock.parser.parse(exchange.request.body)
    body = mock.replay.respond(request_, exchange.request.path).body()

    assert body == b"".join(f.raw for f in exchange.frames if f.comment != sse.HEARTBEAT)


def test_sockets_are_closed_where_they_cannot_listen() -> None:
    with pytest.raises(OSError, match=r"assign|address"):
        open_socket("203.0.113.1", 0)


def test_a_port_is_free_again_at_once(make_run: MakeRun, serve_runs: ServeRuns) -> None:
    with BackgroundServer(serve_runs(make_run([]))) as server:
        port = int(server.url.rpartition(":")[2])

    with socket.create_server(("127.0.0.1", port)):
        pass

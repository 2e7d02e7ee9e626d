"""The end of a server: it takes a few seconds at most, whatever its clients do."""

import asyncio
import logging
import signal
import socket
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from typing import cast

import orjson
import pytest
from scripted_deployment import wait_until

from graphtape_contracts import Exchange, sse
from graphtape_mock.server import running
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.protocol import Protocol
from graphtape_mock.server.running import (
    BackgroundServer,
    MockServer,
    ServerNotResponding,
    open_socket,
)

MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]

GIVE_UP_SECONDS = 30
LARGE = "x" * 8_000_000
"""More than the buffers of a connection hold."""


def request(**body: object) -> bytes:
    return orjson.dumps({"assistant_id": "agent"} | body)


def send(port: int, path: str, body: bytes, *, missing: int = 0) -> socket.socket:
    """Send a run request whose body lacks its last *missing* bytes; return the connection."""
    connection = socket.create_connection(("127.0.0.1", port), GIVE_UP_SECONDS)
    head = f"POST {path} HTTP/1.1\r\nHost: server.test\r\nContent-Length: {len(body) + missing}"
    connection.sendall(head.encode() + b"\r\n\r\n" + body)
    return connection


def read_to_end(connection: socket.socket) -> bytes:
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


class Ended:
    """A server in a thread, and what it said at its end."""

    def __init__(self, mock: Mock, grace: float) -> None:
        self.waited_for: list[str] = []
        self.server = MockServer(
            mock, open_socket("127.0.0.1", 0), on_waiting=self._wait, grace=grace
        )
        self.is_waiting = threading.Event()
        self.thread = threading.Thread(target=self.server.listen)

    def _wait(self, requests: Sequence[str]) -> None:
        self.waited_for += requests
        self.is_waiting.set()

    def end(self) -> None:
        self.server.should_exit = True
        self.thread.join(GIVE_UP_SECONDS)
        assert not self.thread.is_alive()


@contextmanager
def serving(mock: Mock, grace: float = 0.5) -> Generator[Ended]:
    ended = Ended(mock, grace)
    ended.thread.start()
    assert ended.server.serving.wait(GIVE_UP_SECONDS)
    yield ended
    ended.end()


def has_begun(mock: Mock, runs: int = 1) -> None:
    """Wait until that number of *runs* is in progress."""
    wait_until(lambda: len(mock.run_registry) >= runs, GIVE_UP_SECONDS)


@pytest.fixture(name="never")
def _never(make_run: MakeRun, serve_runs: ServeRuns) -> Mock:
    """A mock of a run that takes four minutes."""
    run = make_run([("metadata", {}), ("values", 1)])
    frames = (sse.frame(run.frames[0].raw, 0.0), sse.frame(run.frames[1].raw, 240.0))
    return serve_runs(Exchange(run.request, run.response, frames), speed=1)


@pytest.mark.parametrize("path", ["/runs/stream", "/runs/wait"])
def test_a_response_that_is_not_read_is_aborted(
    path: str, make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    mock = serve_runs(make_run([("values", LARGE)]))

    with serving(mock) as ended:
        connection = send(ended.server.port, path, request())
        assert connection.recv(12) == b"HTTP/1.1 200"
        ended.end()

    assert [text.split(",")[0] for text in ended.waited_for] == [f"POST {path}"]
    connection.close()


def test_a_request_that_stops_in_the_middle_is_aborted(never: Mock) -> None:
    with serving(never) as ended, closing(send(ended.server.port, "/runs/wait", b"{", missing=20)):
        with closing(send(ended.server.port, "/ok", b"")) as other:
            assert other.recv(12)  # The first request was received, too.
        ended.end()

    assert len(ended.waited_for) == 1


def test_a_run_that_begins_after_the_end_has_begun_ends_at_once(never: Mock) -> None:
    body = request()
    with serving(never, grace=GIVE_UP_SECONDS) as ended:
        late = [
            send(ended.server.port, path, body[:-1], missing=1)
            for path in ("/runs/stream", "/runs/wait")
        ]
        with closing(send(ended.server.port, "/ok", b"")) as other:
            assert other.recv(12)
        ended.server.should_exit = True
        assert ended.is_waiting.wait(GIVE_UP_SECONDS)
        for connection in late:
            connection.sendall(body[-1:])
        stream, wait = map(read_to_end, late)
        ended.end()

    assert stream.endswith(b"\r\n\r\n0\r\n\r\n")
    assert wait.endswith(b"{}\r\n0\r\n\r\n")


def test_a_wait_that_is_over_within_the_grace_is_completed(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    mock = serve_runs(make_run([("values", 1)]), speed=0.2)

    with serving(mock, grace=GIVE_UP_SECONDS) as ended:
        wait = send(ended.server.port, "/runs/wait", request())
        has_begun(mock)
        ended.end()

    assert read_to_end(wait).endswith(b"1\r\n1\r\n0\r\n\r\n")


def test_streams_that_have_just_begun_end_too(never: Mock) -> None:
    with serving(never, grace=GIVE_UP_SECONDS) as ended:
        streams = [send(ended.server.port, "/runs/stream", request()) for _ in range(100)]
        ended.end()

    for stream in streams:
        stream.close()


def test_a_second_signal_ends_it_at_once(never: Mock) -> None:
    with serving(never, grace=GIVE_UP_SECONDS) as ended:
        wait = send(ended.server.port, "/runs/wait", request())
        has_begun(never)
        ended.server.handle_exit(signal.SIGTERM, None)
        assert ended.is_waiting.wait(GIVE_UP_SECONDS)
        ended.server.handle_exit(signal.SIGTERM, None)
        ended.end()

    assert ended.server.signals == 2
    wait.close()


def test_a_request_that_waits_for_something_else_is_cancelled(
    never: Mock, caplog: pytest.LogCaptureFixture
) -> None:
    waits = threading.Event()

    async def wait_for_ever(*_: object) -> str | None:
        waits.set()
        never_done: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        return await never_done

    never.overrides.prepare = wait_for_ever
    with serving(never, grace=0) as ended:
        connection = send(ended.server.port, "/runs/wait", request())
        assert waits.wait(GIVE_UP_SECONDS)
        ended.end()

    assert caplog.records == []
    connection.close()


def test_a_request_that_is_cancelled_before_the_end_is_an_error(
    never: Mock, caplog: pytest.LogCaptureFixture
) -> None:
    async def cancelled(*_: object) -> str | None:
        raise asyncio.CancelledError

    never.overrides.prepare = cancelled
    with serving(never) as ended:
        response = read_to_end(send(ended.server.port, "/runs/wait", request()))

    assert response.startswith(b"HTTP/1.1 500")
    assert len(caplog.records) == 1


def test_a_connection_without_a_request_is_nothing_to_wait_for(never: Mock) -> None:
    with (
        serving(never) as ended,
        socket.create_connection(("127.0.0.1", ended.server.port), GIVE_UP_SECONDS),
    ):
        wait_until(lambda: bool(ended.server.server_state.connections), GIVE_UP_SECONDS)
        (idle,) = cast(set[object], ended.server.server_state.connections)
        assert isinstance(idle, Protocol)
        assert idle.unfinished() == ""
        ended.end()

    assert ended.waited_for == []


def test_the_error_of_a_thread_that_can_not_start_is_raised(
    never: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(running, "_new_loop", fail)

    server = BackgroundServer(never)
    with pytest.raises(OSError, match="Too many"):
        server.__enter__()


def test_a_thread_that_does_not_start_or_end_is_said(
    never: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, listen = threading.Event(), MockServer.listen

    def listen_late(server: MockServer) -> None:
        go_on.wait(GIVE_UP_SECONDS)
        listen(server)

    monkeypatch.setattr(MockServer, "listen", listen_late)
    monkeypatch.setattr(running, "START_SECONDS", 0.0)
    monkeypatch.setattr(running, "JOIN_SECONDS", 0.0)
    server = BackgroundServer(never)

    with pytest.raises(ServerNotResponding):
        server.__enter__()
    with pytest.raises(ServerNotResponding):
        server.__exit__()
    go_on.set()
    monkeypatch.setattr(running, "JOIN_SECONDS", GIVE_UP_SECONDS)
    server.__exit__()


async def nothing() -> None:
    """Work that is done at once."""


async def end_of_the_loop() -> None:
    """Work that is cancelled, as all is when the loop ends."""
    raise asyncio.CancelledError


def test_a_server_that_fails_later_is_logged_and_refuses_work(
    never: Mock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    go_on = threading.Event()

    async def fail(_: object) -> None:
        while not go_on.is_set():
            await asyncio.sleep(0.01)
        raise RuntimeError("failed later")

    monkeypatch.setattr(MockServer, "main_loop", fail)
    server = BackgroundServer(never)
    with pytest.raises(ServerNotResponding):
        server.run(nothing())
    with server:
        server.run(nothing())
        with pytest.raises(ServerNotResponding):
            server.run(end_of_the_loop())
        go_on.set()

    assert "failed later" in caplog.text
    with pytest.raises(ServerNotResponding):
        server.run(nothing())


def test_work_that_takes_too_long_is_given_up(never: Mock) -> None:
    with BackgroundServer(never) as server, pytest.raises(TimeoutError):
        server.run(asyncio.sleep(GIVE_UP_SECONDS), 0.01)


def state_of_the_host() -> list[object]:
    names = ("", "uvicorn", "uvicorn.error", "uvicorn.access", "asyncio")
    loggers = [logging.getLogger(name) for name in names]
    return [
        [(log.level, log.propagate, log.handlers[:], log.filters[:]) for log in loggers],
        type(asyncio.get_event_loop_policy()),  # pyright: ignore[reportDeprecated]  # of old hosts
        [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
        logging.getLevelName(5),
    ]


def test_the_process_around_a_server_thread_stays_as_it_was(
    never: Mock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    before = state_of_the_host()

    with BackgroundServer(never) as server:
        send(int(server.url.rpartition(":")[2]), "/ok", b"").close()
        during = state_of_the_host()

    assert before == during == state_of_the_host()
    assert caplog.records == []

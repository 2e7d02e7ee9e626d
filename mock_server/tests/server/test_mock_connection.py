"""The bytes of a response that breaks off, as a client receives them."""

import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager

import orjson
import pytest

from graphtape_contracts import Exchange
from graphtape_mock.replay.fault import Cut, Fault, Stall
from graphtape_mock.server.connection import unsent
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.overrides import ResponseOverride
from graphtape_mock.server.running import BackgroundServer

MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]

BODY = orjson.dumps({"assistant_id": "agent"})
REQUEST = b"POST /runs/stream HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%b" % (
    len(BODY),
    BODY,
)
EVENTS = [("metadata", {"attempt": 1}), ("values", {"n": 1})]
METADATA = b'event: metadata\r\ndata: {"attempt":1}\r\n\r\n'
VALUES = b'event: values\r\ndata: {"n":1}\r\n\r\n'
RESET = "reset"


@contextmanager
def asked(mock: Mock, *faults: Fault) -> Generator[socket.socket]:
    """Yield a connection on which a run was requested; *faults* change the response."""
    mock.overrides.set(ResponseOverride(faults=faults))
    with BackgroundServer(mock) as server:
        port = int(server.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(REQUEST)
            yield connection
        server.run(_reset(mock))


async def _reset(mock: Mock) -> None:
    mock.reset()


def received(connection: socket.socket) -> tuple[bytes, str]:
    """Return the body as sent, in chunked encoding, and how it ended."""
    data = b""
    while True:
        try:
            piece = connection.recv(65536)
        except ConnectionResetError:
            return data.partition(b"\r\n\r\n")[2], RESET
        if not piece:
            return data.partition(b"\r\n\r\n")[2], "closed"
        data += piece


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


@pytest.mark.parametrize(
    ("fault", "body", "end"),
    [
        (Cut(after="metadata"), chunk(METADATA), RESET),
        (Cut(after=0), b"", RESET),
        (Cut(), b"", RESET),
        (Cut(how="close"), b"", "closed"),
        (Cut(after=1, how="close"), chunk(METADATA), "closed"),
        (Cut(after_bytes=7, how="close"), chunk(b"event: "), "closed"),
        (
            Cut(after=1, how="half chunk"),
            chunk(METADATA) + b"%x\r\n" % len(VALUES) + VALUES[: len(VALUES) // 2],
            "closed",
        ),
    ],
    ids=str,
)
def test_a_response_breaks_off_as_it_is_told(
    make_run: MakeRun, serve_runs: ServeRuns, fault: Fault, body: bytes, end: str
) -> None:
    with asked(serve_runs(make_run(EVENTS)), fault) as connection:
        assert received(connection) == (body, end)


def test_a_long_response_is_sent_whole_before_the_reset(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    long = [("metadata", "x"), ("values", "x" * 5_000_000)]

    with asked(serve_runs(make_run(long)), Cut(after=2)) as connection:
        body, end = received(connection)

    assert (len(body) > 5_000_000, end) == (True, RESET)


def test_a_response_that_ends_early_looks_whole(make_run: MakeRun, serve_runs: ServeRuns) -> None:
    with asked(serve_runs(make_run(EVENTS)), Cut(after=1, how="end")) as connection:
        connection.sendall(REQUEST.replace(b"host: x", b"host: x\r\nconnection: close"))
        body, end = received(connection)

    assert body.startswith(chunk(METADATA) + b"0\r\n\r\nHTTP/1.1 200")
    assert end == "closed"


def test_a_response_that_stalls_keeps_its_connection(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    with asked(serve_runs(make_run(EVENTS)), Stall(1)) as connection:
        data = b""
        while METADATA not in data:
            data += connection.recv(65536)
        connection.settimeout(0.05)
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_a_cut_leaves_no_line_in_the_log(
    make_run: MakeRun, serve_runs: ServeRuns, caplog: pytest.LogCaptureFixture
) -> None:
    for fault in (Cut(), Cut(after=1), Cut(how="close"), Cut(after=1, how="close")):
        with asked(serve_runs(make_run(EVENTS)), fault) as connection:
            received(connection)

    assert caplog.messages == []


def test_a_connection_that_does_not_tell_has_sent_all() -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        one.send(b"x")

        assert unsent(one) == 0

"""The HTTP protocol: WebSocket handshakes, as langgraph-api 0.16.7 was seen to refuse them."""

import socket
from collections.abc import Callable, Iterator

import pytest

from graphtape_contracts import Exchange
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.running import BackgroundServer

GIVE_UP_SECONDS = 30
UPGRADE = ("Upgrade: websocket", "Connection: keep-alive, Upgrade")
KEY, VERSION = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"


@pytest.fixture(name="server", scope="module")
def _server(
    make_run: Callable[..., Exchange], serve_runs: Callable[..., Mock]
) -> Iterator[BackgroundServer]:
    with BackgroundServer(serve_runs(make_run([]))) as server:
        yield server


def ask(server: BackgroundServer, *lines: str) -> tuple[str, str]:
    """Send a request with *lines*; return the status line and the rest of the response."""
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    with socket.create_connection(address, GIVE_UP_SECONDS) as connection:
        connection.sendall("\r\n".join((*lines, "Host: server.test", "", "")).encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    status, _, rest = received.decode().partition("\r\n")
    return status, rest


@pytest.mark.parametrize("first", ["GET /ok HTTP/1.1", "GET /nope HTTP/1.1", "GET / HTTP/1.0"])
def test_a_websocket_handshake_is_forbidden(
    first: str, server: BackgroundServer, caplog: pytest.LogCaptureFixture
) -> None:
    status, rest = ask(server, first, *UPGRADE, KEY, VERSION)

    date, *others = rest.split("\r\n")
    assert status == "HTTP/1.1 403 Forbidden"
    assert date.startswith("Date: ")
    assert others == [
        "Connection: close",
        "Content-Length: 0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "",
    ]
    assert caplog.records == []


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ((VERSION,), "missing Sec-WebSocket-Key header"),
        ((KEY,), "missing Sec-WebSocket-Version header"),
        (
            ("Sec-WebSocket-Key: abc", VERSION),
            "invalid Sec-WebSocket-Key header: abc; Incorrect padding",
        ),
        ((KEY, "Sec-WebSocket-Version: 8"), "invalid Sec-WebSocket-Version header: 8"),
    ],
)
def test_an_incomplete_handshake_is_a_bad_request(
    headers: tuple[str, ...], reason: str, server: BackgroundServer
) -> None:
    status, rest = ask(server, "GET /ok HTTP/1.1", *UPGRADE, *headers)

    assert status == "HTTP/1.1 400 Bad Request"
    assert rest.endswith(f"\r\n\r\nFailed to open a WebSocket connection: {reason}.\n")


def test_another_upgrade_is_ignored_and_no_package_is_advertised(
    server: BackgroundServer, caplog: pytest.LogCaptureFixture
) -> None:
    status, _ = ask(server, "GET /ok HTTP/1.1", "Upgrade: h2c", "Connection: Upgrade, close")

    assert status == "HTTP/1.1 200 OK"
    assert "pip" not in caplog.text


def test_requests_before_something_that_is_no_http_fail_silently(
    server: BackgroundServer, caplog: pytest.LogCaptureFixture
) -> None:
    body = b'{"assistant_id":"agent","input":null}'
    run = b"POST /runs/stream HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%b" % (
        len(body),
        body,
    )
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    with socket.create_connection(address, GIVE_UP_SECONDS) as connection:
        connection.sendall(run + run + b"\0\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert received.startswith(b"HTTP/1.1 400 Bad Request")
    ask(server, "GET /ok HTTP/1.1", "Connection: close")  # The loop has seen what came before.
    assert [record.levelname for record in caplog.records] == ["WARNING"]

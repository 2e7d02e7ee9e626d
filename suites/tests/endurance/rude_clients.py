"""Clients that misbehave: half requests, responses that they never read, hang-ups, late requests.

Used against `graphtape serve`, and inside the test sessions of a user of the plugin.
"""

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from random import Random
from urllib.parse import urlsplit

LARGE = b'{"assistant_id":"agent","input":"large"}'
"""The body of a request for a recording of several megabytes."""
SLOW = b'{"assistant_id":"agent","input":"slow"}'
"""The body of a request for a recording that takes minutes."""
LATE = b'{"assistant_id":"agent","input":"slow","after_seconds":1e7}'
"""The body of a request whose run begins in months."""

Act = Callable[["RudeClients"], None]


def run_request(path: str, body: bytes, length: int | None = None) -> bytes:
    """Return the bytes of a request for a run; its Content-Length is *length* if given."""
    size = len(body) if length is None else length
    head = f"POST {path} HTTP/1.1\r\nHost: server.test\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + body


class RudeClients:
    """Opens connections to a server and misbehaves on them; keeps them open until `close`."""

    def __init__(self, url: str, random: Random) -> None:
        place = urlsplit(url)
        self._address = (place.hostname or "", place.port or 0)
        self._random = random
        self._open: list[socket.socket] = []

    def misbehave(self, times: int) -> list[str]:
        """Do *times* acts in random order; return their names."""
        acts = [self._random.choice(ACTS) for _ in range(times)]
        for act in acts:
            act(self)
        return [act.__name__ for act in acts]

    def be_late(self) -> None:
        """Send a request on each connection that is open, and on a new one."""
        # A server that has ended refuses, and one that ends resets.
        for connection in self._open:
            with suppress(OSError):
                connection.sendall(run_request("/runs/stream", SLOW))
        with suppress(OSError):
            self.open().sendall(run_request("/runs/stream", SLOW))

    def open(self) -> socket.socket:
        """Return a new connection."""
        connection = socket.create_connection(self._address, 10)
        self._open.append(connection)
        return connection

    def close(self) -> None:
        """Close all connections."""
        for connection in self._open:
            connection.close()
        self._open.clear()

    def ask(self, path: str, body: bytes) -> socket.socket:
        """Send a request and return the connection once the response has begun."""
        connection = self.open()
        connection.sendall(run_request(path, body))
        assert connection.recv(12).startswith(b"HTTP/1.1 ")
        return connection


def half_a_head(clients: RudeClients) -> None:
    """Send the beginning of a head."""
    clients.open().sendall(b"POST /runs/stream HTTP/1.1\r\nHost: ser")


def half_a_body(clients: RudeClients) -> None:
    """Send a body that is shorter than its Content-Length."""
    clients.open().sendall(run_request("/runs/wait", SLOW, len(SLOW) + 20))


def an_idle_connection(clients: RudeClients) -> None:
    """Open a connection and send nothing."""
    clients.open()


def an_unread_wait(clients: RudeClients) -> None:
    """Read only the beginning of a large body."""
    clients.ask("/runs/wait", LARGE)


def an_unread_stream(clients: RudeClients) -> None:
    """Read only the beginning of a large stream."""
    clients.ask("/runs/stream", LARGE)


def a_slow_stream(clients: RudeClients) -> None:
    """Begin to read a stream that takes minutes."""
    clients.ask("/runs/stream", SLOW)


def a_slow_wait(clients: RudeClients) -> None:
    """Wait for a run that takes minutes."""
    clients.open().sendall(run_request("/runs/wait", SLOW))


def a_run_in_months(clients: RudeClients) -> None:
    """Start a run that begins in months."""
    clients.ask("/runs/stream", LATE)


def hang_ups(clients: RudeClients) -> None:
    """Close connections at once, with and without a reset, while their runs go on."""
    for linger in (struct.pack("ii", 1, 0), struct.pack("ii", 0, 0)):
        connection = clients.ask("/runs/stream", SLOW)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.close()


def many_streams(clients: RudeClients) -> None:
    """Start fifty streams without waiting for one of them."""
    for _ in range(50):
        clients.open().sendall(run_request("/runs/stream", SLOW))


ACTS: tuple[Act, ...] = (
    half_a_head,
    half_a_body,
    an_idle_connection,
    an_unread_wait,
    an_unread_stream,
    a_slow_stream,
    a_slow_wait,
    a_run_in_months,
    hang_ups,
    many_streams,
)

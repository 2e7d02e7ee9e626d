"""A deployment whose responses a test defines byte by byte, on a real socket."""

import socket
import struct
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

import orjson

ASSISTANT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"
"""The id of the assistant of the graph `agent`."""

_TLS_HANDSHAKE = b"\x16"

STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"Location: /runs/1/stream\r\nset-cookie: session=abc\r\nconnection: close\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)
END = b"0\r\n\r\n"


def event(name: str, data: object) -> bytes:
    """Return the block of one event."""
    return b"event: %s\r\ndata: %s\r\n\r\n" % (name.encode(), orjson.dumps(data))


def chunk(data: bytes) -> bytes:
    """Return *data* as a chunk of the chunked transfer coding."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def answer(status: int, value: object, *headers: bytes) -> bytes:
    """Return a whole response; its body is *value* as JSON, or as it is if it is bytes."""
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    lines = [
        b"HTTP/1.1 %d Said" % status,
        b"content-type: application/json",
        b"content-length: %d" % len(body),
        b"connection: close",
        *headers,
    ]
    return b"\r\n".join((*lines, b"", body))


@dataclass(frozen=True)
class Asked:
    """A request, and the socket on which it arrived."""

    line: str
    headers: dict[str, str]
    body: bytes
    socket: socket.socket

    def send(self, *pieces: bytes) -> None:
        """Send *pieces*, each with a separate write."""
        for piece in pieces:
            self.socket.sendall(piece)

    def hold(self) -> None:
        """Wait until the client disconnects."""
        self.socket.recv(1)

    def reset(self) -> None:
        """Reset the connection instead of closing it."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


Script = Callable[[Asked], None]


def say(*pieces: bytes) -> Script:
    """Return a script that sends *pieces* and closes the connection."""
    return lambda asked: asked.send(*pieces)


def stream(*blocks: bytes) -> Script:
    """Return a script that sends a whole event stream, with one chunk for each block."""
    return say(STREAM_HEAD, *map(chunk, blocks), END)


@dataclass
class Deployment:
    """The server's URL, its scripts, and the requests that it received."""

    url: str
    scripts: dict[str, Script]
    """By method and path, as in `GET /info`; `default` answers all other requests."""
    asked: list[Asked] = field(default_factory=list[Asked])

    def bodies(self, line: str) -> list[object]:
        """Return the JSON bodies of the requests with this method and path."""
        return [orjson.loads(asked.body) for asked in self.asked if asked.line == line]


def scripts_of_a_server(run: Script) -> dict[str, Script]:
    """Return the scripts of a server with the graph `agent`, whose runs are *run*."""
    described = {"assistant_id": ASSISTANT, "graph_id": "agent"}
    path = f"GET /assistants/{ASSISTANT}"
    return {
        "GET /info": say(answer(200, {"version": "0.16.7"})),
        "POST /assistants/search": say(
            answer(200, [{"assistant_id": str(uuid5(NAMESPACE_URL, "x"))}, described])
        ),
        path: say(answer(200, described)),
        f"{path}/schemas": say(answer(200, {"graph_id": "agent"})),
        f"{path}/graph": say(answer(200, {"nodes": []})),
        f"{path}/graph?xray=true": say(answer(200, {"nodes": []})),
        "POST /runs/stream": run,
        "default": say(answer(404, {"detail": "Not Found"})),
    }


@contextmanager
def deployed(scripts: dict[str, Script]) -> Generator[Deployment]:
    """Run a server with *scripts* during the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    deployment = Deployment(f"http://127.0.0.1:{listener.getsockname()[1]}", scripts)
    threads: list[threading.Thread] = []
    over = threading.Event()

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            if over.is_set():
                connection.close()
                return
            threads.append(threading.Thread(target=_serve, args=(connection, deployment)))
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield deployment
    finally:
        over.set()
        socket.create_connection(listener.getsockname()).close()
        accepting.join()
        listener.close()
        for thread in threads:
            thread.join()


def _serve(connection: socket.socket, deployment: Deployment) -> None:
    with connection:
        received = b""
        while b"\r\n\r\n" not in received:
            received += (piece := connection.recv(65536))
            if not piece or piece.startswith(_TLS_HANDSHAKE):
                return
        head, _, body = received.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (field.partition(":") for field in fields)}
        length = int(headers.get("content-length", "0"))
        # The client may have disconnected before it sent the whole body.
        while len(body) < length and (piece := connection.recv(65536)):
            body += piece
        asked = Asked(line.removesuffix(" HTTP/1.1"), headers, body, connection)
        deployment.asked.append(asked)
        script = deployment.scripts.get(asked.line) or deployment.scripts["default"]
        with suppress(OSError):  # The client may have disconnected.
            script(asked)


def wait_until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until *true* returns true; fail after *seconds*."""
    tick = threading.Event()
    assert any(true() or tick.wait(0.002) for _ in range(int(seconds / 0.002)))

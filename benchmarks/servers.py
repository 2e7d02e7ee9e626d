"""Starts the servers to measure, each in a separate process, on a separate core if possible."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

SERVER_CORE, LOAD_CORE = 0, 1
_HERE = Path(__file__).parent
_GRAPHTAPE = "from graphtape_mock.cli.main import main; main()"


class Server(NamedTuple):
    """A running server."""

    name: str
    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """Return the CPU seconds that the server has used."""
        user, system = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")")[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def mock_command(recordings: Path, speed: float) -> list[str]:
    """Return the command that starts the mock, without the port."""
    options = ["--speed", str(speed), str(recordings), "--port"]
    return [sys.executable, "-c", _GRAPHTAPE, "serve", *options]


def reference_command(kind: str, answers: Path) -> list[str]:
    """Return the command that starts a reference server, without the port."""
    return [sys.executable, str(_HERE / "reference.py"), kind, str(answers)]


def free_port() -> int:
    """Return a free TCP port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def pin(core: int) -> None:
    """Pin this process and its future children to *core*, if there are several cores."""
    if sys.platform == "linux" and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {core})


def start(command: list[str], port: int) -> subprocess.Popen[bytes]:
    """Start a server on the core that is reserved for servers."""
    pin(SERVER_CORE)
    try:
        return subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL)
    finally:
        pin(LOAD_CORE)


@contextmanager
def running(name: str, command: list[str]) -> Iterator[Server]:
    """Run a server during the `with` block."""
    port = free_port()
    process = start(command, port)
    try:
        connect(port).close()
        yield Server(name, process.pid, port)
    finally:
        process.terminate()
        process.wait()


def connect(port: int, timeout: float = 20.0) -> socket.socket:
    """Connect to a server when it listens; raise ConnectionRefusedError after *timeout* seconds."""
    end = time.monotonic() + timeout
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.002)


def time_to_answer(command: list[str], request: bytes) -> float:
    """Start a server and send *request*; return the seconds until the first byte arrived."""
    port = free_port()
    started = time.perf_counter()
    process = start(command, port)
    try:
        with connect(port) as connection:
            connection.sendall(request)
            if not connection.recv(65536).startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"{command} did not answer 200")
            return time.perf_counter() - started
    finally:
        process.terminate()
        process.wait()

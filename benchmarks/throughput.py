"""Sends as many requests as a server can answer, over keep-alive connections.

    python throughput.py PORT PATH SECONDS    (reads the request body from stdin)

Prints the number of answers and the seconds they took. `{n}` in the body is replaced with twelve
digits that differ in every request. If wrk is installed, `replay.py` uses it instead.
"""

import asyncio
import itertools
import json
import re
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple, cast

import uvloop

CONNECTIONS = 32
PLACE = b"{n}"
_LAST_CHUNK = b"\r\n0\r\n\r\n"


class Load(NamedTuple):
    """The number of answers, and the seconds they took."""

    answers: int
    seconds: float


class WrongAnswer(RuntimeError):
    """A server answered with a status other than 200."""


def request_of(path: str, body: bytes) -> bytes:
    """Return the bytes of a request, in which `{n}` is not yet replaced."""
    length = len(body.replace(PLACE, b"0" * 12))
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {length}\r\n\r\n".encode() + body


class _Client(asyncio.Protocol):
    """Sends the next request as soon as the response is complete."""

    answers = 0
    """The number of answers to all clients."""
    wrong: bytes | None = None

    def __init__(self, request: bytes) -> None:
        self._parts = request.split(PLACE)
        self._numbers = itertools.count(id(self) % 10**9 * 1000)
        self._fresh = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def _ask(self) -> None:
        self._fresh = True
        self._tail = b""
        self._transport.write((b"%012d" % next(self._numbers)).join(self._parts))

    def data_received(self, data: bytes) -> None:
        if self._fresh and not data.startswith(b"HTTP/1.1 200"):
            _Client.wrong = data
            return
        self._fresh = False
        self._tail = (self._tail + data)[-len(_LAST_CHUNK) :]
        if self._tail == _LAST_CHUNK:
            _Client.answers += 1
            self._ask()


async def _load(port: int, request: bytes, seconds: float) -> Load:
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: _Client(request), "127.0.0.1", port)
    await asyncio.sleep(seconds)
    if _Client.wrong is not None:
        raise WrongAnswer(_Client.wrong[:200].decode(errors="replace"))
    return Load(_Client.answers, time.perf_counter() - started)


_LUA = """
local parts, number = {%s}, 0
request = function()
  number = number + 1
  return table.concat(parts, string.format("%%012d", number))
end
"""


def with_wrk(port: int, path: str, body: bytes, seconds: float) -> Load:
    """Send the requests with wrk; return the number of answers."""
    # An ASCII JSON string is also a Lua string.
    parts = request_of(path, body).decode("ascii").split(PLACE.decode())
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="ascii") as script:
        script.write(_LUA % ", ".join(json.dumps(part) for part in parts))
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "-s", script.name]
        command.append(f"http://127.0.0.1:{port}{path}")
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"(\d+) requests in ([\d.]+)(m?s)", output)
    if found is None or "Non-2xx" in output or "Socket errors" in output:
        raise WrongAnswer(output)
    return Load(int(found[1]), float(found[2]) / (1000 if found[3] == "ms" else 1))


if __name__ == "__main__":
    port, path, seconds = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    body = sys.stdin.buffer.read()
    print(*uvloop.run(_load(port, request_of(path, body), seconds)))

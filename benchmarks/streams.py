"""Load: many paced streams at once, and how late each event comes.

    python streams.py PORT PATH STREAMS SPREAD    (the body of the request comes on standard input)

Prints, as JSON, the lateness of all events in milliseconds, counted from the head of its response,
and how long each head took. The requests leave within SPREAD seconds, over connections that are
open already.
"""

import asyncio
import json
import sys
import time

import uvloop
from reference import EVENT_SECONDS
from throughput import request_of

_EVENT = b"\r\nevent: "


class _Stream(asyncio.Protocol):
    def __init__(self, ended: asyncio.Queue[None]) -> None:
        self.heads: list[float] = []
        self.late: list[float] = []
        self._ended = ended
        self._seen = 0

    def ask(self, transport: asyncio.Transport, request: bytes) -> None:
        self._asked = time.perf_counter()
        transport.write(request)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        if not self.heads:
            self.heads.append(now - self._asked)
            self._head = now
        for _ in range(data.count(_EVENT)):
            self.late.append(now - self._head - self._seen * EVENT_SECONDS)
            self._seen += 1
        if data.endswith(b"0\r\n\r\n"):
            self._ended.put_nowait(None)


async def _measure(port: int, request: bytes, count: int, spread: float) -> dict[str, list[float]]:
    loop = asyncio.get_running_loop()
    ended: asyncio.Queue[None] = asyncio.Queue()
    connections = [
        await loop.create_connection(lambda: _Stream(ended), "127.0.0.1", port)
        for _ in range(count)
    ]
    streams = [stream for _, stream in connections]
    for number, (transport, stream) in enumerate(connections):
        loop.call_later(spread * number / count, stream.ask, transport, request)
    async with asyncio.timeout(60):
        for _ in streams:
            await ended.get()
    return {
        "late": [1000 * value for stream in streams for value in stream.late],
        "head": [1000 * value for stream in streams for value in stream.heads],
    }


if __name__ == "__main__":
    port, path, count, spread = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    request = request_of(path, sys.stdin.buffer.read())
    print(json.dumps(uvloop.run(_measure(port, request, count, spread))))

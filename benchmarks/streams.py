"""Runs many paced streams concurrently, and measures how late their events arrive.

    python streams.py PORT PATH STREAMS SPREAD    (reads the request body from stdin)

The requests are sent within SPREAD seconds, over connections that are already open. Prints a JSON
object, in milliseconds: the median (p50) and p99 of the lateness of events, counted from the
request, and the median time until the head arrived.
"""

import asyncio
import json
import sys
import time
from statistics import median, quantiles

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
        for _ in range(data.count(_EVENT)):
            self.late.append(now - self._asked - self._seen * EVENT_SECONDS)
            self._seen += 1
        if data.endswith(b"0\r\n\r\n"):
            self._ended.put_nowait(None)


async def _measure(port: int, request: bytes, count: int, spread: float) -> dict[str, float]:
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
    late = quantiles([1000 * value for stream in streams for value in stream.late], n=100)
    head = median(1000 * value for stream in streams for value in stream.heads)
    return {"p50": late[49], "p99": late[98], "head": head}


if __name__ == "__main__":
    port, path, count, spread = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    request = request_of(path, sys.stdin.buffer.read())
    print(json.dumps(uvloop.run(_measure(port, request, count, spread))))

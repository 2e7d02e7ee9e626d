"""Sends generated requests, each on a connection of its own, and reads the responses."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from fuzz_requests import FuzzRequest

HANG_SECONDS = 20.0
"""Seconds after which a response is called a hang, on a machine that does other work."""
_PATIENCE = 0.3
"""Seconds that a client waits for the response to a request that may be incomplete."""


@dataclass(frozen=True, slots=True)
class FuzzResult:
    """What came back for a request."""

    request: FuzzRequest
    status: int
    """0 if nothing came."""
    body: bytes
    hangs: bool
    is_torn: bool
    """Whether the connection ended within the response."""

    @property
    def flaw(self) -> str:
        """What is wrong with the response; empty if nothing is."""
        if self.hangs:
            return "hangs"
        if self.is_torn:
            return "is torn"
        if self.request.is_whole and not self.status:
            return "has no response"
        return "is a failure of ours" if b"graphtape failed" in self.body else ""

    def __str__(self) -> str:
        raw = self.request.raw
        sent = f"{raw[:600]!r} ({len(raw)} bytes)"
        return f"{self.request.level} {self.flaw}: {sent}: {self.body[:200]!r}"


def send_all(url: str, requests: Sequence[FuzzRequest], at_once: int = 20) -> list[FuzzResult]:
    """Send *requests*, up to *at_once* at a time; return the results in the same order."""

    async def send() -> list[FuzzResult]:
        free = asyncio.Semaphore(at_once)

        async def one(request: FuzzRequest) -> FuzzResult:
            async with free:
                return await _send(url, request)

        return await asyncio.gather(*map(one, requests))

    return asyncio.run(send())


async def _send(url: str, request: FuzzRequest) -> FuzzResult:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 26)
    try:
        async with asyncio.timeout(HANG_SECONDS):
            with suppress(ConnectionError):  # It may refuse before it has read all.
                writer.write(request.raw)
                await writer.drain()
            return await (_whole if request.is_whole else _some)(reader, writer, request)
    except TimeoutError:
        return FuzzResult(request, 0, b"", hangs=True, is_torn=False)
    finally:
        writer.transport.abort()


async def _some(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: FuzzRequest
) -> FuzzResult:
    """Read what comes; the server may wait for more, until it hears that there is no more."""
    begun = b""
    with suppress(TimeoutError):
        begun = await asyncio.wait_for(reader.read(12), _PATIENCE)
    with suppress(OSError):
        writer.write_eof()
    with suppress(ConnectionError):
        while await reader.read(1 << 16):
            pass
    is_torn = bool(begun) and not begun.startswith(b"HTTP/1.1 "[: len(begun)])
    return FuzzResult(request, int(begun[9:12] or 0), b"", hangs=False, is_torn=is_torn)


async def _whole(
    reader: asyncio.StreamReader, _: asyncio.StreamWriter, request: FuzzRequest
) -> FuzzResult:
    status, body = 0, b""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lines = head.decode("latin-1").lower().split("\r\n")
        pairs = (line.partition(": ") for line in lines[1:])
        fields = {name: text for name, _, text in pairs}
        if request.has_body and not (request.is_delayed and status == 200):
            body = await _body(reader, fields)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        # A crash of the recorded server sends all, and closes the connection within the body.
        partial = error.partial if isinstance(error, asyncio.IncompleteReadError) else b""
        is_torn = status not in (0, 500) or bool(partial)
        return FuzzResult(request, status, body, hangs=False, is_torn=is_torn)
    return FuzzResult(request, status, body, hangs=False, is_torn=False)


async def _body(reader: asyncio.StreamReader, fields: dict[str, str]) -> bytes:
    if fields.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(fields.get("content-length", "0")))
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return body

"""A raw HTTP client: sends the bytes of a request, and returns the bytes of the response."""

import asyncio
import re
import socket
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from graphtape_contracts import Headers

HOST = b"@HOST@"
"""Placeholder for the server's host and port in the bytes of a request."""

AT_ONCE = 60
"""Concurrent requests: more than the concurrent runs of the server, which is then never idle."""

_TIMEOUT = 60.0
_CLOSING = 0.3
"""Seconds to wait for a server to close the connection."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The bytes of one request, with instructions for the connection."""

    raw: bytes
    half_close: bool = False
    """Whether the client shuts down its sending side after the request."""
    waits_for_close: bool = False
    """Whether the client waits to see if the server closes the connection."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One response, split into the parts of HTTP/1.1."""

    interim: tuple[str, ...]
    """The status lines of preceding 1xx responses."""
    status_line: str
    """The status line; empty if the server closed the connection without a response."""
    headers: Headers
    """Names and values as received, in order."""
    chunks: tuple[bytes, ...]
    """The chunks of the body; one if the body was not chunked."""
    closed: bool
    """Whether the server was seen to close the connection."""
    times: tuple[float, ...] = ()
    """The arrival time of each chunk, in seconds since the head."""

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self.chunks)

    def header(self, name: str) -> str:
        """Return the value of a header field, empty if it is missing."""
        return next((value for key, value in self.headers if key == name), "")


def ask_for(method: str, target: str, body: bytes = b"", headers: Headers = ()) -> Ask:
    """Return a request with Host, *headers*, and the length and type of *body*, if any."""
    lines = [f"{method} {target} HTTP/1.1".encode(), b"Host: " + HOST]
    lines += [f"{name}: {value}".encode() for name, value in headers]
    if body:
        lines += [b"Content-Type: application/json", b"Content-Length: %d" % len(body)]
    return Ask(b"\r\n".join([*lines, b"", body]))


def ask_all(url: str, asks: Sequence[Ask], at_once: int = AT_ONCE) -> list[Reply]:
    """Send all *asks*, at most *at_once* concurrently, and return the replies in order.

    Raises TimeoutError if a response does not end, and the errors of the socket.
    """

    async def gather() -> list[Reply]:
        free = asyncio.Semaphore(at_once)

        async def one(ask: Ask) -> Reply:
            async with free:
                return await _exchange(url, ask)

        return await asyncio.gather(*map(one, asks))

    return asyncio.run(gather())


async def _exchange(url: str, ask: Ask) -> Reply:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=2**24)
    try:
        async with asyncio.timeout(_TIMEOUT):
            if ask.half_close:
                # Send the request and its end in one packet, so that both arrive at once.
                connection: socket.socket = writer.get_extra_info("socket")
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
            writer.write(ask.raw.replace(HOST, place.netloc.encode()))
            if ask.half_close:
                writer.write_eof()
            interim, status_line, headers = await _head(reader)
            arrived: list[tuple[float, bytes]] = []
            if status_line and not ask.raw.startswith(b"HEAD "):
                arrived = [chunk async for chunk in _body(reader, dict(headers))]
            closed = ask.waits_for_close and await _is_closed(reader)
            chunks = tuple(chunk for _, chunk in arrived)
            times = tuple(at for at, _ in arrived)
            return Reply(interim, status_line, headers, chunks, closed, times)
    finally:
        writer.close()


async def _head(reader: asyncio.StreamReader) -> tuple[tuple[str, ...], str, Headers]:
    """Return the interim status lines, the final one, and the header fields."""
    interim: list[str] = []
    while True:
        head = await _until_empty_line(reader)
        status_line, *lines = head.decode("latin-1").split("\r\n")
        if not status_line.startswith("HTTP/1.1 1"):
            fields = [tuple(re.split(r": ?", line, maxsplit=1)) for line in lines]
            return tuple(interim), status_line, tuple((name, value) for name, value in fields)
        interim.append(status_line)


async def _until_empty_line(reader: asyncio.StreamReader) -> bytes:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).removesuffix(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return b""
    except ConnectionResetError:
        return b""


async def _body(
    reader: asyncio.StreamReader, fields: dict[str, str]
) -> AsyncIterator[tuple[float, bytes]]:
    """Yield the arrival time of each chunk, in seconds since the head, and the chunk."""
    start = time.monotonic()
    if fields.get("transfer-encoding") == "chunked":
        async for chunk in _chunks(reader):
            yield time.monotonic() - start, chunk
    elif length := int(fields.get("content-length", 0)):
        yield 0.0, await reader.readexactly(length)


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        size = int(await reader.readuntil(b"\r\n"), 16)
        chunk = await reader.readexactly(size + 2)
        if size == 0:
            return
        yield chunk.removesuffix(b"\r\n")


async def _is_closed(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(_CLOSING):
            return await reader.read(1) == b""
    except TimeoutError:
        return False
    except ConnectionResetError:
        return True

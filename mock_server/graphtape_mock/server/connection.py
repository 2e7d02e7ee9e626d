"""The connection of a response, which can be reset or closed; ASGI has no message for that."""

import asyncio
import socket
import struct
import sys
from contextlib import suppress

from starlette.types import Receive, Scope, Send

TRANSPORT_KEY = "graphtape.transport"
"""The key of an ASGI scope that holds the transport of the connection, if the server sets it."""

_AT_ONCE = struct.pack("ii", 1, 0)  # Linger for 0 seconds: closing then resets.

_SIOCOUTQNSD = 0x894B
"""Linux ioctl: the number of written bytes that are not sent yet."""
_POLL = 0.001


class Connection:
    """One connection, while its last response is written.

    Without a transport, as in tests of the application alone, the response only stops.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._transport: asyncio.Transport | None = scope.get(TRANSPORT_KEY)
        self._receive = receive
        self._send = send

    def is_gone(self) -> bool:
        """Return whether the client can receive nothing more; False without a transport."""
        return self._transport is not None and self._transport.is_closing()

    async def reset(self, *, on_headers: bool) -> None:
        """Reset the connection; if *on_headers*, after everything written has been sent."""
        if self._transport is not None:
            if on_headers:
                await self._flush(self._transport)
            peer: socket.socket = self._transport.get_extra_info("socket")
            while on_headers and unsent(peer) and not self._transport.is_closing():
                await asyncio.sleep(_POLL)  # The kernel sends no signal after the last byte.
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            self._transport.abort()
            await self._receive()  # Wait for the server to notice.

    async def close(self, torn: bytes = b"") -> None:
        """Send everything written and half of the chunk *torn*, then close the connection."""
        if self._transport is not None:
            if torn:
                half = torn[: len(torn) // 2]
                self._transport.write(b"%x\r\n%b" % (len(torn), half))
            self._transport.close()
            await self._receive()

    async def _flush(self, transport: asyncio.Transport) -> None:
        # With a limit of 0, the next send waits until everything is written.
        transport.set_write_buffer_limits(high=0)
        await self._send({"type": "http.response.body", "body": b"", "more_body": True})


def unsent(peer: socket.socket) -> int:
    """Return the number of bytes that a reset would lose; 0 if that is unknown."""
    with suppress(OSError, ImportError):  # On other systems, a slow reader may lose bytes.
        import fcntl

        return int.from_bytes(fcntl.ioctl(peer.fileno(), _SIOCOUTQNSD, bytes(4)), sys.byteorder)
    return 0

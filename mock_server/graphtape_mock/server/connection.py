"""The connection under a response, for what ASGI has no words for: to break it."""

import asyncio
import socket
import struct
import sys
from contextlib import suppress

from starlette.types import Receive, Scope, Send

TRANSPORT_KEY = "graphtape.transport"
"""Where an ASGI scope keeps the transport of its connection, if the server gives it."""

_AT_ONCE = struct.pack("ii", 1, 0)  # linger for 0 seconds: what is closed then is reset

_SIOCOUTQNSD = 0x894B
"""Linux: how much of what was written has not been sent yet."""
_POLL = 0.001


class Connection:
    """One connection, while its last response is written.

    Without a transport, as in tests of the application alone, the response just stops.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._transport: asyncio.Transport | None = scope.get(TRANSPORT_KEY)
        self._receive = receive
        self._send = send

    async def reset(self, *, on_headers: bool) -> None:
        """Reset the connection, when what was written is sent, if the response *on_headers*."""
        if self._transport is not None:
            if on_headers:
                await self._flush(self._transport)
            peer: socket.socket = self._transport.get_extra_info("socket")
            while on_headers and unsent(peer) and not self._transport.is_closing():
                await asyncio.sleep(_POLL)  # Nothing tells when the kernel has sent it all.
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            self._transport.abort()
            await self._receive()  # Until the server knows that the connection is gone.

    async def close(self, torn: bytes = b"") -> None:
        """Send what is written and half of the chunk *torn*, then close the connection."""
        if self._transport is not None:
            if torn:
                half = torn[: len(torn) // 2]
                self._transport.write(b"%x\r\n%b" % (len(torn), half))
            self._transport.close()
            await self._receive()

    async def _flush(self, transport: asyncio.Transport) -> None:
        # The server holds the next message back while there is anything left to write.
        transport.set_write_buffer_limits(high=0)
        await self._send({"type": "http.response.body", "body": b"", "more_body": True})


def unsent(peer: socket.socket) -> int:
    """Return how many bytes a reset would lose; 0 where that can't be told."""
    with suppress(OSError, ImportError):  # Other systems: who reads slowly may lose some.
        import fcntl

        return int.from_bytes(fcntl.ioctl(peer.fileno(), _SIOCOUTQNSD, bytes(4)), sys.byteorder)
    return 0

"""The open sockets of an HTTP client: shutting them down ends reads in other threads."""

import socket
import threading
from contextlib import suppress
from typing import Any
from weakref import WeakSet

_OPENED = (".connect_tcp.complete", ".start_tls.complete")


class OpenSockets:
    """Collects the sockets that httpx opens, from the events of its `trace` extension."""

    def __init__(self) -> None:
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._lock = threading.Lock()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Take an *event* of httpcore; *info* has the stream if it opened one."""
        if event.endswith(_OPENED):
            with self._lock:
                self._sockets.add(info["return_value"].get_extra_info("socket"))

    def shut_down(self) -> None:
        """Shut all sockets down, so that each waiting read returns as at the end of the stream."""
        with self._lock:
            for opened in self._sockets:
                with suppress(OSError):  # The socket is closed already.
                    # `shutdown` of an SSL socket is not safe while another thread reads.
                    socket.socket.shutdown(opened, socket.SHUT_RDWR)

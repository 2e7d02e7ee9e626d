"""The sockets of an HTTP client, so that a read that waits can be ended from another thread."""

import socket
import threading
from contextlib import suppress
from typing import Any
from weakref import WeakSet

_OPENED = (".connect_tcp.complete", ".start_tls.complete")


class OpenSockets:
    """Knows the sockets that httpx opens, by the events of its `trace` extension."""

    def __init__(self) -> None:
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._lock = threading.Lock()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Take an *event* of httpcore: a stream that was opened is in *info*."""
        if event.endswith(_OPENED):
            with self._lock:
                self._sockets.add(info["return_value"].get_extra_info("socket"))

    def shut_down(self) -> None:
        """Shut all of them down: who waits for data gets the end of the stream."""
        with self._lock:
            for opened in self._sockets:
                with suppress(OSError):  # It is closed already.
                    # Not the method of an SSL socket, which another thread is reading.
                    socket.socket.shutdown(opened, socket.SHUT_RDWR)

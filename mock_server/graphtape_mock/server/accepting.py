"""Accepts connections, even while the process has no file descriptor left for them.

Without this, uvloop would close such connections without a word in the log.
"""

import asyncio
import socket
from collections.abc import Callable

from graphtape_mock.server.failures import LOG

RETRY_SECONDS = 0.1
"""Seconds until the next try after a shortage of descriptors."""


class Acceptor:
    """Accepts the connections of one listening socket.

    While the process has no file descriptor left, clients wait in the queue of the operating
    system, and the log says so once.
    """

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._stop: Callable[[], object] = _do_nothing
        self._tasks: set[asyncio.Task[None]] = set()
        self._has_warned = False

    def start(
        self, loop: asyncio.AbstractEventLoop, make_protocol: Callable[[], asyncio.Protocol]
    ) -> None:
        """Accept connections in *loop*, each with a protocol that *make_protocol* returns."""
        self._listening.setblocking(False)

        def resume() -> None:
            loop.add_reader(self._listening, accept)
            self._stop = lambda: loop.remove_reader(self._listening)

        def accept() -> None:
            try:
                connection, _ = self._listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return  # The client has gone.
            except OSError as error:
                self._stop()
                self._warn(error)
                self._stop = loop.call_later(RETRY_SECONDS, resume).cancel
                return
            connection.setblocking(False)
            task = loop.create_task(_connect(loop, make_protocol, connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        resume()

    def close(self) -> None:
        """Stop accepting connections and close the socket; accepted connections stay open."""
        self._stop()
        self._stop = _do_nothing
        self._listening.close()

    def _warn(self, error: OSError) -> None:
        if not self._has_warned:
            self._has_warned = True
            LOG.error(
                "can't accept connections: %s; clients wait until others close theirs. "
                "`ulimit -n` says how many files a process may open.",
                error.strerror,
            )


async def _connect(
    loop: asyncio.AbstractEventLoop,
    make_protocol: Callable[[], asyncio.Protocol],
    connection: socket.socket,
) -> None:
    try:
        await loop.connect_accepted_socket(make_protocol, connection)
    except OSError as error:  # The client is gone, or there is no descriptor for its transport.
        connection.close()
        LOG.error("can't serve a connection: %s", error.strerror)


def _do_nothing() -> None:
    """Do nothing: no connections are being accepted."""

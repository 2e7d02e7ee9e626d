"""The mock on a socket: the HTTP server, and the thread it runs in."""

import asyncio
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Self, TypeVar

import uvicorn

from graphtape_mock.server.mock import Mock
from graphtape_mock.server.protocol import Protocol

DEFAULT_PORT = 2024
"""The port of `langgraph dev`."""
Result = TypeVar("Result")
_LARGE_BLOCK = 16 * 1024 * 1024


class MockServer(uvicorn.Server):
    """The HTTP server of `langgraph dev`: uvicorn with httptools and uvloop."""

    def __init__(
        self,
        mock: Mock,
        listening: socket.socket,
        background: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Serve *mock* on the socket *listening*, and start the work *background* with it."""
        super().__init__(
            uvicorn.Config(
                mock,
                http=Protocol,
                access_log=False,
                log_level="warning",
                lifespan="off",
                ws="none",
                proxy_headers=False,
            )
        )
        logging.getLogger("uvicorn.error").addFilter(_is_unexpected)
        self._mock = mock
        self._listening = listening
        self._background = background
        self._task: asyncio.Future[None] | None = None
        host, port = listening.getsockname()[:2]
        self.port: int = port
        """The port of the socket."""
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        """The base URL of the mock."""
        self.serving = threading.Event()
        """Set as soon as requests are answered."""
        self.loop: asyncio.AbstractEventLoop | None = None
        """Its event loop; None before it serves."""

    def listen(self) -> None:
        """Serve until `should_exit` is set, or a signal ends it."""
        self.run(sockets=[self._listening])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to accept requests."""
        await super().startup(sockets)
        # The C library returns the memory of every large body and requests it again for the next,
        # until it has seen a larger block freed. Measured: up to three times the CPU.
        bytes(_LARGE_BLOCK)
        self.loop = asyncio.get_running_loop()
        self.serving.set()
        if self._background is not None:
            self._task = asyncio.ensure_future(self._background())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting requests: streams end cleanly and at once, waits are completed.

        Observed on langgraph-api 0.16.7 at SIGTERM.
        """
        self._mock.end_streams()
        if self._task is not None:
            self._task.cancel()
        await super().shutdown(sockets)


def _is_unexpected(record: logging.LogRecord) -> bool:
    """Return whether a log record of uvicorn is about anything but a `ServerCrash`."""
    return "without completing response" not in record.getMessage()


class BackgroundServer:
    """A mock server in a thread of its own, for the length of a `with` block."""

    def __init__(self, mock: Mock, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen on *host* and *port* at once; port 0 takes a free one."""
        self._server = MockServer(mock, open_socket(host, port))
        self.url = self._server.url
        """The base URL of the mock."""
        self._thread = threading.Thread(target=self._server.listen, daemon=True)

    def run(self, work: Coroutine[Any, Any, Result], timeout: float | None = None) -> Result:
        """Run *work* in the event loop of the server and return its result.

        Raises TimeoutError and cancels the work after *timeout* seconds.
        """
        assert self._server.loop is not None, "not started"  # noqa: S101 - narrows the type
        future = asyncio.run_coroutine_threadsafe(work, self._server.loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise

    def __enter__(self) -> Self:
        self._thread.start()
        self._server.serving.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()


def open_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on *host* and *port*; raises OSError if it can't."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    return listening

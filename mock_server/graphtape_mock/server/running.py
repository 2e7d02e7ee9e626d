"""The mock on a socket: the HTTP server, and the thread it runs in."""

import asyncio
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self, TypeVar, cast

import uvicorn
from starlette.types import Receive, Scope, Send

from graphtape_mock.server.accepting import Acceptor
from graphtape_mock.server.failures import LOG
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.protocol import Protocol

DEFAULT_PORT = 2024
"""The port of `langgraph dev`."""
GRACE_SECONDS = 3.0
"""The number of seconds that a stopping server waits for responses in progress."""
START_SECONDS = RUN_SECONDS = 60.0
"""The number of seconds after which starting a server thread, or work in it, has failed."""
JOIN_SECONDS = 10.0
"""The number of seconds after which ending a server thread has failed."""
Result = TypeVar("Result")
_LARGE_BLOCK = 16 * 1024 * 1024
_TELL_SECONDS = 0.3
_ABORT_SECONDS = 0.5
_POLL_SECONDS = 0.05
_ENDING_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class _Config(uvicorn.Config):
    """The settings of uvicorn, without its loggers, which belong to the host process."""

    def configure_logging(self) -> None:
        """Leave all loggers unchanged."""


class MockServer(uvicorn.Server):
    """The HTTP server of `langgraph dev`: uvicorn with httptools and uvloop.

    It ends within five seconds, whatever its clients do.
    """

    def __init__(
        self,
        mock: Mock,
        listening: socket.socket,
        background: Callable[[], Awaitable[None]] | None = None,
        on_waiting: Callable[[Sequence[str]], object] = list,
        grace: float = GRACE_SECONDS,
    ) -> None:
        """Serve *mock* on the socket *listening*, and start the work *background* with it.

        When the server stops, it calls *on_waiting* once with the requests that it waits for, if
        there are any, and aborts their connections after *grace* seconds.
        """
        super().__init__(
            _Config(
                self._answer,
                http=Protocol,
                interface="asgi3",
                lifespan="off",
                ws="none",
                proxy_headers=False,
            )
        )
        self._mock = mock
        self._acceptor = Acceptor(listening)
        self._background = background
        self._on_waiting = on_waiting
        self._grace = grace
        self._task: asyncio.Future[None] | None = None
        self._is_aborted = False
        host, port = listening.getsockname()[:2]
        self.port: int = port
        """The port of the socket."""
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        """The base URL of the mock."""
        self.serving = threading.Event()
        """Set as soon as requests are answered."""
        self.loop: asyncio.AbstractEventLoop | None = None
        """Its event loop; None before it serves."""
        self.signals = 0
        """The number of termination signals received."""

    def listen(self) -> None:
        """Serve until `should_exit` is set, or a signal ends it."""
        try:
            # The runner of older versions of uvicorn changes the event-loop policy.
            with asyncio.Runner(loop_factory=_new_loop) as runner:
                runner.run(self.serve())
        finally:
            self._acceptor.close()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `should_exit` is set, or a signal ends it; *sockets* are not used."""
        with self.capture_signals():
            try:
                await self.startup()
                await self.main_loop()
                await self.shutdown()
            finally:
                self._acceptor.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to accept requests."""
        self.config.load()
        self.loop = asyncio.get_running_loop()
        self._acceptor.start(self.loop, self._make_protocol)
        # The C library returns the memory of every large body and requests it again for the next,
        # until it has seen a larger block freed. Measured: up to three times the CPU.
        bytes(_LARGE_BLOCK)
        self.started = True
        self.serving.set()
        if self._background is not None:
            self._task = asyncio.ensure_future(self._background())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting requests: streams end cleanly and at once, waits are completed.

        Observed on langgraph-api 0.16.7 at SIGTERM. Responses and requests that are not complete
        after the grace period, or at a second signal, are aborted.
        """
        self._acceptor.close()
        self._mock.begin_end()
        if self._task is not None:
            self._task.cancel()
        loop = asyncio.get_running_loop()
        began = loop.time()
        is_told = False
        while self._close_idle() and not self.force_exit and loop.time() < began + self._grace:
            await asyncio.sleep(_POLL_SECONDS)
            is_time = not is_told and loop.time() >= began + _TELL_SECONDS
            if is_time and (waiting := self._unfinished()):
                is_told = True
                self._on_waiting(waiting)
        await self._abort()

    def _make_protocol(self) -> Protocol:
        return Protocol(config=self.config, server_state=self.server_state, app_state={})

    @property
    def _connections(self) -> list[Protocol]:
        return cast(list[Protocol], list(self.server_state.connections))

    def _close_idle(self) -> bool:
        """Close the connections without a request; return whether anything still runs."""
        for connection in self._connections:
            connection.shutdown()
        return bool(self.server_state.connections or self.server_state.tasks)

    def _unfinished(self) -> list[str]:
        return [text for connection in self._connections if (text := connection.unfinished())]

    async def _abort(self) -> None:
        """Abort every connection and every request that is still in progress."""
        self._is_aborted = True
        self._mock.end_runs()
        for connection in self._connections:
            connection.transport.abort()
        tasks = tuple(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_ABORT_SECONDS)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._mock(scope, receive, send)
        except asyncio.CancelledError:
            if not self._is_aborted:
                raise

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Stop at the first termination signal, at once at the second; only in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        known = [getattr(signal, name) for name in _ENDING_SIGNALS if hasattr(signal, name)]
        before = {number: signal.signal(number, self.handle_exit) for number in known}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; at a second signal, stop at once."""
        self.signals += 1
        self.force_exit = self.should_exit
        self.should_exit = True


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # Windows has no uvloop.
        return asyncio.SelectorEventLoop()
    return uvloop.new_event_loop()


class ServerNotResponding(RuntimeError):
    """The thread of a mock server did not start, end, or do its work in time."""


class BackgroundServer:
    """A mock server in a thread of its own, for the length of a `with` block."""

    def __init__(self, mock: Mock, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen on *host* and *port* at once; port 0 takes a free one."""
        self._server = MockServer(mock, open_socket(host, port))
        self.url = self._server.url
        """The base URL of the mock."""
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def run(self, work: Coroutine[Any, Any, Result], timeout: float = RUN_SECONDS) -> Result:
        """Run *work* in the event loop of the server and return its result.

        Raises TimeoutError and cancels the work after *timeout* seconds, and ServerNotResponding
        if the server has ended.
        """
        loop = self._server.loop
        if loop is None or loop.is_closed() or not self._thread.is_alive():
            work.close()
            raise ServerNotResponding("the mock server does not run")
        future = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise
        except CancelledError:  # The server ended meanwhile.
            raise ServerNotResponding("the mock server has ended") from None

    def _serve(self) -> None:
        try:
            self._server.listen()
        except BaseException as error:
            self._error = error
            if self._server.serving.is_set():
                LOG.exception("the thread of the mock server ended")
        finally:
            self._server.serving.set()

    def __enter__(self) -> Self:
        """Start the server. Raises the error that its thread ended with, if it did."""
        self._thread.start()
        if not self._server.serving.wait(START_SECONDS):
            raise ServerNotResponding(f"the mock server did not start in {START_SECONDS:g} s")
        if self._error is not None:
            raise self._error
        return self

    def __exit__(self, *_: object) -> None:
        """End the server. Raises ServerNotResponding if its thread does not end."""
        self._server.should_exit = True
        self._thread.join(JOIN_SECONDS)
        if self._thread.is_alive():
            raise ServerNotResponding(f"the mock server did not end in {JOIN_SECONDS:g} s")


def open_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on *host* and *port*; raises OSError if it can't."""
    host = host.removeprefix("[").removesuffix("]")
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

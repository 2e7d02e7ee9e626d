"""The mock server: the application with its state, and the socket it listens on."""

import asyncio
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, Collection, Coroutine
from importlib.resources import files
from pathlib import Path
from typing import Any, Self, TypeVar

import uvicorn
from starlette.types import Message, Receive, Scope, Send

from graphtape_mock.replay.engine import ReplayEngine, ReplayOptions
from graphtape_mock.replay.library import Library
from graphtape_mock.server.active_runs import ActiveRuns
from graphtape_mock.server.app import create_app
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.journal import ENTRY_KEY, Journal
from graphtape_mock.server.overrides import Overrides
from graphtape_mock.server.protocol import Protocol
from graphtape_mock.server.request_body import BODY_LIMIT
from graphtape_mock.server.run_registry import RunRegistry
from graphtape_mock.server.runs import RunEndpoints
from graphtape_mock.server.thread_store import ThreadStore

DEFAULT_PORT = 2024
"""The port of `langgraph dev`."""
Result = TypeVar("Result")
_LARGE_BLOCK = 16 * 1024 * 1024


def bundled_recordings() -> Path:
    """Return the folder of the recordings that come with the package."""
    return Path(str(files("graphtape_mock.recordings") / "bundled"))


class Mock:
    """A mock deployment: an ASGI application that answers from recordings."""

    def __init__(
        self,
        library: Library,
        options: ReplayOptions | None = None,
        *,
        cors_origins: Collection[str] = ("*",),
        body_limit: int = BODY_LIMIT,
        journal: Journal | None = None,
    ) -> None:
        options = options or ReplayOptions()
        self.journal = journal or Journal()
        self.overrides = Overrides()
        self.catalogue = AssistantCatalogue(
            library.recordings, new_id=self._random_id, now=options.now
        )
        self.replay = ReplayEngine(library, self.catalogue, options)
        self.active = ActiveRuns()
        self._threads = ThreadStore(new_id=self.replay.new_id, now=options.now)
        run_registry = RunRegistry(self.active, self._threads)
        self._runs = RunEndpoints(self.replay, run_registry, self.overrides, body_limit)
        self._app = create_app(
            catalogue=self.catalogue,
            threads=self._threads,
            active=self.active,
            run_routes=self._runs.routes,
            cors_origins=cors_origins,
            body_limit=body_limit,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI asks for it, and write it into the journal."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        entry = scope[ENTRY_KEY] = self.journal.open(scope)

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.journal.answer(entry, message["status"])
            await send(message)

        await self._app(scope, receive, noting)

    def use(self, library: Library) -> None:
        """Answer from another *library* from now on; assistants that clients made stay."""
        self.catalogue.replace(library.recordings)
        self.replay.use(library)

    def reset(self) -> None:
        """Be as at the start: forget what was asked, and end what is in progress.

        The same requests get the same answers again, if ids are seeded.
        """
        self._runs.end_all()
        self.overrides.clear()
        self.replay.restart()
        self.catalogue.forget_created()
        self._threads.clear()
        self.journal.clear()

    def _random_id(self) -> str:
        return self.replay.random_id()

    def end_streams(self) -> None:
        """End every stream in progress, as a server does that is told to go."""
        self._runs.end_streams()


class MockServer(uvicorn.Server):
    """Serves a mock with the HTTP server that `langgraph dev` has: uvicorn, httptools, uvloop."""

    def __init__(
        self,
        mock: Mock,
        listening: socket.socket,
        background: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Serve *mock* on the socket *listening*, with *background* work once it does."""
        super().__init__(
            uvicorn.Config(
                mock,
                http=Protocol,
                access_log=False,
                log_level="warning",
                lifespan="off",
                ws="none",
            )
        )
        logging.getLogger("uvicorn.error").addFilter(_is_no_crash)
        self._mock = mock
        self._listening = listening
        self._background = background
        self._task: asyncio.Future[None] | None = None
        host, port = listening.getsockname()[:2]
        self.port: int = port
        """The port it listens on."""
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        """Where the mock answers."""
        self.serving = threading.Event()
        """Set once requests are answered."""
        self.loop: asyncio.AbstractEventLoop | None = None
        """What it runs on, once it is serving."""

    def listen(self) -> None:
        """Serve until told to end."""
        self.run(sockets=[self._listening])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen."""
        await super().startup(sockets)
        # The C library gives the memory of every large body back, and takes it anew for the next,
        # until it has seen a larger block freed. Measured: up to three times the CPU.
        bytes(_LARGE_BLOCK)
        self.loop = asyncio.get_running_loop()
        self.serving.set()
        if self._background is not None:
            self._task = asyncio.ensure_future(self._background())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop to listen: streams end cleanly and at once, waits are answered to the end.

        Observed on langgraph-api 0.16.7 at SIGTERM.
        """
        self._mock.end_streams()
        if self._task is not None:
            self._task.cancel()
        await super().shutdown(sockets)


def _is_no_crash(record: logging.LogRecord) -> bool:
    """Whether a line of uvicorn's log is no complaint about `refusal.Crash`, which breaks off."""
    return "without completing response" not in record.getMessage()


class BackgroundServer:
    """A mock server in a thread of its own, for as long as a `with` block."""

    def __init__(self, mock: Mock, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen on *host* and *port* at once; port 0 takes a free one."""
        self._server = MockServer(mock, open_socket(host, port))
        self.url = self._server.url
        """Where the mock answers."""
        self._thread = threading.Thread(target=self._server.listen, daemon=True)

    def run(self, work: Coroutine[Any, Any, Result], timeout: float | None = None) -> Result:
        """Do *work* where requests are answered, between two of them; return what comes of it.

        Raises TimeoutError, and gives the work up, where it takes longer than *timeout* seconds.
        """
        assert self._server.loop is not None, "the server was not started"
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
    """Return a socket that listens on *host* and *port*; raises OSError where it can't."""
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

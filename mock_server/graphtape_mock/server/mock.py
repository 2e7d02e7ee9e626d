"""The mock: the application with its state."""

from collections.abc import Collection
from importlib.resources import files
from pathlib import Path

from starlette.types import Message, Receive, Scope, Send

from graphtape_mock.replay.engine import ReplayEngine, ReplayOptions
from graphtape_mock.replay.library import Library, RecordedRun
from graphtape_mock.server.app import create_app
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.errors import NotAvailable
from graphtape_mock.server.journal import ENTRY_KEY, Journal
from graphtape_mock.server.overrides import Overrides
from graphtape_mock.server.request_body import BODY_LIMIT
from graphtape_mock.server.run_registry import RunRegistry
from graphtape_mock.server.run_request import RunRequestParser
from graphtape_mock.server.runs import RunEndpoints
from graphtape_mock.server.thread_store import ThreadStore


def bundled_recordings() -> Path:
    """Return the folder of the recordings that come with the package."""
    return Path(str(files("graphtape_mock.recordings") / "bundled"))


class Mock:
    """A mock deployment: an ASGI application that replays recordings."""

    def __init__(
        self,
        library: Library,
        options: ReplayOptions | None = None,
        *,
        cors_origins: Collection[str] = ("*",),
        refuse_foreign_pages: bool = False,
        body_limit: int = BODY_LIMIT,
        journal: Journal | None = None,
    ) -> None:
        """Replay *library*.

        Pages of *cors_origins* may read responses and cancel runs; `*` allows all.
        *refuse_foreign_pages*, for a mock that records from a deployment, refuses requests from all
        other pages except those of this machine.
        """
        options = options or ReplayOptions()
        self.journal = journal or Journal()
        self.overrides = Overrides()
        self.replay = ReplayEngine(library, options)
        self.catalogue = AssistantCatalogue(
            library.recordings, new_id=self.replay.random_id, now=options.now
        )
        self.parser = RunRequestParser(self.catalogue)
        self._threads = ThreadStore(new_id=self.replay.new_id, now=options.now)
        self.run_registry = RunRegistry(self._threads)
        self._runs = RunEndpoints(
            self.parser, self.replay, self.run_registry, self.overrides, body_limit
        )
        self._app = create_app(
            catalogue=self.catalogue,
            threads=self._threads,
            run_registry=self.run_registry,
            runs=self._runs.by_path,
            cors_origins=cors_origins,
            refuse_foreign_pages=refuse_foreign_pages,
            body_limit=body_limit,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as an ASGI application, and write it into the journal."""
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
        """Replay another *library* from now on; assistants created by clients stay."""
        self.catalogue.replace(library.recordings)
        self.replay.use(library)

    def reset(self) -> None:
        """Return to the initial state: end runs in progress and forget all requests.

        With seeded ids, the same requests get the same responses again.
        """
        self._runs.end_all()
        self.overrides.clear()
        self.replay.restart()
        self.catalogue.forget_created()
        self._threads.clear()
        self.journal.clear()

    def would_answer(
        self, body: bytes, recording: str | None = None, *, may_repeat: bool = True
    ) -> RecordedRun | None:
        """Return the recorded run for the *body* of a run request; None if there is none.

        *recording* names the one to use, if any. Unless *may_repeat* is True, runs that had their
        turn since the last reset do not count. Raises ApiError for an invalid request.
        """
        try:
            request = self.parser.parse(body)
        except NotAvailable:
            return None
        return self.replay.would_answer(request, recording, may_repeat=may_repeat)

    def begin_end(self) -> None:
        """End every stream at once and let waits be completed, as a server does on SIGTERM.

        Runs that begin later end at once.
        """
        self._runs.begin_end()

    def end_runs(self) -> None:
        """End every run in progress."""
        self._runs.end_all()

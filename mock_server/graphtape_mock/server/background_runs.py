"""The endpoints of background runs: POST /runs and /runs/batch."""

import asyncio
from datetime import UTC, datetime

from starlette.types import Receive, Scope, Send

from graphtape_mock.replay.engine import ReplayEngine
from graphtape_mock.replay.pacing import Pause, play
from graphtape_mock.replay.run_response import RunResponse
from graphtape_mock.server.graphtape_headers import PIN_HEADER, header
from graphtape_mock.server.journal import entry_of
from graphtape_mock.server.overrides import Overrides
from graphtape_mock.server.request_body import BODY_LIMIT, read_body
from graphtape_mock.server.responses import json_response
from graphtape_mock.server.run_object import run_object
from graphtape_mock.server.run_registry import RunRegistry
from graphtape_mock.server.run_request import RunRequestParser


class BackgroundEndpoint:
    """POST /runs or /runs/batch: responds with run objects; the runs continue in the background."""

    def __init__(
        self,
        parser: RunRequestParser,
        replay: ReplayEngine,
        run_registry: RunRegistry,
        overrides: Overrides,
        body_limit: int = BODY_LIMIT,
        *,
        batch: bool = False,
    ) -> None:
        self._parser = parser
        self._replay = replay
        self._registry = run_registry
        self._overrides = overrides
        self._body_limit = body_limit
        self._batch = batch
        self._tasks: set[asyncio.Task[None]] = set()
        self._pauses: set[Pause] = set()

    def end_all(self) -> None:
        """End every run in progress."""
        for pause in tuple(self._pauses):
            pause.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request, as an ASGI application."""
        headers = scope["headers"]
        raw = await read_body(receive, self._body_limit, headers)
        entry = entry_of(scope)
        entry.keep(raw)
        name = header(headers, PIN_HEADER) or self._overrides.recording
        request_id = header(headers, b"x-request-id") or self._replay.random_id()
        if self._batch:
            requests = self._parser.parse_batch(raw)
        else:
            requests = (self._parser.parse_background(raw),)
        runs = [self._replay.respond(request, "/runs/stream", name) for request in requests]
        entry.recording = runs[0].recording
        now = datetime.fromtimestamp(self._replay.options.now(), UTC)
        find = self._parser.catalogue.find
        objects = [
            run_object(
                run.request,
                find(run.request.assistant),
                run.run_id,
                run.thread_id,
                now,
                request_id=request_id,
            )
            for run in runs
        ]
        for run in runs:
            self._start(run)
        if self._batch:
            response = json_response(objects)
        else:
            location = ("content-location", f"/runs/{runs[0].run_id}")
            response = json_response(objects[0], headers=(location,))
        await response(scope, receive, send)

    def _start(self, run: RunResponse) -> None:
        task = asyncio.ensure_future(self._complete(run))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _complete(self, run: RunResponse) -> None:
        clock = self._replay.options.clock
        started = clock.now()
        pause = Pause(clock)
        self._registry.start(run, pause.end)
        self._pauses.add(pause)
        try:
            chunks = run.chunks(self._replay.options.speed)
            await play(chunks, _discard, pause, clock, started)
        finally:
            self._pauses.discard(pause)
            self._registry.finish(run)


async def _discard(body: bytes) -> None:
    """Drop *body*: no client reads a background run."""

"""The routes whose runs nobody listens to: POST /runs and /runs/batch."""

import asyncio
from datetime import UTC, datetime

from starlette.types import Receive, Scope, Send

from graphtape_mock.replay.engine import ReplayEngine, RunResponse
from graphtape_mock.replay.pacing import Pause, play
from graphtape_mock.server.graphtape_headers import PIN_HEADER, header
from graphtape_mock.server.journal import entry_of
from graphtape_mock.server.overrides import Overrides
from graphtape_mock.server.request_body import BODY_LIMIT, read_body
from graphtape_mock.server.responses import json_response
from graphtape_mock.server.run_object import run_object
from graphtape_mock.server.run_registry import RunRegistry
from graphtape_mock.server.run_request import parse_batch, parse_run


class BackgroundEndpoint:
    """Answers POST /runs or /runs/batch: the runs complete in the background, unseen."""

    def __init__(
        self,
        replay: ReplayEngine,
        run_registry: RunRegistry,
        overrides: Overrides,
        body_limit: int = BODY_LIMIT,
        *,
        batch: bool = False,
    ) -> None:
        self._replay = replay
        self._lifecycle = run_registry
        self._stage = overrides
        self._body_limit = body_limit
        self._batch = batch
        self._tasks: set[asyncio.Task[None]] = set()
        self._pauses: set[Pause] = set()

    def end_all(self) -> None:
        """End every run in progress."""
        for pause in tuple(self._pauses):
            pause.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope["headers"]
        raw = await read_body(receive, self._body_limit, headers)
        entry = entry_of(scope)
        entry.keep(raw)
        catalogue = self._replay.catalogue
        name = header(headers, PIN_HEADER) or self._stage.recording
        request_id = header(headers, b"x-request-id") or self._replay.random_id()
        if self._batch:
            requests = parse_batch(raw, catalogue)
        else:
            requests = (parse_run(raw, catalogue, background=True),)
        answers = [
            self._replay.answer_to(self._replay.understand(request), "/runs/stream", name)
            for request in requests
        ]
        entry.recording = answers[0].run.name
        now = datetime.fromtimestamp(self._replay.options.now(), UTC)
        objects = [
            run_object(a.request, a.run_id, a.thread_id, now, request_id=request_id)
            for a in answers
        ]
        for answer in answers:
            self._start(answer)
        if self._batch:
            response = json_response(objects)
        else:
            location = ("content-location", f"/runs/{answers[0].run_id}")
            response = json_response(objects[0], headers=(location,))
        await response(scope, receive, send)

    def _start(self, answer: RunResponse) -> None:
        task = asyncio.ensure_future(self._complete(answer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _complete(self, answer: RunResponse) -> None:
        clock = self._replay.options.clock
        started = clock.now()
        pause = Pause(clock)
        self._lifecycle.start(answer, pause.end)
        self._pauses.add(pause)
        try:
            chunks = self._replay.chunks(answer)
            await play(chunks, _nowhere, pause, clock, started)
        finally:
            self._pauses.discard(pause)
            self._lifecycle.finish(answer)


async def _nowhere(body: bytes) -> None:
    """Nobody listens to a run in the background."""

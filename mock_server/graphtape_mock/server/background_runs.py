"""The endpoints of background runs: POST /runs and /runs/batch."""

from datetime import UTC, datetime

from starlette.types import Receive, Scope, Send

from graphtape_mock.replay.engine import ReplayEngine
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
        options = self._replay.options
        until = options.clock.now() + run.seconds(options.speed)
        self._registry.leave_alone(run, until, options.clock)

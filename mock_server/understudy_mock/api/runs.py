"""The routes that run: POST /runs/stream, /runs/wait, /runs and /runs/batch.

Endpoints are ASGI classes that write prepared bytes: what a response costs is mostly the number
of writes, so what is due together leaves together.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from uuid import uuid4

from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from understudy_mock.api.answer import json_response
from understudy_mock.api.body import BODY_LIMIT, read_body
from understudy_mock.api.journal import Entry
from understudy_mock.api.lifecycle import Lifecycle
from understudy_mock.api.replay import Answer, Replay
from understudy_mock.api.request import parse_batch, parse_run
from understudy_mock.api.run_object import run_object
from understudy_mock.replay.pacing import Pause, play
from understudy_mock.replay.projection import wait_frames

PIN_HEADER = b"x-understudy-recording"
"""Request header that names the recording to answer from."""
NEAREST_HEADER = b"x-understudy-nearest"
"""Response header that names the recording that answered what it was not made of."""
JOURNAL_KEY = "understudy.entry"
"""Where an ASGI scope keeps the journal's entry of its request."""


class RunEndpoint:
    """Answers POST /runs/stream or /runs/wait with a recorded run."""

    def __init__(
        self, path: str, replay: Replay, lifecycle: Lifecycle, body_limit: int = BODY_LIMIT
    ) -> None:
        self._path = path
        self._replay = replay
        self._lifecycle = lifecycle
        self._body_limit = body_limit
        self._pauses: set[Pause] = set()

    def end_all(self) -> None:
        """End every response in progress, after what was sent so far."""
        for pause in tuple(self._pauses):
            pause.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope["headers"]
        raw = await read_body(receive, self._body_limit, headers)
        entry = _entry(scope)
        entry.keep(raw)
        answer = self._replay.answer(raw, self._path, _header(headers, PIN_HEADER))
        entry.recording = answer.run.name
        head = answer.prepared.render_head(answer.values)
        if answer.is_nearest:
            head.append((NEAREST_HEADER, answer.run.name.encode()))
        # A client that closed its side gets nothing, as from a real server: let the loop see it.
        await asyncio.sleep(0)
        await send({"type": "http.response.start", "status": 200, "headers": head})
        if self._replay.options.speed == 0:
            body = self._replay.body(answer)
            await send({"type": "http.response.body", "body": body})
            if answer.request.on_completion == "keep":
                self._lifecycle.pass_by(answer)
        else:
            await self._play(answer, receive, send)

    async def _play(self, answer: Answer, receive: Receive, send: Send) -> None:
        clock = self._replay.options.clock
        started = clock.now()
        pause = Pause(clock)
        watch: asyncio.Future[Message] | None = None
        if answer.request.on_disconnect == "cancel":
            watch = asyncio.ensure_future(receive())
            watch.add_done_callback(lambda _: pause.end())
        self._lifecycle.start(answer, pause.end)
        self._pauses.add(pause)

        async def write(body: bytes) -> None:
            await send({"type": "http.response.body", "body": body, "more_body": True})

        try:
            chunks = self._replay.chunks(answer)
            whole = await play(chunks, write, pause, clock, started)
            if not whole and self._path == "/runs/wait":
                await write(self._partial(answer, clock.now() - started))
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._pauses.discard(pause)
            self._lifecycle.finish(answer)
            if watch is not None:
                watch.cancel()

    def _partial(self, answer: Answer, elapsed: float) -> bytes:
        """Return the body of a wait that was cancelled: the last values so far."""
        seen = elapsed * self._replay.options.speed
        frames = [frame for frame in answer.prepared.frames if frame.at <= seen]
        *_, body = wait_frames(frames)
        return answer.prepared.fill(body.raw, answer.values)


class BackgroundEndpoint:
    """Answers POST /runs or /runs/batch: the runs complete in the background, unseen."""

    def __init__(
        self,
        replay: Replay,
        lifecycle: Lifecycle,
        body_limit: int = BODY_LIMIT,
        *,
        batch: bool = False,
    ) -> None:
        self._replay = replay
        self._lifecycle = lifecycle
        self._body_limit = body_limit
        self._batch = batch
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope["headers"]
        raw = await read_body(receive, self._body_limit, headers)
        entry = _entry(scope)
        entry.keep(raw)
        catalogue = self._replay.catalogue
        pinned = _header(headers, PIN_HEADER)
        request_id = _header(headers, b"x-request-id") or str(uuid4())
        if self._batch:
            requests = parse_batch(raw, catalogue)
        else:
            requests = (parse_run(raw, catalogue, background=True),)
        answers = [
            self._replay.answer_to(self._replay.understand(request), "/runs/stream", pinned)
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

    def _start(self, answer: Answer) -> None:
        task = asyncio.ensure_future(self._complete(answer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _complete(self, answer: Answer) -> None:
        clock = self._replay.options.clock
        started = clock.now()
        pause = Pause(clock)
        self._lifecycle.start(answer, pause.end)
        try:
            chunks = self._replay.chunks(answer)
            await play(chunks, _nowhere, pause, clock, started)
        finally:
            self._lifecycle.finish(answer)


async def _nowhere(body: bytes) -> None:
    """Nobody listens to a run in the background."""


def _entry(scope: Scope) -> Entry:
    entry: Entry = scope.get(JOURNAL_KEY) or Entry(scope["method"], scope["path"])
    return entry


def _header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    return next((value.decode("utf-8", "replace") for key, value in headers if key == name), None)


class RunEndpoints:
    """The endpoints that run, all answered by one replay."""

    def __init__(self, replay: Replay, lifecycle: Lifecycle, body_limit: int = BODY_LIMIT) -> None:
        self._stream = RunEndpoint("/runs/stream", replay, lifecycle, body_limit)
        endpoints: dict[str, Callable[[Scope, Receive, Send], Awaitable[None]]] = {
            "/runs/stream": self._stream,
            "/runs/wait": RunEndpoint("/runs/wait", replay, lifecycle, body_limit),
            "/runs": BackgroundEndpoint(replay, lifecycle, body_limit),
            "/runs/batch": BackgroundEndpoint(replay, lifecycle, body_limit, batch=True),
        }
        self.routes = [Route(path, run, methods=["POST"]) for path, run in endpoints.items()]

    def end_streams(self) -> None:
        """End every stream in progress, after what was sent so far."""
        self._stream.end_all()

"""The routes that answer with a run: POST /runs/stream and /runs/wait.

Endpoints are ASGI classes that write prepared bytes: what a response costs is mostly the number
of writes, so what is due together leaves together.
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import replace

from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from graphtape_mock.replay.engine import ReplayEngine, RunResponse
from graphtape_mock.replay.pacing import Pause, play
from graphtape_mock.replay.response_plan import NoSuchEvent, ResponsePlan
from graphtape_mock.replay.selection import wait_frames
from graphtape_mock.server.background_runs import BackgroundEndpoint
from graphtape_mock.server.connection import Connection
from graphtape_mock.server.graphtape_headers import FAULT_HEADER, NEAREST_HEADER, PIN_HEADER, header
from graphtape_mock.server.journal import Entry, entry_of
from graphtape_mock.server.overrides import Overrides, ResponseOverride
from graphtape_mock.server.request_body import BODY_LIMIT, read_body
from graphtape_mock.server.response_player import ResponsePlayer
from graphtape_mock.server.run_registry import RunRegistry


class RunEndpoint:
    """Answers POST /runs/stream or /runs/wait with a recorded run."""

    def __init__(
        self,
        path: str,
        replay: ReplayEngine,
        run_registry: RunRegistry,
        overrides: Overrides,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self._path = path
        self._replay = replay
        self._lifecycle = run_registry
        self._stage = overrides
        self._body_limit = body_limit
        self._pauses: set[Pause] = set()

    def end_all(self) -> None:
        """End every response in progress, after what was sent so far."""
        for pause in tuple(self._pauses):
            pause.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope["headers"]
        raw = await read_body(receive, self._body_limit, headers)
        entry = entry_of(scope)
        entry.keep(raw)
        direction = self._stage.next()
        name = header(headers, PIN_HEADER) or direction.recording
        if self._stage.prepare is not None:
            name = await self._stage.prepare(raw, name)
        answer = self._replay.answer(raw, self._path, name)
        entry.recording = answer.run.name
        head = answer.prepared.render_head(answer.values)
        if answer.is_nearest:
            head.append((NEAREST_HEADER, answer.run.name.encode()))
        # A client that closed its side gets nothing, as from a real server: let the loop see it.
        await asyncio.sleep(0)
        speed = self._replay.options.speed if direction.speed is None else direction.speed
        if direction.faults or direction.steps is not None:
            is_stream = self._path == "/runs/stream"
            script = self._replay.script(answer, head, speed, is_stream=is_stream)
            await self._perform(answer, script, direction, (scope, receive, send))
            return
        await send({"type": "http.response.start", "status": 200, "headers": head})
        if speed == 0:
            body = self._replay.body(answer)
            await send({"type": "http.response.body", "body": body})
            if answer.request.on_completion == "keep":
                self._lifecycle.record_finished(answer)
        else:
            await self._play(answer, speed, receive, send)

    async def _play(self, answer: RunResponse, speed: float, receive: Receive, send: Send) -> None:
        clock = self._replay.options.clock
        started = clock.now()

        async def write(body: bytes) -> None:
            await send({"type": "http.response.body", "body": body, "more_body": True})

        with self._in_progress(answer, receive) as pause:
            chunks = self._replay.chunks(answer, speed)
            whole = await play(chunks, write, pause, clock, started)
            if not whole and self._path == "/runs/wait":
                await write(self._partial(answer, (clock.now() - started) * speed))
            await send({"type": "http.response.body", "body": b""})

    async def _perform(
        self,
        answer: RunResponse,
        script: ResponsePlan,
        direction: ResponseOverride,
        asgi: tuple[Scope, Receive, Send],
    ) -> None:
        """RunResponse with what the faults make of *script*, or as the steps of the direction say."""
        scope, receive, send = asgi
        clock = self._replay.options.clock
        started = clock.now()
        entry = entry_of(scope)
        script = _disturbed(script, direction, entry)
        with self._in_progress(answer, receive, watched=True) as pause:
            performance = ResponsePlayer(send, Connection(*asgi), pause, clock, started)
            problem = await performance.play(script, direction.steps)
        if problem is not None:
            entry.problem = f"a held response: {problem}"

    @contextmanager
    def _in_progress(
        self, answer: RunResponse, receive: Receive, *, watched: bool = False
    ) -> Generator[Pause]:
        """Note that a response is in progress; what is given ends it early.

        It is over too when the client goes away, if the run ends with that or it is *watched*.
        """
        pause = Pause(self._replay.options.clock)
        watch: asyncio.Future[Message] | None = None
        if watched or answer.request.on_disconnect == "cancel":
            watch = asyncio.ensure_future(receive())
            watch.add_done_callback(lambda _: pause.end())
        self._lifecycle.start(answer, pause.end)
        self._pauses.add(pause)
        try:
            yield pause
        finally:
            self._pauses.discard(pause)
            self._lifecycle.finish(answer)
            if watch is not None:
                watch.cancel()

    def _partial(self, answer: RunResponse, seen: float) -> bytes:
        """Return the body of a wait that was cancelled: the last values *seen* so far."""
        frames = [frame for frame in answer.prepared.frames if frame.at <= seen]
        *_, body = wait_frames(frames)
        return answer.prepared.fill(body.raw, answer.values)


def _disturbed(script: ResponsePlan, direction: ResponseOverride, entry: Entry) -> ResponsePlan:
    """Return what the faults of *direction* make of *script*, which then says so in its head."""
    if not direction.faults:
        return script
    for fault in direction.faults:
        try:
            script = fault.apply(script)
        except NoSuchEvent as error:
            entry.problem = f"{fault}: {error}"
    told = ", ".join(map(str, direction.faults)).encode("ascii", "backslashreplace")
    return replace(script, head=(*script.head, (FAULT_HEADER, told)))


class RunEndpoints:
    """The endpoints that run, all answered by one replay."""

    def __init__(
        self,
        replay: ReplayEngine,
        run_registry: RunRegistry,
        overrides: Overrides | None = None,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        overrides = overrides or Overrides()
        self._stream = RunEndpoint("/runs/stream", replay, run_registry, overrides, body_limit)
        self._wait = RunEndpoint("/runs/wait", replay, run_registry, overrides, body_limit)
        self._run = BackgroundEndpoint(replay, run_registry, overrides, body_limit)
        self._batch = BackgroundEndpoint(replay, run_registry, overrides, body_limit, batch=True)
        endpoints: dict[str, Callable[[Scope, Receive, Send], Awaitable[None]]] = {
            "/runs/stream": self._stream,
            "/runs/wait": self._wait,
            "/runs": self._run,
            "/runs/batch": self._batch,
        }
        self.routes = [Route(path, run, methods=["POST"]) for path, run in endpoints.items()]

    def end_streams(self) -> None:
        """End every stream in progress, after what was sent so far."""
        self._stream.end_all()

    def end_all(self) -> None:
        """End every run in progress."""
        for endpoint in (self._stream, self._wait, self._run, self._batch):
            endpoint.end_all()

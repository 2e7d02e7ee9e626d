"""The endpoints that respond with a run: POST /runs/stream and /runs/wait.

Endpoints are ASGI classes that write finished bytes: most of the cost of a response is the number
of writes, so everything due at the same time is one write.
"""

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphtape_mock.console.text import escape
from graphtape_mock.replay.engine import ReplayEngine
from graphtape_mock.replay.pacing import Pause, play
from graphtape_mock.replay.response_plan import NoSuchEvent, ResponsePlan
from graphtape_mock.replay.run_response import RunResponse
from graphtape_mock.server.background_runs import BackgroundEndpoint
from graphtape_mock.server.connection import Connection
from graphtape_mock.server.graphtape_headers import FAULT_HEADER, NEAREST_HEADER, PIN_HEADER, header
from graphtape_mock.server.journal import Entry, entry_of
from graphtape_mock.server.overrides import Overrides, ResponseOverride
from graphtape_mock.server.request_body import BODY_LIMIT, read_body
from graphtape_mock.server.response_player import ResponsePlayer
from graphtape_mock.server.run_registry import RunRegistry
from graphtape_mock.server.run_request import RunRequestParser


class RunEndpoint:
    """POST /runs/stream or /runs/wait: replays a recorded run."""

    def __init__(
        self,
        path: str,
        parser: RunRequestParser,
        replay: ReplayEngine,
        run_registry: RunRegistry,
        overrides: Overrides,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self._path = path
        self._parser = parser
        self._replay = replay
        self._registry = run_registry
        self._overrides = overrides
        self._body_limit = body_limit
        self._pauses: set[Pause] = set()
        self._is_ending = False

    def end_all(self) -> None:
        """End every response in progress, after the part already sent."""
        for pause in tuple(self._pauses):
            pause.end()

    def end_later_ones(self) -> None:
        """End every response that begins from now on right after its head."""
        self._is_ending = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request, as an ASGI application."""
        headers = scope["headers"]
        raw = await read_body(receive, self._body_limit, headers)
        entry = entry_of(scope)
        entry.keep(raw)
        override = self._overrides.next()
        name = header(headers, PIN_HEADER) or override.recording
        if self._overrides.prepare is not None:
            name = await self._overrides.prepare(raw, name)
        response = self._replay.respond(self._parser.parse(raw), self._path, name)
        entry.recording = response.recording
        head = response.head()
        if response.is_nearest:
            head.append((NEAREST_HEADER, escape(response.recording).encode()))
        # Let the loop notice a client that closed its side: a real server sends it nothing.
        await asyncio.sleep(0)
        speed = self._replay.options.speed if override.speed is None else override.speed
        if override.faults or override.steps is not None:
            plan = response.plan(speed, head)
            await self._play_plan(response, plan, override, (scope, receive, send))
            return
        await send({"type": "http.response.start", "status": 200, "headers": head})
        if speed == 0:
            await send({"type": "http.response.body", "body": response.body()})
            if response.request.on_completion == "keep":
                self._registry.record_finished(response)
        else:
            await self._play(response, speed, (scope, receive, send))

    async def _play(
        self, response: RunResponse, speed: float, asgi: tuple[Scope, Receive, Send]
    ) -> None:
        _, receive, send = asgi
        clock = self._replay.options.clock
        started = clock.now()
        connection = Connection(*asgi)

        async def write(body: bytes) -> None:
            await send({"type": "http.response.body", "body": body, "more_body": True})

        with self._in_progress(response, receive) as pause:
            chunks = response.chunks(speed)
            is_complete = await play(chunks, write, pause, clock, started, connection.is_gone)
            if connection.is_gone() and not pause.over:
                self._registry.leave_alone(response, started + response.seconds(speed), clock)
                return
            if not is_complete and self._path == "/runs/wait":
                await write(response.cancelled_body((clock.now() - started) * speed))
            await send({"type": "http.response.body", "body": b""})

    async def _play_plan(
        self,
        response: RunResponse,
        plan: ResponsePlan,
        override: ResponseOverride,
        asgi: tuple[Scope, Receive, Send],
    ) -> None:
        """Send *plan* with the faults of *override*, or by its steps."""
        scope, receive, send = asgi
        clock = self._replay.options.clock
        started = clock.now()
        entry = entry_of(scope)
        plan = _with_faults(plan, override, entry)
        with self._in_progress(response, receive, watched=True) as pause:
            player = ResponsePlayer(send, Connection(*asgi), pause, clock, started)
            problem = await player.play(plan, override.steps)
        if problem is not None:
            entry.problem = f"a held response: {problem}"

    @contextmanager
    def _in_progress(
        self, response: RunResponse, receive: Receive, *, watched: bool = False
    ) -> Generator[Pause]:
        """Register a response as in progress; yield the pause that ends it early.

        A disconnect ends it too, if *watched* or if the request cancels its run on disconnect.
        """
        pause = Pause(self._replay.options.clock)
        watch: asyncio.Future[Message] | None = None
        if watched or response.request.on_disconnect == "cancel":
            watch = asyncio.ensure_future(receive())
            watch.add_done_callback(lambda _: pause.end())
        self._registry.start(response, pause.end)
        self._pauses.add(pause)
        if self._is_ending:
            pause.end()
        try:
            yield pause
        finally:
            self._pauses.discard(pause)
            self._registry.finish(response)
            if watch is not None:
                watch.cancel()


def _with_faults(plan: ResponsePlan, override: ResponseOverride, entry: Entry) -> ResponsePlan:
    """Return *plan* with the faults of *override* and a header that names them."""
    if not override.faults:
        return plan
    for fault in override.faults:
        try:
            plan = fault.apply(plan)
        except NoSuchEvent as error:
            entry.problem = f"{fault}: {error}"
    names = ", ".join(map(str, override.faults)).encode("ascii", "backslashreplace")
    return replace(plan, head=(*plan.head, (FAULT_HEADER, names)))


class RunEndpoints:
    """The endpoints of runs, which share one replay engine."""

    def __init__(
        self,
        parser: RunRequestParser,
        replay: ReplayEngine,
        run_registry: RunRegistry,
        overrides: Overrides | None = None,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        shared = (parser, replay, run_registry, overrides or Overrides(), body_limit)
        self._registry = run_registry
        self._stream = RunEndpoint("/runs/stream", *shared)
        self._wait = RunEndpoint("/runs/wait", *shared)
        self.by_path: Mapping[str, ASGIApp] = {
            "/runs/stream": self._stream,
            "/runs/wait": self._wait,
            "/runs": BackgroundEndpoint(*shared),
            "/runs/batch": BackgroundEndpoint(*shared, batch=True),
        }
        """The ASGI application of each path, for POST requests."""

    def begin_end(self) -> None:
        """End what a server ends on SIGTERM: streams, runs without a client, and all later runs.

        Waits in progress go on.
        """
        self._stream.end_later_ones()
        self._wait.end_later_ones()
        self._stream.end_all()
        self._registry.end_unattended()

    def end_all(self) -> None:
        """End every run in progress."""
        self._stream.end_all()
        self._wait.end_all()
        self._registry.end_unattended()

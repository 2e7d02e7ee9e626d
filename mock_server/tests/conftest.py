"""What the tests of the mock share: a caller of ASGI applications, runs, masks and a clock."""

import asyncio
import heapq
import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from starlette.types import ASGIApp, Message, Scope

from graphtape_contracts import End, Exchange, Frame, Headers, Request, Response, sse
from graphtape_contracts.json_value import is_list, is_object
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import Library
from graphtape_mock.server.mock import Mock


async def _exchange(
    app: ASGIApp, method: str, path: str, body: bytes = b"", headers: Headers = ()
) -> Exchange:
    pure_path, _, query = path.partition("?")
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": pure_path,
        "raw_path": pure_path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"server.test")] + [(k.encode(), v.encode()) for k, v in headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *bodies = sent
    received: list[tuple[bytes, bytes]] = start["headers"]
    pairs = tuple((name.decode(), value.decode()) for name, value in received)
    frames = tuple(Frame(0.0, message["body"]) for message in bodies)
    end = End.CUT if bodies[-1].get("more_body", False) else End.COMPLETE
    request = Request(method, path, headers, body)
    return Exchange(request, Response(start["status"], pairs), frames, end)


@pytest.fixture(name="call", scope="session")
def _call() -> Callable[..., Exchange]:
    """Call an application: `call(app, method, path, body, headers)` returns the exchange."""

    def call(app: ASGIApp, *request: Any) -> Exchange:
        return asyncio.run(_exchange(app, *request))

    return call


_STREAM_HEAD: Headers = (("content-type", "text/event-stream; charset=utf-8"),)
_WAIT_HEAD: Headers = (("content-type", "application/json"),)


@pytest.fixture(name="make_run", scope="session")
def _make_run() -> Callable[..., Exchange]:
    """Make the exchange of a run of `agent`: `make_run([(event, data), ...], **body)`.

    Frames arrive a tenth of a second apart, the first at 0.1. A wait has one body.
    """

    def make(
        events: Iterable[tuple[str, Any]] | bytes,
        *,
        eol: sse.Eol = "\r\n",
        end: End = End.COMPLETE,
        status: int = 200,
        **body: Any,
    ) -> Exchange:
        sent = orjson.dumps({"assistant_id": "agent"} | body)
        if isinstance(events, bytes):
            request = Request("POST", "/runs/wait", (), sent)
            return Exchange(request, Response(status, _WAIT_HEAD), (Frame(0.1, events),), end)
        blocks = (
            sse.encode_event(name, orjson.dumps(data).decode(), eol=eol) for name, data in events
        )
        frames = tuple(sse.frame(raw, number / 10) for number, raw in enumerate(blocks, 1))
        request = Request("POST", "/runs/stream", (), sent)
        return Exchange(request, Response(status, _STREAM_HEAD), frames, end)

    return make


@pytest.fixture(name="serve_runs", scope="session")
def _serve_runs() -> Callable[..., Mock]:
    """Make a mock of one recording, named `run`: `serve_runs(exchange, ..., **options)`."""

    def serve(*exchanges: Exchange, **options: Any) -> Mock:
        return Mock(
            Library([Recording("run", exchanges)]), replace(ReplayOptions(speed=0), **options)
        )

    return serve


_ID = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")
_PORT = re.compile(r"(?<=http://127\.0\.0\.1:)\d+")


def _sort_run_metadata(data: Any) -> Any:
    # The order of its keys is random in each process of the server.
    if is_object(data):
        keys = sorted(data) if "run_attempt" in data else data
        return {key: _sort_run_metadata(data[key]) for key in keys}
    return [_sort_run_metadata(item) for item in data] if is_list(data) else data


@pytest.fixture(name="masked", scope="session")
def _masked() -> Callable[[Iterable[Frame]], list[tuple[str, str]]]:
    """Return the events among frames, with numbers for ids, times and ports.

    Ids are numbered by their first appearance.
    """

    def mask(frames: Iterable[Frame]) -> list[tuple[str, str]]:
        numbers: dict[str, str] = {}

        def number(found: re.Match[str]) -> str:
            return numbers.setdefault(found[0], f"ID{len(numbers)}")

        events: list[tuple[str, str]] = []
        for frame in frames:
            if frame.event is not None:
                data = orjson.dumps(_sort_run_metadata(orjson.loads(frame.data or "null"))).decode()
                text = _PORT.sub("PORT", _TIME.sub("TIME", data))
                events.append((_ID.sub(number, frame.event), _ID.sub(number, text)))
        return events

    return mask


class _JumpingClock:
    """A clock that jumps to the time of the next sleeper as soon as everybody sleeps.

    What is to happen *at* a time does so on the way there.
    """

    def __init__(self) -> None:
        self.time = 100.0
        self._count = itertools.count()
        self._due: list[tuple[float, int, bool, Callable[[], None]]] = []

    def now(self) -> float:
        return self.time

    def wake_at(self, when: float, wake: Callable[[], None]) -> Callable[[], None]:
        entry = (when, next(self._count), True, wake)
        heapq.heappush(self._due, entry)
        asyncio.get_running_loop().call_soon(self._jump)

        def take_back() -> None:
            if entry in self._due:
                self._due.remove(entry)
                heapq.heapify(self._due)

        return take_back

    def at(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something *seconds* after the start."""
        heapq.heappush(self._due, (100.0 + seconds, next(self._count), False, act))

    def _jump(self, rounds: int = 0) -> None:
        # Whoever was woken by the last act goes on first.
        if rounds:
            asyncio.get_running_loop().call_soon(self._jump, rounds - 1)
            return
        when, _, is_sleeper, act = heapq.heappop(self._due)
        self.time = max(self.time, when)
        act()
        if not is_sleeper:
            self._jump(20)


@pytest.fixture(name="make_clock", scope="session")
def _make_clock() -> Callable[[], _JumpingClock]:
    """Make a clock that never waits; it starts at 100 seconds."""
    return _JumpingClock


@pytest.fixture(name="clock")
def _clock() -> _JumpingClock:
    """A clock that never waits; it starts at 100 seconds."""
    return _JumpingClock()


@pytest.fixture(name="at")
def _at(clock: _JumpingClock) -> Callable[[float, Callable[[], None]], None]:
    """Do something some seconds after the start of `clock`: `at(3, act)`."""
    return clock.at

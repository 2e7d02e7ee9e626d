"""`Mock.reset` restores the initial state."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from starlette.types import Scope

from graphtape_contracts import Exchange
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import Library
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.overrides import ResponseOverride
from graphtape_mock.server.running import BackgroundServer

Call = Callable[..., Exchange]
MakeRun = Callable[..., Exchange]

RUN_ID = "019a3b1c-0000-7000-8000-000000000001"


@pytest.fixture(name="mock")
def _mock(make_run: MakeRun) -> Mock:
    """A mock of two recordings of one request, with seeded ids and a stopped clock."""
    runs = [make_run([("metadata", {"run_id": RUN_ID}), ("values", n)]) for n in (1, 2)]
    library = Library([Recording("first", (runs[0],)), Recording("second", (runs[1],))])
    return Mock(library, ReplayOptions(speed=0, seed=7, now=lambda: 1000.0))


def post(call: Call, mock: Mock, path: str, **body: Any) -> Any:
    return orjson.loads(call(mock, "POST", path, orjson.dumps(body)).body or b"null")


def test_the_same_requests_get_the_same_answers(mock: Mock, call: Call) -> None:
    def all_answers() -> list[bytes]:
        requests: list[tuple[str, dict[str, Any]]] = [
            ("/runs/stream", {"assistant_id": "agent", "stream_resumable": True}),
            ("/threads", {}),
            ("/assistants", {"graph_id": "agent"}),
            ("/runs", {"assistant_id": "agent"}),
            ("/runs/wait", {"assistant_id": "agent"}),
            ("/assistants/search", {}),
        ]
        return [call(mock, "POST", path, orjson.dumps(body)).body for path, body in requests]

    first = all_answers()
    mock.reset()

    assert all_answers() == first


def test_what_clients_made_is_forgotten(mock: Mock, call: Call) -> None:
    thread = post(call, mock, "/threads")
    assistant = post(call, mock, "/assistants", graph_id="agent")
    mock.overrides.set(ResponseOverride("second"))
    revision = mock.catalogue.revision

    mock.reset()

    paths = (f"/threads/{thread['thread_id']}", f"/assistants/{assistant['assistant_id']}")
    assert [call(mock, "GET", path).response.status for path in paths] == [404, 404]
    assert post(call, mock, "/runs/wait", assistant_id="agent") == 1
    assert [entry.path for entry in mock.journal.entries] == [*paths, "/runs/wait"]
    assert mock.catalogue.revision > revision


def test_what_is_understood_stays_so_where_nothing_was_made(mock: Mock) -> None:
    revision = mock.catalogue.revision

    mock.reset()

    assert mock.catalogue.revision == revision


@pytest.mark.parametrize("path", ["/runs", "/runs/stream"])
def test_what_is_in_progress_ends(make_run: MakeRun, call: Call, path: str) -> None:
    run = make_run([("values", 1)])
    mock = Mock(Library([Recording("run", (run,))]), ReplayOptions(speed=0.001))

    async def main() -> list[int]:
        messages = iter([{"type": "http.request", "body": run.request.body, "more_body": False}])

        async def receive() -> Any:
            return next(messages)

        async def send(message: Any) -> None:
            pass

        scope: Scope = {"type": "http", "method": "POST", "path": path, "headers": []}
        asking = asyncio.ensure_future(mock(scope, receive, send))
        counts: list[int] = []
        for _ in range(2):
            for _ in range(20):
                await asyncio.sleep(0)
            counts.append(len(mock.run_registry))
            mock.reset()
        await asking
        return counts

    assert asyncio.run(main()) == [1, 0]


def test_work_is_done_where_requests_are_answered(mock: Mock) -> None:
    async def reset() -> str:
        mock.reset()
        return "done"

    with BackgroundServer(mock) as server:
        assert server.run(reset()) == "done"


def test_work_that_takes_too_long_is_given_up(mock: Mock) -> None:
    with BackgroundServer(mock) as server, pytest.raises(TimeoutError):
        server.run(mock.journal.until_answered(1), timeout=0.01)

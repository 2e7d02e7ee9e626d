"""Failures of graphtape itself: logged, named in the response, and a problem of the request."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from starlette.types import Scope

from graphtape_contracts import End, Exchange
from graphtape_mock.replay.engine import ReplayEngine
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.responses import json_response

Call = Callable[..., Exchange]
MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]

RUN = orjson.dumps({"assistant_id": "agent"})


def fail(*_: object, **__: object) -> Any:
    raise TypeError("a bug")


@pytest.fixture(name="mock")
def _mock(make_run: MakeRun, serve_runs: ServeRuns) -> Mock:
    return serve_runs(make_run([("values", 1)]))


@pytest.mark.parametrize(
    ("owner", "name", "request_"),
    [
        (ReplayEngine, "respond", ("POST", "/runs/stream", RUN)),
        (ReplayEngine, "respond", ("POST", "/runs/wait", RUN)),
        (ReplayEngine, "respond", ("POST", "/runs", RUN)),
        (AssistantCatalogue, "search", ("POST", "/assistants/search", b"{}")),
        (AssistantCatalogue, "info", ("GET", "/info", b"")),
    ],
)
def test_a_failure_of_ours_says_so(
    owner: type,
    name: str,
    request_: tuple[Any, ...],
    mock: Mock,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(owner, name, property(fail) if name == "info" else fail)

    answered = call(mock, *request_, (("origin", "https://a.test"),))

    assert answered.response.status == 500
    assert orjson.loads(answered.body)["detail"].startswith("graphtape failed: TypeError.")
    assert answered.response.header("access-control-allow-origin") == "*"
    (record,) = caplog.records
    assert (record.name, record.exc_info is None) == ("graphtape", False)
    (entry,) = mock.journal.entries
    assert (entry.status, entry.problem) == (500, "graphtape failed: TypeError: a bug")


def test_a_failure_in_the_middle_of_a_response_breaks_it_off(
    mock: Mock, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    from graphtape_mock.replay.run_response import RunResponse

    def one_chunk(*_: object) -> Any:
        yield from ()
        fail()

    monkeypatch.setattr(RunResponse, "chunks", one_chunk)
    mock.overrides.set(_at_speed(1))

    answered = call_until_it_breaks(mock)

    assert answered == [("http.response.start", 200)]
    assert mock.journal.entries[0].problem == "graphtape failed: TypeError: a bug"


def _at_speed(speed: float) -> Any:
    from graphtape_mock.server.overrides import ResponseOverride

    return ResponseOverride(speed=speed)


def call_until_it_breaks(mock: Mock) -> list[tuple[str, int | None]]:
    import asyncio

    sent: list[tuple[str, int | None]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": RUN}

    async def send(message: Any) -> None:
        sent.append((message["type"], message.get("status")))

    scope: Scope = {"type": "http", "method": "POST", "path": "/runs/stream", "headers": []}
    asyncio.run(mock(scope, receive, send))
    return sent


def test_json_that_is_too_deep_is_the_crash_of_the_server(mock: Mock, call: Call) -> None:
    deep = b'{"metadata":' + b'{"a":' * 254 + b"1" + b"}" * 255

    answered = call(mock, "POST", "/threads", deep)

    assert (answered.response.status, answered.body) == (500, b"Internal Server Error")
    assert answered.end is End.CUT
    assert mock.journal.entries[0].problem == ""


def test_what_is_no_json_is_a_bug_and_not_taken_for_depth() -> None:
    with pytest.raises(TypeError):
        json_response({"a": object()})


def test_a_count_of_another_graph_is_refused(mock: Mock, call: Call) -> None:
    assert call(mock, "POST", "/assistants/count", b'{"graph_id":"nope"}').response.status == 404


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"graph_id":"agent"}',
        b'{"sort_by":["x"]}',
        b'{"sort_by":{"a":1}}',
        b'{"sort_order":5}',
        b'{"limit":"x","offset":[],"select":5}',
        b'{"config":{"configurable":5}}',
    ],
)
def test_a_count_ignores_order_and_page_as_the_server_does(
    body: bytes, mock: Mock, call: Call
) -> None:
    answered = call(mock, "POST", "/assistants/count", body)

    assert (answered.response.status, answered.body) == (200, b"1")

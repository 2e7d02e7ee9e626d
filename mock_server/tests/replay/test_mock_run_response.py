"""RunResponse: the ids of events, and the plan of a response."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from graphtape_contracts import Exchange
from graphtape_mock.replay.run_response import RunResponse
from graphtape_mock.server.mock import Mock

MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]


def respond(mock: Mock, path: str = "/runs/stream", **body: Any) -> RunResponse:
    request = mock.parser.parse(orjson.dumps({"assistant_id": "agent"} | body))
    return mock.replay.respond(request, path)


def ids_of_chunks(response: RunResponse, speed: float) -> list[tuple[float, bytes]]:
    return [(chunk.due, chunk.body.split(b"\r\n")[2]) for chunk in response.chunks(speed)]


@pytest.mark.parametrize(
    ("speed", "sent"),
    [
        (1.0, [(0.1, b"id: 1000100-0"), (0.2, b"id: 1000200-0")]),
        (0.5, [(0.2, b"id: 1000200-0"), (0.4, b"id: 1000400-0")]),
    ],
)
def test_ids_of_events_are_the_milliseconds_of_their_sending(
    speed: float, sent: list[tuple[float, bytes]], make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    run = make_run([("metadata", {}), ("values", 1)])
    mock = serve_runs(run, now=lambda: 1000.0)

    assert ids_of_chunks(respond(mock, stream_resumable=True), speed) == sent


def test_at_speed_0_all_ids_of_events_are_of_one_moment(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    run = make_run([("metadata", {}), ("values", 1)])
    mock = serve_runs(run, now=lambda: 1000.0)

    body = respond(mock, stream_resumable=True).body()

    assert body.count(b"\r\nid: 1000000-0\r\n\r\n") == 2


@pytest.mark.parametrize(("path", "is_stream"), [("/runs/stream", True), ("/runs/wait", False)])
def test_a_plan_has_the_given_head_and_a_chunk_for_each_event(
    path: str, is_stream: bool, make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    mock = serve_runs(make_run([("metadata", {}), ("values", 1)]))

    plan = respond(mock, path).plan(0, [(b"a", b"b")])

    assert (plan.head, plan.is_stream) == (((b"a", b"b"),), is_stream)
    assert len(plan.chunks) == (2 if is_stream else 1)

"""Runs in the background: POST /runs and /runs/batch."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import orjson

from graphtape_contracts import Exchange
from graphtape_mock.replay.pacing import Clock
from graphtape_mock.server.mock import Mock

At = Callable[[float, Callable[[], None]], None]
Call = Callable[..., Exchange]
MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]

EVENTS = [("metadata", {"attempt": 1}), ("values", {"n": 1})]


def request(**body: Any) -> bytes:
    return orjson.dumps({"assistant_id": "agent"} | body)


def test_the_answer_is_a_pending_run(make_run: MakeRun, serve_runs: ServeRuns, call: Call) -> None:
    mock = serve_runs(make_run(EVENTS), now=lambda: 1000.0)

    exchange = call(mock, "POST", "/runs", request(), (("x-request-id", "mine"),))

    run = orjson.loads(exchange.body)
    assert (exchange.response.status, run["status"]) == (200, "pending")
    assert run["kwargs"]["config"]["configurable"]["langgraph_request_id"] == "mine"
    assert run["created_at"] == "1970-01-01T00:16:40+00:00"
    assert exchange.response.header("content-location") == f"/runs/{run['run_id']}"


def test_a_batch_is_answered_in_its_order(
    make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    mock = serve_runs(make_run(EVENTS, input=1), make_run(EVENTS, input=2))
    batch = [{"assistant_id": "agent", "input": n} for n in (2, 1)]

    exchange = call(mock, "POST", "/runs/batch", orjson.dumps(batch))

    runs = orjson.loads(exchange.body)
    assert exchange.response.header("content-location") is None
    assert [run["kwargs"]["input"] for run in runs] == [2, 1]
    assert runs[0]["run_id"] != runs[1]["run_id"]
    first, second = (run["kwargs"]["config"]["configurable"] for run in runs)
    assert first["langgraph_request_id"] == second["langgraph_request_id"]


def test_what_was_not_recorded_is_refused(
    make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    mock = serve_runs(make_run(EVENTS))

    assert call(mock, "POST", "/runs", request(input=9)).response.status == 404


def test_an_odd_request_id_is_taken_as_it_can_be(
    make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    mock = serve_runs(make_run(EVENTS))

    exchange = call(mock, "POST", "/runs", request(), (("x-request-id", "é"),))

    assert exchange.response.status == 200


async def run_in_the_background(mock: Mock) -> None:
    """Request a run, and return when it has finished."""
    transport = httpx.ASGITransport(mock)
    async with httpx.AsyncClient(transport=transport, base_url="http://server.test") as client:
        await client.post("/runs", content=request())
    while len(mock.run_registry):
        await asyncio.sleep(0)


def test_a_run_completes_in_its_time(
    make_run: MakeRun, serve_runs: ServeRuns, clock: Clock
) -> None:
    mock = serve_runs(make_run(EVENTS), speed=0.01, clock=clock)

    asyncio.run(run_in_the_background(mock))

    assert clock.now() == 120.0


def test_a_run_can_be_cancelled(
    make_run: MakeRun, serve_runs: ServeRuns, clock: Clock, at: At
) -> None:
    mock = serve_runs(make_run(EVENTS), speed=0.01, clock=clock)
    cancelled: list[int] = []
    at(7.0, lambda: cancelled.append(mock.run_registry.cancel(status="running")))

    asyncio.run(run_in_the_background(mock))

    assert cancelled == [1]
    assert clock.now() < 120.0

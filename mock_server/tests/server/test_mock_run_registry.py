"""RunRegistry: cancelling runs in progress, and the threads that finished runs keep."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from graphtape_contracts import Exchange
from graphtape_mock.replay.pacing import Clock
from graphtape_mock.replay.run_response import RunResponse
from graphtape_mock.replay.thread_state import ThreadState, thread_state_of
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.run_registry import RunRegistry
from graphtape_mock.server.thread_store import ThreadStore

Call = Callable[..., Exchange]
MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]
Events = list[tuple[str, Any]]

ERROR = {"error": "ValueError", "message": "no"}
INTERRUPT = {"id": "271a4cfa079ec95e7175603ea4d59027", "value": "go on?"}
TASK: dict[str, Any] = {
    "id": "t",
    "name": "ask",
    "result": {},
    "interrupts": [INTERRUPT | {"more": 1}],
}

OUTCOMES: dict[str, tuple[Events, ThreadState]] = {
    "nothing": ([], ThreadState("idle", None, None, {})),
    "values": (
        [("values", {"n": 1}), ("values", {"n": 2})],
        ThreadState("idle", {"n": 2}, None, {}),
    ),
    "error": ([("values", {"n": 1}), ("error", ERROR)], ThreadState("error", {"n": 1}, ERROR, {})),
    "interrupted task": (
        [("tasks", TASK)],
        ThreadState("interrupted", None, None, {"t": [INTERRUPT]}),
    ),
    "odd interrupts": (
        [("tasks", {"interrupts": [7, {}]})],
        ThreadState("interrupted", None, None, {"None": [{"id": None, "value": None}]}),
    ),
    "interrupt in values": (
        [("values", {"n": 1, "__interrupt__": [INTERRUPT]})],
        ThreadState("interrupted", {"n": 1}, None, {}),
    ),
    "interrupt in updates": (
        [("updates", {"__interrupt__": []})],
        ThreadState("interrupted", None, None, {}),
    ),
    "other tasks": (
        [("tasks", {"id": "t", "interrupts": []})],
        ThreadState("idle", None, None, {}),
    ),
    "subgraphs and odd data": (
        [("values|a:1", {"n": 1}), ("values", 7), ("custom", {"__interrupt__": [1]})],
        ThreadState("idle", None, None, {}),
    ),
}


@pytest.mark.parametrize(("events", "outcome"), OUTCOMES.values(), ids=OUTCOMES)
def test_the_state_is_that_of_the_last_events(
    events: Events, outcome: ThreadState, make_run: MakeRun
) -> None:
    assert thread_state_of(make_run(events).frames) == outcome


def thread_of(call: Call, mock: Mock, body: dict[str, Any]) -> Exchange:
    """Return the response about the thread of a finished run."""
    run = call(mock, "POST", "/runs/wait", orjson.dumps({"assistant_id": "agent"} | body))
    thread = (run.response.header("content-location") or "").split("/")[2]
    return call(mock, "GET", f"/threads/{thread}")


@pytest.mark.parametrize("speed", [0, 1])
def test_a_kept_thread_has_the_state_of_the_run(
    speed: float, make_run: MakeRun, serve_runs: ServeRuns, call: Call, clock: Clock
) -> None:
    mock = serve_runs(make_run([("values", {"n": 1})]), speed=speed, clock=clock)

    kept = thread_of(call, mock, {"on_completion": "keep", "metadata": {"a": 1}})

    thread = orjson.loads(kept.body)
    assert (kept.response.status, thread["status"], thread["values"]) == (200, "idle", {"n": 1})
    assert (thread["metadata"]["graph_id"], thread["metadata"]["a"]) == ("agent", 1)
    assert len(mock.run_registry) == 0


@pytest.mark.parametrize("speed", [0, 1])
def test_no_thread_remains_otherwise(
    speed: float, make_run: MakeRun, serve_runs: ServeRuns, call: Call, clock: Clock
) -> None:
    mock = serve_runs(make_run([("values", {"n": 1})]), speed=speed, clock=clock)

    assert thread_of(call, mock, {}).response.status == 404


@pytest.fixture(name="registry")
def _registry() -> RunRegistry:
    return RunRegistry(ThreadStore(), limit=2)


@pytest.fixture(name="response_of")
def _response_of(make_run: MakeRun, serve_runs: ServeRuns) -> Callable[..., RunResponse]:
    """Return `response_of(run_id, thread_id)`, which makes the response of a run."""
    mock = serve_runs(make_run([]))
    request = mock.parser.parse(b'{"assistant_id":"agent"}')
    response = mock.replay.respond(request, "/runs/stream")

    def make(run_id: str, thread_id: str = "t1") -> RunResponse:
        return response._replace(values=[run_id.encode(), thread_id.encode()])

    return make


ResponseOf = Callable[..., RunResponse]


def note(ended: list[str], run_id: str) -> Callable[[], None]:
    return lambda: ended.append(run_id)


def test_a_run_is_cancelled_by_its_thread_and_id_once(
    registry: RunRegistry, response_of: ResponseOf
) -> None:
    ended = list[str]()
    registry.start(response_of("r1"), note(ended, "r1"))
    registry.start(response_of("r2"), note(ended, "r2"))

    assert registry.cancel(thread_id="t1", run_ids=["r1", "r3"]) == 1
    assert registry.cancel(thread_id="t1", run_ids=["r1"]) == 0
    assert ended == ["r1"]


def test_a_run_of_another_thread_is_left_alone(
    registry: RunRegistry, response_of: ResponseOf
) -> None:
    ended = list[str]()
    registry.start(response_of("r1"), note(ended, "r1"))

    assert registry.cancel(thread_id="t2", run_ids=["r1"]) == 0
    assert ended == []


@pytest.mark.parametrize(
    ("status", "cancelled"), [("pending", []), ("running", ["r1", "r2"]), ("all", ["r1", "r2"])]
)
def test_runs_are_cancelled_by_status(
    status: str, cancelled: list[str], registry: RunRegistry, response_of: ResponseOf
) -> None:
    ended = list[str]()
    registry.start(response_of("r1"), note(ended, "r1"))
    registry.start(response_of("r2", "t2"), note(ended, "r2"))

    assert registry.cancel(status=status) == len(cancelled)
    assert ended == cancelled


def test_a_finished_run_is_removed(registry: RunRegistry, response_of: ResponseOf) -> None:
    ended = list[str]()
    registry.start(response_of("r1"), note(ended, "r1"))

    registry.finish(response_of("r1"))
    registry.finish(response_of("r1"))

    assert len(registry) == 0
    assert registry.cancel(status="all") == 0
    assert ended == []


def test_the_oldest_run_is_dropped_beyond_the_limit(
    registry: RunRegistry, response_of: ResponseOf
) -> None:
    ended = list[str]()
    for run_id in ("r1", "r2", "r3"):
        registry.start(response_of(run_id), note(ended, run_id))

    assert registry.cancel(status="all") == 2
    assert ended == ["r2", "r3"]

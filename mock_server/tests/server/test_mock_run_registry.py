"""What a run leaves behind: nothing, or the thread that it was asked to keep."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from graphtape_contracts import Exchange
from graphtape_mock.replay.pacing import Clock
from graphtape_mock.replay.thread_state import ThreadState, thread_state_of
from graphtape_mock.server.mock import Mock

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
def test_the_outcome_is_what_the_last_events_say(
    events: Events, outcome: ThreadState, make_run: MakeRun
) -> None:
    assert thread_state_of(make_run(events).frames) == outcome


def thread_of(call: Call, mock: Mock, body: dict[str, Any]) -> Exchange:
    """Return what the mock says of the thread of a run when that is over."""
    run = call(mock, "POST", "/runs/wait", orjson.dumps({"assistant_id": "agent"} | body))
    thread = (run.response.header("content-location") or "").split("/")[2]
    return call(mock, "GET", f"/threads/{thread}")


@pytest.mark.parametrize("speed", [0, 1])
def test_a_kept_thread_tells_how_the_run_ended(
    speed: float, make_run: MakeRun, serve_runs: ServeRuns, call: Call, clock: Clock
) -> None:
    mock = serve_runs(make_run([("values", {"n": 1})]), speed=speed, clock=clock)

    kept = thread_of(call, mock, {"on_completion": "keep", "metadata": {"a": 1}})

    thread = orjson.loads(kept.body)
    assert (kept.response.status, thread["status"], thread["values"]) == (200, "idle", {"n": 1})
    assert (thread["metadata"]["graph_id"], thread["metadata"]["a"]) == ("agent", 1)
    assert len(mock.active) == 0


@pytest.mark.parametrize("speed", [0, 1])
def test_no_thread_remains_otherwise(
    speed: float, make_run: MakeRun, serve_runs: ServeRuns, call: Call, clock: Clock
) -> None:
    mock = serve_runs(make_run([("values", {"n": 1})]), speed=speed, clock=clock)

    assert thread_of(call, mock, {}).response.status == 404

"""The cost of a response does not depend on the numbers in its request."""

import asyncio
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.types import Scope

from graphtape_contracts import Exchange, sse
from graphtape_mock.replay.fault import Cut, Duplicate, Latency, Stall
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.overrides import ResponseOverride

MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]

NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SENT_AT_ONCE = 3
"""Messages after which a response is given up: the head, and what is due soon."""
MORE = 5000
"""Calls that another kind of response may cost: an error that is put into words, say."""


class _Instant:
    """A clock on which every wait is over at once."""

    time = 100.0

    def now(self) -> float:
        return self.time

    def wake_at(self, when: float, wake: Callable[[], None]) -> Callable[[], None]:
        self.time = when
        wake()
        return lambda: None


def calls_of(mock: Mock, path: str, body: bytes) -> tuple[int, int]:
    """Return the number of calls until the first messages are sent, and the status."""
    sent: list[Any] = []
    calls = 0

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) == SENT_AT_ONCE:
            raise asyncio.CancelledError

    def count(*_: object) -> None:  # pragma: no cover  # Nothing traces a profile function.
        nonlocal calls
        calls += 1

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [],
        "query_string": b"",
        "root_path": "",
    }

    async def main() -> None:
        sys.setprofile(count)
        try:
            await mock(scope, receive, send)
        except asyncio.CancelledError:
            pass
        finally:
            sys.setprofile(None)

    asyncio.run(main())
    return calls, sent[0]["status"]


@pytest.fixture(name="slow", scope="module")
def _slow(make_run: MakeRun) -> Exchange:
    run = make_run([("metadata", {}), ("values", 1), ("values", 2)])
    times = zip((0.0, 3.0, 1e7), run.frames, strict=True)
    return Exchange(run.request, run.response, tuple(sse.frame(f.raw, at) for at, f in times))


@given(
    st.sampled_from(["/runs/stream", "/runs/wait", "/runs"]),
    st.sampled_from(["after_seconds", "metadata", "recursion_limit", "more"]),
    NUMBERS,
    st.sampled_from([0.0, 1e-9, 0.5, 1.0, 1e9]),
)
@example("/runs/stream", "after_seconds", 1e7, 1.0)
@example("/runs/stream", "after_seconds", 2.5e11, 1.0)
@example("/runs", "after_seconds", -6.5e10, 1.0)
@settings(deadline=None)
def test_the_cost_of_a_run_is_constant_in_each_number(
    slow: Exchange, serve_runs: ServeRuns, path: str, field: str, number: float, speed: float
) -> None:
    def body(value: float) -> bytes:
        fields: dict[str, Any] = {field: value}
        if field == "metadata":
            fields = {field: {"n": value}}
        if field == "recursion_limit":
            fields = {"config": {field: value}}
        return orjson.dumps({"assistant_id": "agent", "stream_resumable": True} | fields)

    mock = serve_runs(slow, speed=speed, clock=_Instant())
    calls_of(mock, path, body(0))  # Loads what every request needs.

    small, _ = calls_of(mock, path, body(1))
    calls, status = calls_of(mock, path, body(number))

    assert status in (200, 422, 500)
    assert calls < 1.5 * small + MORE
    assert all(not entry.problem for entry in mock.journal.entries)


@pytest.mark.parametrize("after", [1.0, 1e3, 1e7, 1e11])
def test_a_delay_of_any_length_costs_the_same(
    after: float, slow: Exchange, serve_runs: ServeRuns
) -> None:
    body = {"assistant_id": "agent", "after_seconds": after}
    mock = serve_runs(slow, speed=1, clock=_Instant())
    calls_of(mock, "/runs/stream", orjson.dumps(body))  # Fills caches.
    tracemalloc.start()
    try:
        calls, status = calls_of(mock, "/runs/stream", orjson.dumps(body))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert status == 200
    assert calls < 2000
    assert peak < 500_000


@given(
    st.sampled_from(["/assistants/search", "/assistants/count"]),
    st.sampled_from(["offset", "limit"]),
    NUMBERS,
)
@example("/assistants/search", "offset", 1e300)
@settings(deadline=None)
def test_the_cost_of_a_search_is_constant_in_each_number(
    slow: Exchange, serve_runs: ServeRuns, path: str, field: str, number: float
) -> None:
    mock = serve_runs(slow)
    calls_of(mock, path, orjson.dumps({field: 0}))

    small, _ = calls_of(mock, path, orjson.dumps({field: 1}))
    calls, status = calls_of(mock, path, orjson.dumps({field: number}))

    assert status in (200, 422)
    assert calls < 1.5 * small + MORE


@pytest.mark.parametrize(
    "fault",
    [Latency(1e9), Stall("metadata", 1e9), Duplicate("values"), Cut(after_bytes=10**12)],
    ids=str,
)
def test_the_cost_of_a_fault_is_constant_in_its_numbers(
    fault: Any, slow: Exchange, serve_runs: ServeRuns
) -> None:
    mock = serve_runs(slow, speed=1, clock=_Instant())
    mock.overrides.set(ResponseOverride(faults=[fault]))
    body = orjson.dumps({"assistant_id": "agent", "after_seconds": 1e9})

    calls, status = calls_of(mock, "/runs/stream", body)

    assert status == 200
    assert calls < 20_000


def test_an_override_for_any_number_of_requests_is_one_entry(serve_runs: ServeRuns) -> None:
    overrides = serve_runs().overrides
    overrides.queue(ResponseOverride(speed=2.0), times=10**12)
    overrides.queue(ResponseOverride(speed=3.0))

    assert [overrides.next().speed for _ in range(3)] == [2.0, 2.0, 2.0]

"""The cost of an answer: constant in every number of a request, linear in its bytes."""

import asyncio
import gc
import tracemalloc
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
import pytest
from application import send_to
from hypothesis import example, given, settings
from hypothesis import strategies as st
from recordings_for_chaos import write_recordings
from starlette.types import Message

from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock

KILOBYTE = 1024
SPREAD = 64 * KILOBYTE
"""Bytes by which the cost of equal requests may differ: caches, and how numbers are written."""
TURNS = 100
"""Turns of the event loop: enough for a response to send what is due, and to wait for the rest."""

Request = tuple[str, str, dict[str, Any]]


class StoppedClock:
    """A clock that stands still, so that whatever waits never goes on."""

    def now(self) -> float:
        """Return the start."""
        return 0.0

    def wake_at(self, when: float, wake: Callable[[], None]) -> Callable[[], None]:
        """Never call *wake*; return a function that takes this back."""
        return self._forget

    def _forget(self) -> None:
        """Take back nothing."""


@pytest.fixture(name="mock", scope="module")
def _mock(tmp_path_factory: pytest.TempPathFactory) -> Mock:
    """A mock that keeps the recorded pace: what is due late has not to be made yet."""
    folder = write_recordings(tmp_path_factory.mktemp("cost") / "recordings")
    return Mock(load([folder / "slow.jsonl"]), ReplayOptions(speed=1, clock=StoppedClock()))


def allocated(mock: Mock, method: str, path: str, body: bytes) -> int:
    """Return the most bytes that are allocated until a response has begun."""
    sent: list[Message] = []

    async def begin() -> None:
        response = asyncio.ensure_future(send_to(mock, sent, method, path, body))
        for _ in range(TURNS):
            await asyncio.sleep(0)
        response.cancel()
        await asyncio.gather(response, return_exceptions=True)

    mock.reset()
    gc.collect()
    tracemalloc.start()
    asyncio.run(begin())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    mock.reset()
    assert sent, (method, path, body[:200])
    return most


NUMBERS = st.one_of(
    st.integers(0, 10**18),
    st.floats(0, 1e18, allow_nan=False).map(float),
    st.sampled_from((0, 1, 2**31, 2**53, 10**7, 10**8, 10**15)),
)


def _run(**fields: Any) -> Request:
    return "POST", "/runs/stream", {"assistant_id": "agent", "input": "slow"} | fields


PLACES: dict[str, Callable[[Any], Request]] = {
    "after_seconds": lambda number: _run(after_seconds=number),
    "after_seconds of a wait": lambda number: (
        "POST",
        "/runs/wait",
        {"assistant_id": "agent", "input": "slow", "after_seconds": number},
    ),
    "after_seconds in the background": lambda number: (
        "POST",
        "/runs",
        {"assistant_id": "agent", "input": "slow", "after_seconds": number},
    ),
    "recursion_limit": lambda number: _run(config={"recursion_limit": number}),
    "a number in metadata": lambda number: _run(metadata={"n": number}),
    "limit of assistants": lambda number: ("POST", "/assistants/search", {"limit": number}),
    "offset of assistants": lambda number: ("POST", "/assistants/search", {"offset": number}),
    "xray": lambda number: ("GET", f"/assistants/agent/graph?xray={number}", {}),
    "time to live": lambda number: ("POST", "/threads", {"ttl": {"ttl": number}}),
}
"""Every number that a request may hold."""


@cache
def _least(mock: Mock, place: str) -> int:
    """Return the cost with the number 1, once caches are warm."""
    method, path, body = PLACES[place](1)
    return min(allocated(mock, method, path, orjson.dumps(body)) for _ in range(3))


@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=5)
@given(number=NUMBERS)
@example(number=1e7)
@example(number=10**18)
def test_an_answer_costs_the_same_for_every_number(place: str, number: float, mock: Mock) -> None:
    least = _least(mock, place)
    method, path, body = PLACES[place](number)

    cost = allocated(mock, method, path, orjson.dumps(body))

    assert cost <= least + SPREAD


SHAPES: dict[str, Callable[[int], dict[str, Any]]] = {
    "text": lambda size: {"metadata": {"text": "x" * size}},
    "backslashes": lambda size: {"metadata": {"password": "\\" * size}},
    "numbers": lambda size: {"metadata": {"list": list(range(size // 8))}},
    "keys": lambda size: {"metadata": {str(number): 1 for number in range(size // 12)}},
    "objects": lambda size: {"metadata": {"list": [{"a": 1}] * (size // 8)}},
    "unknown field": lambda size: {"unknown": [[]] * (size // 3)},
    "stream modes": lambda size: {"stream_mode": ["values"] * (size // 9)},
    "an input that misses": lambda size: {"input": {"text": "x" * size}},
}
_PER_BYTE = 60
"""Bytes in memory for each byte of a request: that is what decoded JSON takes at worst."""


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=5)
@given(size=st.integers(1, 200) | st.sampled_from((1, 200)))
def test_an_answer_costs_as_much_as_its_request_is_long(shape: str, size: int, mock: Mock) -> None:
    least = _least(mock, "recursion_limit")
    method, path, body = _run(**SHAPES[shape](size * KILOBYTE))
    raw = orjson.dumps(body)

    cost = allocated(mock, method, path, raw)

    assert cost <= least + SPREAD * 64 + _PER_BYTE * len(raw)

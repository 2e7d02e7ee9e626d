"""Each documented bound of memory is reached by a flood of requests, and held."""

import asyncio
import gc
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from application import Field, call
from recordings_for_chaos import write_recordings
from rounds import table

from graphtape_mock.replay import engine
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server import (
    assistant_catalogue,
    journal,
    run_registry,
    run_request,
    thread_store,
)
from graphtape_mock.server.journal import Journal
from graphtape_mock.server.mock import Mock, bundled_recordings

MEGABYTE = 1 << 20
TOGETHER = 256
"""Megabytes that all bounds make together."""
SLACK = 8.0
"""Megabytes that one request and its response take while they are made, and tables of pointers."""

Sent = tuple[str, str, bytes, tuple[Field, ...]]


@dataclass(frozen=True, slots=True)
class Flood:
    """Requests that would fill one store many times over."""

    limit: int
    """The bound of the store, in bytes."""
    requests: Iterator[Sent]

    @property
    def megabytes(self) -> float:
        """The bound of the store, in megabytes."""
        return self.limit / MEGABYTE


def _dumps(value: Any) -> bytes:
    return json.dumps(value).encode()  # orjson allocates more than it needs.


def with_headers() -> Iterator[Sent]:
    """Yield requests with large headers."""
    for number in range(1000):
        text = b"%04d" % number + b"x" * 200_000
        yield "GET", "/ok", b"", ((b"x-large", text),)


def with_large_bodies() -> Iterator[Sent]:
    """Yield requests with the largest bodies that are kept, and headers."""
    for number in range(1500):
        body = {"assistant_id": f"unknown-{number}", "input": {"text": "x" * 60_000}}
        yield "POST", "/runs/wait", _dumps(body), ((b"x-large", b"%04d" % number * 8000),)


def with_metadata(path: str, metadata: Any, times: int) -> Iterator[Sent]:
    """Yield requests that create something with *metadata*."""
    for number in range(times):
        fields = {"graph_id": "agent"} if path == "/assistants" else {}
        body = fields | {"metadata": {"number": number, "more": metadata}}
        yield "POST", path, _dumps(body), ()


def with_runs() -> Iterator[Sent]:
    """Yield runs without a client, that keep their threads with all their values."""
    for number in range(40):
        body = {"assistant_id": "agent", "input": "large", "on_completion": "keep"}
        yield "POST", "/runs", _dumps(body | {"metadata": {"number": number}}), ()


def with_bodies() -> Iterator[Sent]:
    """Yield run requests that are remembered: small as bytes, large in memory."""
    for number in range(300):
        body = {"assistant_id": "agent", "input": "slow", "metadata": {f"{number}": [[]] * 4000}}
        yield "POST", "/runs/wait", _dumps(body), ()


def with_views() -> Iterator[Sent]:
    """Yield requests for the large recording that each need another template."""
    for number in range(30):
        body = {"assistant_id": "agent", "input": "large", "metadata": {f"key-{number}": 1}}
        yield "POST", "/runs/stream", _dumps(body), ()


TEXT = "x" * 100_000
SMALL = [[number] for number in range(2000)]
FLOODS: dict[str, Flood] = {
    "journal, headers": Flood(journal.MAX_BYTES, with_headers()),
    "journal, bodies": Flood(journal.MAX_BYTES, with_large_bodies()),
    "threads, text": Flood(thread_store.THREAD_BYTES, with_metadata("/threads", TEXT, 700)),
    "threads, small": Flood(thread_store.THREAD_BYTES, with_metadata("/threads", SMALL, 700)),
    "assistants, text": Flood(
        assistant_catalogue.CREATED_BYTES, with_metadata("/assistants", TEXT, 700)
    ),
    "assistants, small": Flood(
        assistant_catalogue.CREATED_BYTES, with_metadata("/assistants", SMALL, 700)
    ),
    "kept runs": Flood(run_registry.UNATTENDED_BYTES, with_runs()),
    "requests": Flood(run_request.MAX_CACHED_BYTES, with_bodies()),
    "templates": Flood(engine.MAX_TEMPLATE_BYTES, with_views()),
}


def test_all_bounds_together_are_within_the_promise() -> None:
    limits = {flood.limit: name for name, flood in FLOODS.items()}
    by_store = {name.partition(",")[0]: flood.megabytes for name, flood in FLOODS.items()}

    assert limits
    assert sum(by_store.values()) <= TOGETHER


@pytest.mark.parametrize("name", FLOODS)
def test_a_bound_is_reached_and_held(name: str, tmp_path: Path) -> None:
    flood = FLOODS[name]
    folder = write_recordings(tmp_path / "recordings")
    library = load([bundled_recordings() / "agent.jsonl", folder])
    kept = None if name.startswith("journal") else Journal(limit=1)
    mock = Mock(library, ReplayOptions(speed=0), journal=kept)

    async def fill() -> tuple[float, float]:
        await call(mock, "GET", "/ok", b"")
        gc.collect()
        tracemalloc.start()
        sizes: list[int] = []
        for request in flood.requests:
            await call(mock, *request)
            sizes.append(tracemalloc.get_traced_memory()[0])
        gc.collect()
        last = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return max(sizes) / MEGABYTE, last / MEGABYTE

    most, last = asyncio.run(fill())

    row = (name, f"{flood.megabytes:.0f}", f"{most:.1f}", f"{last:.1f}")
    print(table("memory", ("store", "bound, MB", "most, MB", "at the end, MB"), [row]))
    assert flood.megabytes / 2 <= last <= flood.megabytes * 1.2 + SLACK

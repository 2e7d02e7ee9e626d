"""Floods one store of a mock with requests; prints the megabytes that it occupies then.

    python memory_flood.py STORE FOLDER

A program of its own: what a process has freed is not given back, and would be used first.
"""

import asyncio
import gc
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from application import Field, call

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
Sent = tuple[str, str, bytes, tuple[Field, ...]]


@dataclass(frozen=True, slots=True)
class Flood:
    """Requests that would fill one store several times over."""

    limit: int
    """The bound of the store, in bytes."""
    requests: Iterator[Sent]
    shared: float = 0.0
    """The part of its contents that is the recording's own, and occupies nothing more."""

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
    for number in range(16):
        body = {"assistant_id": "agent", "input": "large", "on_completion": "keep"}
        yield "POST", "/runs", _dumps(body | {"after_seconds": 1000 + number}), ()


def with_bodies() -> Iterator[Sent]:
    """Yield run requests that are remembered: small as bytes, large in memory."""
    for number in range(300):
        metadata: dict[str, list[list[int]]] = {f"{number}": [[]] * 4000}
        body = {"assistant_id": "agent", "input": "slow", "metadata": metadata}
        yield "POST", "/runs/wait", _dumps(body), ()


def with_views() -> Iterator[Sent]:
    """Yield requests for the large recording that each need another template."""
    for number in range(12):
        body = {"assistant_id": "agent", "input": "large", "metadata": {f"key-{number}": 1}}
        yield "POST", "/runs/stream", _dumps(body), ()


TEXT = "x" * 100_000
SMALL = [[number] for number in range(2000)]
FLOODS: dict[str, Flood] = {
    "journal, headers": Flood(journal.MAX_BYTES, with_headers()),
    "journal, bodies": Flood(journal.MAX_BYTES, with_large_bodies()),
    "threads, text": Flood(thread_store.THREAD_BYTES, with_metadata("/threads", TEXT, 400)),
    "threads, small": Flood(thread_store.THREAD_BYTES, with_metadata("/threads", SMALL, 500)),
    "assistants, text": Flood(
        assistant_catalogue.CREATED_BYTES, with_metadata("/assistants", TEXT, 250)
    ),
    "assistants, small": Flood(
        assistant_catalogue.CREATED_BYTES, with_metadata("/assistants", SMALL, 300)
    ),
    # A run that finishes leaves its values in its thread.
    "kept runs": Flood(run_registry.UNATTENDED_BYTES + thread_store.THREAD_BYTES, with_runs()),
    "requests": Flood(run_request.MAX_CACHED_BYTES, with_bodies()),
    "templates": Flood(engine.MAX_TEMPLATE_BYTES, with_views(), shared=0.5),
}


def occupied() -> float:
    """Return the megabytes of this process that are in memory."""
    gc.collect()
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


async def fill(mock: Mock, requests: Iterator[Sent]) -> tuple[float, float]:
    """Return the most megabytes that *requests* make *mock* occupy, and those after the last."""
    await call(mock, "GET", "/ok", b"")
    before = occupied()
    most = 0.0
    for number, request in enumerate(requests):
        await call(mock, *request)
        most = most if number % 20 else max(most, occupied() - before)
    last = occupied() - before
    return max(most, last), last


def main(name: str, folder: Path) -> None:
    """Flood the store *name* of a mock that serves the recordings in *folder*."""
    library = load([bundled_recordings() / "agent.jsonl", folder])
    kept = None if name.startswith("journal") else Journal(limit=1)
    mock = Mock(library, ReplayOptions(speed=1 if name == "kept runs" else 0), journal=kept)
    print(json.dumps(asyncio.run(fill(mock, FLOODS[name].requests))))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

"""Measures the cost of checking a stream while it arrives, for streams of different lengths.

    python benchmarks/contract.py [--write] [--rounds N]

All streams repeat the same step, which has 26 events in six stream modes. All rules check a stream
frame by frame. Reading a stream (cutting the bytes into frames and decoding their data) is measured
separately. `--write` puts the table into README.md.
"""

import argparse
import json
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from statistics import median
from time import process_time
from uuid import UUID

from tables import Row, check_table, write

from graphtape_contracts import Request, Response, sse
from graphtape_contracts.checker import Checker, parse_head
from graphtape_contracts.finding import Level
from graphtape_contracts.parsing.event import event_of

LENGTHS = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
MODES = ["values", "updates", "messages-tuple", "tasks", "debug", "custom"]
WORDS = 18
RUN = str(UUID(int=7 << 76 | 2 << 62))
REQUEST = Request(
    "POST",
    "/runs/stream",
    (),
    json.dumps({"assistant_id": "agent", "stream_mode": MODES}).encode(),
)
RESPONSE = Response(
    200,
    (
        ("server", "uvicorn"),
        ("location", f"/runs/{RUN}/stream"),
        ("content-location", f"/runs/{RUN}"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
        ("content-type", "text/event-stream; charset=utf-8"),
        ("vary", "Origin"),
    ),
)


def stream() -> Iterator[tuple[str, object]]:
    """Yield the name and the data of each event of an endless run."""
    yield "metadata", {"run_id": RUN, "attempt": 1}
    yield "values", {"messages": []}
    for step in count(1):
        yield from superstep(step)


def superstep(step: int) -> Iterator[tuple[str, object]]:
    """Yield the events of a step: task, message chunks, update, task result and values."""
    task = str(UUID(int=step << 80 | 7 << 76 | 2 << 62))
    message = f"lc_run--{task}"
    started = {"id": task, "name": "agent", "input": {}, "triggers": ["start"], "metadata": {}}
    yield "tasks", started
    yield "debug", debug(step, "task", started)
    yield "custom", {"step": "thinking"}
    where = {
        "run_id": RUN,
        "run_attempt": 1,
        "langgraph_node": "agent",
        "langgraph_step": step,
        "langgraph_checkpoint_ns": f"agent:{task}",
    }
    for word in range(WORDS):
        chunk = {"content": f"word{word} ", "type": "AIMessageChunk", "id": message}
        last = {"chunk_position": "last"} if word == WORDS - 1 else {}
        yield "messages", [ai(chunk) | {"tool_call_chunks": []} | last, where]
    text = "".join(f"word{word} " for word in range(WORDS))
    whole = ai({"content": text, "type": "ai", "id": message})
    yield "updates", {"agent": {"messages": [whole]}}
    result = {"messages": [whole]}
    ended = {"id": task, "name": "agent", "error": None, "result": result, "interrupts": []}
    yield "tasks", ended
    yield "debug", debug(step, "task_result", ended)
    yield "values", {"messages": [whole]}


def ai(fields: dict[str, object]) -> dict[str, object]:
    """Return an AI message, or a chunk of one."""
    empty: dict[str, object] = {
        "additional_kwargs": {},
        "response_metadata": {},
        "name": None,
        "tool_calls": [],
        "invalid_tool_calls": [],
        "usage_metadata": None,
    }
    return fields | empty


def debug(step: int, kind: str, payload: object) -> dict[str, object]:
    """Return the data of a `debug` event for the *payload* of a task event."""
    time = "2026-01-01T00:00:00.000000+00:00"
    return {"step": step, "timestamp": time, "type": kind, "payload": payload}


def body(events: int) -> Iterator[bytes]:
    """Yield the blocks of the first *events* events of a run."""
    for name, data in islice(stream(), events):
        yield sse.encode_event(name, json.dumps(data, separators=(",", ":")))


def read(events: int) -> None:
    """Read a stream of this number of *events*, without checking it."""
    decoder = sse.Decoder()
    for block in body(events):
        for frame in decoder.feed(block):
            event_of(frame, 1)


def check(events: int) -> None:
    """Read and check a stream of this number of *events*."""
    decoder = sse.Decoder()
    checker = Checker(parse_head(REQUEST, RESPONSE))
    found = checker.head()
    for block in body(events):
        for frame in decoder.feed(block):
            found += checker.feed(frame)
    found += checker.close()
    wrong = [str(finding) for finding in found if finding.level is not Level.NOTE]
    assert not wrong, "\n".join(wrong)


def measure(rounds: int) -> Iterator[Row]:
    """Yield a row for each length: microseconds per event, and peak memory in bytes."""
    made = {length: time_of(lambda n: list(body(n)), length) for length in LENGTHS}
    seconds: dict[tuple[str, int], list[float]] = defaultdict(list)
    for _ in range(rounds):
        for length in LENGTHS:
            for name, work in (("read", read), ("check", check)):
                seconds[name, length].append(time_of(work, length) - made[length])
    for length in LENGTHS:
        values = {name: median(seconds[name, length]) / length * 1e6 for name in ("read", "check")}
        yield Row(f"{length:,}", values | {"memory": memory_of(length)})


def time_of(work: Callable[[int], object], length: int) -> float:
    """Return the CPU seconds that *work* takes for a stream of this *length*."""
    start = process_time()
    work(length)
    return process_time() - start


def memory_of(length: int) -> float:
    """Return the peak memory in bytes while a stream of this *length* is checked."""
    tracemalloc.start()
    check(length)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return float(most)


def main() -> None:
    """Measure, print, and optionally write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    check(1_000)  # A warm-up: schemas are compiled on first use.
    results = check_table(measure(options.rounds))
    print(results)
    if options.write:
        write(Path(__file__).parent / "README.md", "contract", results)


if __name__ == "__main__":
    main()

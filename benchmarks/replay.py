"""Compares the speed of the mock with that of servers that send prepared answers.

    python benchmarks/replay.py [--write] [--rounds N] [--seconds N]

The servers take turns in each round, so that noise of the machine affects all of them. Results are
medians. `--write` puts the tables into README.md.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from statistics import median

import httpx
from reference import Answers, read_answers, write_answers
from servers import (
    LOAD_CORE,
    Server,
    mock_command,
    pin,
    reference_command,
    running,
    time_to_answer,
)
from tables import Row, pace_table, start_table, throughput_table, write
from throughput import CONNECTIONS, Load, request_of, with_wrk
from workloads import WORKLOADS, write_recordings

HERE = Path(__file__).parent
STREAMS = 1000
STREAMED = WORKLOADS[1]
"""The workload of the paced streams: 22 events."""
SPREADS = ((0.0, "all asked at once"), (0.5, "asked within 0.5 s"))


def ask_mock(server: Server) -> Answers:
    """Return the mock's answer to each workload, by its path on a reference server."""
    answers: Answers = {}
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}") as client:
        for index, workload in enumerate(WORKLOADS):
            content = workload.body.replace(b"{n}", b"0" * 12)
            response = client.post(workload.path, content=content)
            response.raise_for_status()
            left_out = (b"date", b"server", b"transfer-encoding")
            head = [pair for pair in response.headers.raw if pair[0] not in left_out]
            answers[f"/{index}"] = (head, response.content)
    return answers


def load(server: Server, path: str, body: bytes, seconds: float) -> Load:
    """Send requests to *server* for this number of *seconds*; return the number of answers."""
    if shutil.which("wrk"):
        return with_wrk(server.port, path, body, seconds)
    command = [sys.executable, str(HERE / "throughput.py"), str(server.port), path, str(seconds)]
    output = subprocess.run(command, input=body, check=True, capture_output=True).stdout
    answers, took = output.split()
    return Load(int(answers), float(took))


def measure_throughput(
    recordings: Path, answers: Path, options: argparse.Namespace
) -> Iterator[Row]:
    """Yield a row per workload, with the requests per second of each server."""
    commands = {
        "bare": reference_command("bare", answers),
        "mock": mock_command(recordings, speed=0),
        "starlette": reference_command("starlette", answers),
    }
    known = read_answers(answers)
    with ExitStack() as stack:
        servers = [stack.enter_context(running(*command)) for command in commands.items()]
        for index, workload in enumerate(WORKLOADS):
            rates: dict[str, list[float]] = defaultdict(list)
            for _ in range(options.rounds):
                for server in servers:
                    path = workload.path if server.name == "mock" else f"/{index}"
                    done = load(server, path, workload.body, options.seconds)
                    rates[server.name].append(done.answers / done.seconds)
            size = len(known[f"/{index}"][1])
            medians = {name: median(found) for name, found in rates.items()}
            yield Row(workload.name, {"bytes": size, **medians})


def measure_pace(recordings: Path, answers: Path, rounds: int) -> Iterator[Row]:
    """Yield a row per server, with the lateness of events in milliseconds and the CPU time."""
    commands = {
        "bare uvicorn": (reference_command("paced", answers), f"/{WORKLOADS.index(STREAMED)}"),
        "graphtape": (mock_command(recordings, speed=1), STREAMED.path),
    }
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(rounds):
        for (spread, how), (name, (command, path)) in product(SPREADS, commands.items()):
            with running(name, command) as server:
                play(server, path, 10, 0.0)  # A warm-up, which is not counted.
                busy = server.cpu_seconds()
                values = play(server, path, STREAMS, spread)
                busy = server.cpu_seconds() - busy
            for key, value in (values | {"cpu": busy}).items():
                found[f"{name}, {how}"][key].append(value)
    for name, numbers_of in found.items():
        yield Row(name, {key: median(numbers) for key, numbers in numbers_of.items()})


def play(server: Server, path: str, count: int, spread: float) -> dict[str, float]:
    """Run *count* paced streams that start within *spread* seconds; return their lateness."""
    script = [sys.executable, str(HERE / "streams.py"), str(server.port), path]
    output = subprocess.run(
        [*script, str(count), str(spread)], input=STREAMED.body, check=True, capture_output=True
    ).stdout
    values: dict[str, float] = json.loads(output)
    return values


def measure_start(recordings: Path, answers: Path, rounds: int) -> Row:
    """Return a row with the seconds from the start of each server to its first answer."""
    workload = WORKLOADS[0]
    commands = {
        "bare": (reference_command("bare", answers), "/0"),
        "mock": (mock_command(recordings, speed=0), workload.path),
        "starlette": (reference_command("starlette", answers), "/0"),
    }
    seconds: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for name, (command, path) in commands.items():
            seconds[name].append(time_to_answer(command, request_of(path, workload.body)))
    return Row("start", {name: median(found) for name, found in seconds.items()})


def main() -> None:
    """Measure, print, and optionally write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="duration of each load")
    options = parser.parse_args()
    pin(LOAD_CORE)
    with tempfile.TemporaryDirectory() as folder:
        recordings, answers = Path(folder, "recordings"), Path(folder, "answers.json")
        recordings.mkdir()
        write_recordings(recordings)
        with running("mock", mock_command(recordings, speed=0)) as server:
            write_answers(ask_mock(server), answers)
        maker = "wrk" if shutil.which("wrk") else "our own client"
        tables = (
            f"Requests a second; load by {maker}, {CONNECTIONS} connections.\n\n",
            throughput_table(measure_throughput(recordings, answers, options)),
            f"\n{STREAMS:,} paced streams, 22 events 50 ms apart: how late an event comes,\n"
            "counted from its request; how long the head takes; CPU of the server.\n\n",
            pace_table(measure_pace(recordings, answers, options.rounds)),
            "\nFrom the start of the process to the first answer.\n\n",
            start_table(measure_start(recordings, answers, 2 * options.rounds)),
        )
        results = "".join(tables)
    print(results)
    if options.write:
        write(HERE / "README.md", "results", results)


if __name__ == "__main__":
    main()

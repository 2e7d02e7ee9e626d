"""How fast the mock replays, against servers that know the whole answer beforehand.

    python benchmarks/replay.py [--write] [--rounds N] [--seconds N]

Servers take turns, round by round, so that noise of the machine hits all of them; results are
medians. `--write` puts the tables into README.md beside this file.
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
from pathlib import Path
from statistics import median, quantiles

import httpx
from reference import Answers, write_answers
from servers import (
    LOAD_CORE,
    Server,
    mock_command,
    pin,
    reference_command,
    running,
    time_to_answer,
)
from tables import Row, write
from throughput import Load, request_of, with_wrk
from workloads import WORKLOADS, Workload, write_recordings

HERE = Path(__file__).parent
STREAMS = 1000
STREAMED = WORKLOADS[1]
"""What is paced: 22 events."""


def ask_mock(server: Server) -> Answers:
    """Return what the mock answers to each workload, by the path it has at a reference server."""
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
    """Load *server* for some *seconds*."""
    if shutil.which("wrk"):
        return with_wrk(server.port, path, body, seconds)
    command = [sys.executable, str(HERE / "throughput.py"), str(server.port), path, str(seconds)]
    said = subprocess.run(command, input=body, check=True, capture_output=True).stdout
    answers, took = said.split()
    return Load(int(answers), float(took))


def measure_throughput(
    recordings: Path, answers: Path, rounds: int, seconds: float
) -> Iterator[Row]:
    """Yield a row for each workload: requests a second of each server."""
    commands = {
        "bare": reference_command("bare", answers),
        "mock": mock_command(recordings, speed=0),
        "starlette": reference_command("starlette", answers),
    }
    with ExitStack() as stack:
        servers = [stack.enter_context(running(*command)) for command in commands.items()]
        for index, workload in enumerate(WORKLOADS):
            rates: dict[str, list[float]] = defaultdict(list)
            for _ in range(rounds):
                for server in servers:
                    path = workload.path if server.name == "mock" else f"/{index}"
                    done = load(server, path, workload.body, seconds)
                    rates[server.name].append(done.answers / done.seconds)
            yield Row(workload.name, {name: median(found) for name, found in rates.items()})


def measure_pace(recordings: Path, answers: Path, rounds: int) -> Iterator[Row]:
    """Yield a row for each server: lateness of events in milliseconds, and its load."""
    commands = {
        "bare": (reference_command("paced", answers), f"/{WORKLOADS.index(STREAMED)}"),
        "mock": (mock_command(recordings, speed=1), STREAMED.path),
    }
    found: dict[str, dict[str, list[float]]] = {name: defaultdict(list) for name in commands}
    for _ in range(rounds):
        for name, (command, path) in commands.items():
            with running(name, command) as server:
                script = [sys.executable, str(HERE / "streams.py"), str(server.port), path]
                for count in (10, STREAMS):  # The first ones are not counted: nothing is warm.
                    busy = server.cpu_seconds()
                    said = subprocess.run(
                        [*script, str(count)],
                        input=STREAMED.body,
                        check=True,
                        capture_output=True,
                    ).stdout
                values = json.loads(said)
                late = quantiles(values["late"], n=100)
                found[name]["p50"].append(late[49])
                found[name]["p99"].append(late[98])
                found[name]["head"].append(median(values["head"]))
                found[name]["cpu"].append(server.cpu_seconds() - busy)
    for name, values in found.items():
        yield Row(name, {key: median(numbers) for key, numbers in values.items()})


def measure_start(recordings: Path, answers: Path, rounds: int) -> Row:
    """Return the seconds from the start of a process to its first answer."""
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
    """Measure, print and perhaps write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--only", choices=("throughput", "pace", "start"))
    options = parser.parse_args()
    pin(LOAD_CORE)
    with tempfile.TemporaryDirectory() as folder:
        recordings, answers = Path(folder, "recordings"), Path(folder, "answers.json")
        recordings.mkdir()
        write_recordings(recordings)
        with running("mock", mock_command(recordings, speed=0)) as server:
            known = ask_mock(server)
            write_answers(known, answers)
        if options.only in (None, "throughput"):
            for row in measure_throughput(recordings, answers, options.rounds, options.seconds):
                size = len(known[f"/{[w.name for w in WORKLOADS].index(row.name)}"][1])
                print(row.name, size, {k: round(v) for k, v in row.values.items()}, {k: round(v/row.values["bare"], 2) for k, v in row.values.items()}, flush=True)
        if options.only in (None, "pace"):
            for row in measure_pace(recordings, answers, options.rounds):
                print(row.name, {k: round(v, 1) for k, v in row.values.items()}, flush=True)
        if options.only in (None, "start"):
            row = measure_start(recordings, answers, options.rounds)
            print(row.name, {k: round(v, 3) for k, v in row.values.items()}, {k: round(v/row.values["bare"], 2) for k, v in row.values.items()}, flush=True)


if __name__ == "__main__":
    main()

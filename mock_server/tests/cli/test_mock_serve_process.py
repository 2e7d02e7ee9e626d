"""`graphtape serve` as a process: its responses, how it watches files, and how it ends."""

import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from socket import create_connection, socket
from typing import Any

import httpx
import orjson
import pytest

from graphtape_contracts import Exchange, sse
from graphtape_mock.recordings.file import RecordingWriter

MakeRun = Callable[..., Exchange]

GIVE_UP_SECONDS = 60


class Served:
    """A `graphtape serve` process, and the lines that it prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.greeting = self.read_until("Press Ctrl-C to stop.")
        self.url = self.greeting[0].split()[-1]

    def read_until(self, end: str) -> list[str]:
        """Return the lines up to one that ends with *end*."""
        assert self.process.stdout is not None
        lines = [""]
        while not lines[-1].endswith(end):
            line = self.process.stdout.readline()
            assert line, f"expected a line that ends with {end!r}, got {lines}"
            lines.append(line.rstrip("\n"))
        return lines[1:]

    def end(self) -> int:
        """Stop the process as Ctrl-C does; return its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(GIVE_UP_SECONDS)


Serving = Callable[..., Served]


@pytest.fixture(name="serving")
def _serving() -> Iterator[Serving]:
    """Start servers: `serving(path, *options)`."""
    started: list[tuple[subprocess.Popen[str], threading.Timer]] = []

    def serve(*arguments: str | Path) -> Served:
        command = [sys.executable, "-m", "graphtape_mock", "serve", "--port", "0"]
        process = subprocess.Popen(
            [*command, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        watchdog = threading.Timer(GIVE_UP_SECONDS, process.kill)
        watchdog.start()
        started.append((process, watchdog))
        return Served(process)

    yield serve
    for process, watchdog in started:
        watchdog.cancel()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=GIVE_UP_SECONDS)


@pytest.fixture(name="ask")
def _ask() -> Iterator[httpx.Client]:
    """A client that ignores proxy settings."""
    with httpx.Client(trust_env=False, timeout=30) as client:
        yield client


def write(path: Path, *exchanges: Exchange) -> Path:
    """Write a recording to a temporary file and move it to its path, as editors do."""
    beside = path.with_suffix(".new")
    with RecordingWriter(beside) as writer:
        for exchange in exchanges:
            writer.add_exchange(exchange)
    os.replace(beside, path)
    return path


@pytest.fixture(name="recording")
def _recording(tmp_path: Path, make_run: MakeRun) -> Path:
    return write(tmp_path / "agent.jsonl", make_run([("metadata", {}), ("values", 1)], input=[1]))


def request(**body: Any) -> bytes:
    return orjson.dumps({"assistant_id": "agent", "input": [1]} | body)


def test_the_printed_curl_line_works(serving: Serving, recording: Path) -> None:
    served = serving(recording)
    (line,) = [line for line in served.greeting if "curl" in line]

    result = subprocess.run(
        [*shlex.split(line), "--silent", "--noproxy", "*"], capture_output=True, check=True
    )

    assert result.stdout == b"event: metadata\r\ndata: {}\r\n\r\nevent: values\r\ndata: 1\r\n\r\n"


def test_ctrl_c_ends_it_well_and_in_silence(serving: Serving, recording: Path) -> None:
    served = serving(recording)

    assert served.end() == 0
    assert served.process.stdout is not None
    assert served.process.stdout.read() == ""


def test_options_do_what_they_say(serving: Serving, recording: Path, ask: httpx.Client) -> None:
    options = "--speed 0 --ids recorded --unmatched nearest --max-body 100"
    served = serving(recording, *options.split(), "--cors", "https://a.test")
    url = f"{served.url}/runs/wait"

    nearest = ask.post(url, content=request(input=2))
    allowed, other = (
        ask.post(url, content=request(), headers={"origin": f"https://{name}.test"})
        for name in "ab"
    )
    long = ask.post(url, content=request(input="x" * 100))

    assert (nearest.json(), nearest.headers["x-graphtape-nearest"]) == (1, "agent")
    assert allowed.headers["access-control-allow-origin"] == "https://a.test"
    assert "access-control-allow-origin" not in other.headers
    assert (long.status_code, long.json()) == (
        413,
        {"detail": "Request body too large (limit: 100 bytes)"},
    )


def test_changed_recordings_are_loaded_again_and_a_bad_edit_is_not(
    serving: Serving, recording: Path, make_run: MakeRun, ask: httpx.Client
) -> None:
    served = serving(recording, "--watch", "--speed", "0")
    url = f"{served.url}/runs/wait"
    answers = [ask.post(url, content=request()).json()]

    write(recording, make_run([("values", 2)], input=[1]))
    told = served.read_until("reloaded 1 recording")
    answers.append(ask.post(url, content=request()).json())
    recording.write_text("{}\n")
    told += served.read_until("still serving what was loaded before")
    answers.append(ask.post(url, content=request()).json())
    recording.unlink()
    told += served.read_until("folder; still serving what was loaded before")
    write(recording, make_run([("values", 3)], input=[1]))
    served.read_until("reloaded 1 recording")
    answers.append(ask.post(url, content=request()).json())

    assert answers == [1, 2, 2, 3]
    assert f'{recording}:1: expected a first line with "graphtape"' in "\n".join(told)


def test_a_folder_is_watched_for_new_recordings(
    serving: Serving, recording: Path, make_run: MakeRun, ask: httpx.Client
) -> None:
    served = serving(recording.parent, "--watch", "--speed", "0")
    assert ask.get(f"{served.url}/ok").status_code == 200

    (recording.parent / "deeper").mkdir()
    write(recording.parent / "new.jsonl", make_run([("values", 2)], input=[2]))
    served.read_until("reloaded 2 recordings")
    added = ask.post(f"{served.url}/runs/wait", content=request(input=[2]))
    (recording.parent / "new.jsonl").unlink()
    served.read_until("reloaded 1 recording")
    recording.unlink()
    told = served.read_until("still serving what was loaded before")

    assert added.json() == 2
    assert told[-1].startswith(f"expected recordings in {recording.parent}, found none")


@pytest.fixture(name="slow")
def _slow(tmp_path: Path, make_run: MakeRun) -> Path:
    """A recording whose stream starts at once and ends after a second and a half."""
    run = make_run([("metadata", {}), ("values", 1)], input=[1])
    frames = (sse.frame(run.frames[0].raw, 0.0), sse.frame(run.frames[1].raw, 1.5))
    return write(tmp_path / "slow.jsonl", Exchange(run.request, run.response, frames))


def post(url: str, path: str) -> socket:
    """Send a run request; return the connection once the head of the response has arrived."""
    host, port = httpx.URL(url).host, httpx.URL(url).port
    connection = create_connection((host, port), GIVE_UP_SECONDS)
    head = f"POST {path} HTTP/1.1\r\nHost: server.test\r\nContent-Length: {len(request())}\r\n\r\n"
    connection.sendall(head.encode() + request())
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(1)
    return connection


def rest_of(connection: socket) -> bytes:
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_obeyed_and_said_and_a_second_one_hurries(
    ending: signal.Signals, serving: Serving, slow: Path
) -> None:
    served = serving(slow, "--speed", "0.001")
    stream, wait = post(served.url, "/runs/stream"), post(served.url, "/runs/wait")

    served.process.send_signal(ending)
    told = served.read_until("Press Ctrl-C again to end at once.")
    served.process.send_signal(ending)

    assert served.process.wait(GIVE_UP_SECONDS) == 0
    assert "  POST /runs/wait" in told
    assert served.process.stdout is not None
    assert served.process.stdout.read() == ""
    assert rest_of(stream).endswith(b"0\r\n\r\n")
    with suppress(ConnectionResetError):
        assert rest_of(wait) == b""


def test_two_signals_at_once_end_it_without_a_traceback(serving: Serving, slow: Path) -> None:
    served = serving(slow, "--speed", "0.001")
    with post(served.url, "/runs/wait"):
        for _ in range(3):
            served.process.send_signal(signal.SIGINT)

        assert served.process.wait(GIVE_UP_SECONDS) in (0, 2)

    assert served.process.stdout is not None
    assert "Traceback" not in served.process.stdout.read()


def test_a_termination_ends_streams_cleanly_and_answers_waits_to_the_end(
    serving: Serving, slow: Path
) -> None:
    served = serving(slow)
    stream, wait = post(served.url, "/runs/stream"), post(served.url, "/runs/wait")

    served.process.terminate()

    assert rest_of(stream).endswith(b"event: metadata\r\ndata: {}\r\n\r\n\r\n0\r\n\r\n")
    assert rest_of(wait) == b"1\r\n1\r\n0\r\n\r\n"

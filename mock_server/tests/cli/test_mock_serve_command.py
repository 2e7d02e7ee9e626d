"""`graphtape serve`: its errors, its output, and the address that it listens on."""

import asyncio
import errno
import os
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from socket import socket
from typing import Any

import httpx
import pytest
from facts import missing

from graphtape_contracts import End, Exchange, Request, Response
from graphtape_mock.cli import serve as serve_command
from graphtape_mock.cli.main import run
from graphtape_mock.recordings.file import RecordingWriter
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.running import MockServer, open_socket

Capture = pytest.CaptureFixture[str]
MakeRun = Callable[..., Exchange]


def write(path: Path, *exchanges: Exchange) -> Path:
    with RecordingWriter(path) as writer:
        for exchange in exchanges:
            writer.add_exchange(exchange)
    return path


@pytest.fixture(name="recording")
def _recording(tmp_path: Path, make_run: MakeRun) -> Path:
    return write(tmp_path / "agent.jsonl", make_run([("values", 1)], input={"a": "it's"}))


@pytest.fixture(name="briefly")
def _briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop each server once it is ready, and use any free port by default."""
    startup = MockServer.startup

    async def start_and_end(self: MockServer, sockets: list[socket] | None = None) -> None:
        await startup(self, sockets)
        asyncio.get_running_loop().call_soon(setattr, self, "should_exit", True)

    monkeypatch.setattr(MockServer, "startup", start_and_end)
    monkeypatch.setattr(serve_command, "DEFAULT_PORT", 0)


def serve(*arguments: str | Path) -> int:
    return run(["serve", *map(str, arguments)])


@pytest.mark.usefixtures("briefly")
def test_it_says_where_it_answers_and_what_it_serves(
    tmp_path: Path, make_run: MakeRun, capsys: Capture
) -> None:
    write(tmp_path / "a.jsonl", make_run([], input=1), make_run([], input=2))
    write(tmp_path / "b.jsonl", make_run([], assistant_id="tools"))

    code = serve(tmp_path)

    out = capsys.readouterr().out.splitlines()
    assert code == 0
    assert "http://127.0.0.1:" in out[0]
    assert out[3:5] == ["  agent: 2", "  tools: 1"]
    assert "Ctrl-C" in out[-1]


@pytest.mark.usefixtures("briefly")
def test_without_recordings_it_serves_its_own(capsys: Capture) -> None:
    assert serve() == 0

    assert "  agent: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "shown", "path", "mode"),
    [
        ({"stream_mode": ["values", "updates"], "stream_subgraphs": True}, [], "stream", "updates"),
        ({"stream_mode": "custom"}, [], "stream", "custom"),
        ({}, [], "stream", None),
        ({"stream_mode": ["updates"]}, b"{}", "wait", ["updates"]),
    ],
)
@pytest.mark.usefixtures("briefly")
def test_the_curl_line_asks_for_what_was_recorded(
    asked: dict[str, object],
    shown: bytes | list[object],
    path: str,
    mode: object,
    tmp_path: Path,
    make_run: MakeRun,
    capsys: Capture,
) -> None:
    exchange = make_run(shown, input={"a": "it's é"}, **asked)

    serve(write(tmp_path / "agent.jsonl", exchange))

    (line,) = [line for line in capsys.readouterr().out.splitlines() if "curl" in line]
    words = shlex.split(line)
    assert words[2].endswith(f"/runs/{path}")
    sent = httpx.Response(200, content=words[-1]).json()
    assert (sent["input"], sent.get("stream_mode")) == ({"a": "it's é"}, mode)
    assert "stream_subgraphs" not in sent


@pytest.mark.parametrize("number", range(3))
@pytest.mark.usefixtures("briefly")
def test_a_taken_port_gives_way_to_the_next_and_it_is_said(
    number: int, recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    with open_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(serve_command, "DEFAULT_PORT", port)

        code = serve(recording)

    told = capsys.readouterr()
    assert code == 0
    (other,) = set(re.findall(r"http://127\.0\.0\.1:(\d+)", told.out))
    assert int(other) > port
    assert told.err.splitlines()[-1].endswith(f"http://127.0.0.1:{other}")
    assert str(port) in told.err


@pytest.mark.usefixtures("briefly")
def test_where_all_tried_ports_are_taken_it_takes_any(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    with open_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(serve_command, "DEFAULT_PORT", port)
        monkeypatch.setattr(serve_command, "_TRIED_PORTS", 1)

        code = serve(recording)

    assert code == 0
    told, other = re.findall(r"\b\d{4,}", capsys.readouterr().err)
    assert told == str(port) != other


def test_a_taken_port_that_was_asked_for_is_refused(recording: Path, capsys: Capture) -> None:
    with open_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        code = serve(recording, "--port", str(port))

    assert code == 2
    facts = [f"127.0.0.1:{port}", "Address already in use"]
    assert missing(capsys.readouterr().err, facts) == []


def test_an_address_of_another_machine_is_refused(recording: Path, capsys: Capture) -> None:
    code = serve(recording, "--host", "203.0.113.1")

    assert code == 2
    assert "203.0.113.1:2024" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "warned_of"),
    [("0.0.0.0", ["0.0.0.0"]), ("127.0.0.1", []), ("127.0.0.2", []), ("localhost", [])],
)
@pytest.mark.usefixtures("briefly")
def test_it_warns_where_other_machines_can_reach_it(
    host: str, warned_of: list[str], recording: Path, capsys: Capture
) -> None:
    code = serve(recording, "--host", host, "--port", "0")

    assert code == 0
    told = capsys.readouterr().err
    assert missing(told, warned_of) == []
    assert bool(told) == bool(warned_of)


@pytest.mark.usefixtures("briefly")
def test_runs_that_are_not_served_are_named(
    tmp_path: Path, make_run: MakeRun, capsys: Capture
) -> None:
    write(tmp_path / "bad.jsonl", make_run([], status=422))
    write(tmp_path / "good.jsonl", make_run([]))

    code = serve(tmp_path, "--port", "0")

    assert code == 0
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith("not served: bad: ")
    assert "422" in told


def test_a_broken_recording_is_refused_with_its_file_and_line(
    tmp_path: Path, recording: Path, capsys: Capture
) -> None:
    with recording.open("ab") as file:
        file.write(b'{"at":1}\n')

    code = serve(tmp_path)

    assert code == 2
    assert capsys.readouterr().err.startswith(f"Error: {recording}:5: ")


def test_an_answer_of_no_deployment_is_refused(
    tmp_path: Path, make_run: MakeRun, capsys: Capture
) -> None:
    info = Exchange(Request("GET", "/info"), Response(200), make_run(b"[]").frames)

    code = serve(write(tmp_path / "agent.jsonl", info, make_run([])))

    assert code == 2
    assert missing(capsys.readouterr().err, ["agent", "GET /info"]) == []


def test_an_empty_folder_is_refused(tmp_path: Path, capsys: Capture) -> None:
    code = serve(tmp_path)

    assert code == 2
    assert missing(capsys.readouterr().err, [tmp_path, "graphtape record"]) == []


@pytest.mark.parametrize("name", ["nowhere", "nowhere.jsonl"])
def test_a_path_that_is_not_there_is_refused(name: str, tmp_path: Path, capsys: Capture) -> None:
    code = serve(tmp_path / name)

    assert code == 2
    assert str(tmp_path / name) in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_refused(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def refuse(self: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)

    code = serve(recording)

    assert code == 2
    assert missing(capsys.readouterr().err, [recording, "Permission denied"]) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--speed", "-1"],
        ["--speed", "fast"],
        ["--speed", "nan"],
        ["--ids", "new"],
        ["--unmatched", "any"],
        ["--port", "65536"],
        ["--max-body", "0"],
        ["--seed", "x"],
        ["--what"],
    ],
    ids=" ".join,
)
def test_wrong_options_are_refused(arguments: list[str], capsys: Capture) -> None:
    assert serve(*arguments) == 2

    assert arguments[0] in capsys.readouterr().err


@pytest.mark.usefixtures("briefly")
def test_names_cannot_reach_into_the_terminal(
    tmp_path: Path, make_run: MakeRun, capsys: Capture
) -> None:
    write(tmp_path / "good.jsonl", make_run([], assistant_id="a\x1b[2J"))
    write(tmp_path / "b\x1b[2J.jsonl", make_run([], status=500))

    serve(tmp_path)

    told = capsys.readouterr()
    assert "\x1b" not in told.out + told.err
    assert "  a\\x1b[2J: 1" in told.out


@pytest.mark.parametrize(
    "origin",
    [
        "localhost:3000",
        "http://localhost:3000/page",
        "http://",
        "http://user@a.test",
        "http://a.test?x",
        "http://a.test#x",
        "http://a.test:port",
        "http://[::1",
        "null",
    ],
)
def test_what_is_no_origin_is_refused(origin: str, recording: Path, capsys: Capture) -> None:
    assert serve(recording, "--cors", origin) == 2
    assert missing(capsys.readouterr().err, ["--cors", origin, "http://localhost:3000"]) == []


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("*", "*"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("HTTP://A.Test:80", "http://a.test"),
        ("https://a.test:443/", "https://a.test"),
        ("https://a.test:80", "https://a.test:80"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("http://bücher.test", "http://xn--bcher-kva.test"),
        ("tauri://localhost", "tauri://localhost"),
    ],
)
@pytest.mark.usefixtures("briefly")
def test_an_origin_is_taken_as_browsers_send_it(
    given: str, origin: str, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[object] = []

    def make(*arguments: Any, **options: Any) -> Mock:
        taken.append(options["cors_origins"])
        return Mock(*arguments, **options)

    monkeypatch.setattr(serve_command, "Mock", make)

    assert serve(recording, "--cors", given) == 0
    assert taken == [(origin,)]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.usefixtures("briefly")
def test_an_address_of_this_machine_needs_no_warning(
    host: str, recording: Path, capsys: Capture
) -> None:
    assert serve(recording, "--host", host, "--port", "0") == 0
    assert capsys.readouterr().err == ""


def test_a_port_that_is_asked_for_and_taken_is_an_error(recording: Path, capsys: Capture) -> None:
    with open_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        assert serve(recording, "--port", str(port)) == 2

    assert missing(capsys.readouterr().err, ["--port", str(port)]) == []


@pytest.mark.parametrize("inside", [False, True], ids=["named", "in a folder"])
def test_a_pipe_is_refused_before_it_is_read(inside: bool, tmp_path: Path, capsys: Capture) -> None:
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)

    assert serve(tmp_path if inside else pipe) == 2
    assert str(pipe) in capsys.readouterr().err


def test_a_device_is_refused_before_it_is_read(capsys: Capture) -> None:
    assert serve("/dev/zero") == 2
    assert "/dev/zero" in capsys.readouterr().err


def test_the_requests_that_are_awaited_are_listed_up_to_a_number(capsys: Capture) -> None:
    serve_command.say_what_is_awaited([f"GET /{number}" for number in range(12)])

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 13
    assert lines[10:12] == ["  GET /9", "  and 2 more"]


def test_a_seed_has_no_use_with_recorded_ids(recording: Path, capsys: Capture) -> None:
    assert serve(recording, "--ids", "recorded", "--seed", "3") == 2
    assert missing(capsys.readouterr().err, ["--seed", "--ids"]) == []


def test_a_recording_that_is_not_whole_says_why_it_is_not_served(
    tmp_path: Path, make_run: MakeRun, capsys: Capture
) -> None:
    write(tmp_path / "bad.jsonl", make_run([], status=422))

    assert serve(tmp_path) == 2
    assert missing(capsys.readouterr().err, ["bad", "422", "--force"]) == []


@pytest.mark.usefixtures("briefly")
def test_a_recording_with_one_run_that_is_cut_is_named(
    tmp_path: Path, make_run: MakeRun, capsys: Capture
) -> None:
    whole = make_run([("values", 1)])
    write(tmp_path / "half.jsonl", whole, replace(whole, end=End.CUT))

    serve(tmp_path, "--port", "0")

    assert missing(capsys.readouterr().err, ["half", "cut", "--force"]) == []

"""`understudy serve`: what it refuses, says and listens on."""

import asyncio
import errno
import shlex
from collections.abc import Callable
from pathlib import Path
from socket import socket

import httpx
import pytest

from understudy_contracts import Exchange, Request, Response
from understudy_mock import serve_command
from understudy_mock.cli import run
from understudy_mock.recording_file import RecordingWriter
from understudy_mock.server import MockServer, open_socket

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
    """End each server as soon as it answers, and let it have any port by default."""
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
    assert out[0].startswith("Understudy answers at http://127.0.0.1:")
    assert out[2:5] == ["Recorded runs by assistant:", "  agent: 2", "  tools: 1"]
    assert out[-1] == "Ctrl-C ends it."


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
    other = told.out.split()[3].rpartition(":")[2]
    assert int(other) > port
    assert told.err == f"port {port} is taken: serving on {other} instead\n"


@pytest.mark.usefixtures("briefly")
def test_where_all_tried_ports_are_taken_it_takes_any(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    with open_socket("127.0.0.1", 0) as taken:
        monkeypatch.setattr(serve_command, "DEFAULT_PORT", taken.getsockname()[1])
        monkeypatch.setattr(serve_command, "_TRIED_PORTS", 1)

        code = serve(recording)

    assert code == 0
    assert "is taken: serving on" in capsys.readouterr().err


def test_a_taken_port_that_was_asked_for_is_refused(recording: Path, capsys: Capture) -> None:
    with open_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        code = serve(recording, "--port", str(port))

    assert code == 2
    assert capsys.readouterr().err == f"can't listen on 127.0.0.1:{port}: Address already in use\n"


def test_an_address_of_another_machine_is_refused(recording: Path, capsys: Capture) -> None:
    code = serve(recording, "--host", "203.0.113.1")

    assert code == 2
    assert capsys.readouterr().err.startswith("can't listen on 203.0.113.1:2024: ")


@pytest.mark.parametrize(
    ("host", "warning"),
    [
        ("0.0.0.0", "listening on 0.0.0.0: whoever reaches it can read the recordings\n"),
        ("127.0.0.1", ""),
        ("127.0.0.2", ""),
        ("localhost", ""),
    ],
)
@pytest.mark.usefixtures("briefly")
def test_it_warns_where_other_machines_can_reach_it(
    host: str, warning: str, recording: Path, capsys: Capture
) -> None:
    code = serve(recording, "--host", host, "--port", "0")

    assert code == 0
    assert capsys.readouterr().err == warning


@pytest.mark.usefixtures("briefly")
def test_runs_that_are_not_served_are_named(
    tmp_path: Path, make_run: MakeRun, capsys: Capture
) -> None:
    write(tmp_path / "bad.jsonl", make_run([], status=422))
    write(tmp_path / "good.jsonl", make_run([]))

    code = serve(tmp_path, "--port", "0")

    assert code == 0
    assert capsys.readouterr().err == (
        "bad holds a run that was refused or cut short; not served\n"
    )


def test_a_broken_recording_is_refused_with_its_file_and_line(
    tmp_path: Path, recording: Path, capsys: Capture
) -> None:
    with recording.open("ab") as file:
        file.write(b'{"at":1}\n')

    code = serve(tmp_path)

    assert code == 2
    assert capsys.readouterr().err.startswith(f"{recording}:5: expected")


def test_an_answer_of_no_deployment_is_refused(
    tmp_path: Path, make_run: MakeRun, capsys: Capture
) -> None:
    info = Exchange(Request("GET", "/info"), Response(200), make_run(b"[]").frames)

    code = serve(write(tmp_path / "agent.jsonl", info, make_run([])))

    assert code == 2
    assert "expected an answer to GET /info" in capsys.readouterr().err


def test_an_empty_folder_is_refused(tmp_path: Path, capsys: Capture) -> None:
    code = serve(tmp_path)

    assert code == 2
    assert capsys.readouterr().err == (
        f"expected recordings in {tmp_path}, got none: make one with understudy record\n"
    )


@pytest.mark.parametrize("name", ["nowhere", "nowhere.jsonl"])
def test_a_path_that_is_not_there_is_refused(name: str, tmp_path: Path, capsys: Capture) -> None:
    code = serve(tmp_path / name)

    assert code == 2
    assert capsys.readouterr().err == (
        f"can't read {tmp_path / name}: there is no such file or folder\n"
    )


def test_a_file_that_cannot_be_read_is_refused(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def refuse(self: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)

    code = serve(recording)

    assert code == 2
    assert capsys.readouterr().err == f"can't read {recording}: Permission denied\n"


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

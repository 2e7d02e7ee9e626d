"""`understudy record`: what it asks for, writes, prints and returns."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from scripted_deployment import (
    STREAM_HEAD,
    Asked,
    Deployment,
    answer,
    chunk,
    deployed,
    event,
    say,
    scripts_of_a_server,
    stream,
    wait_until,
)

from understudy_contracts import End
from understudy_mock.cli import run
from understudy_mock.live.upstream import KEY_VARIABLES
from understudy_mock.recording_file import read

METADATA = event("metadata", {"run_id": "1", "attempt": 1})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and an environment without keys."""
    monkeypatch.chdir(tmp_path)
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def deployment() -> Generator[Deployment]:
    """A server with the graph `agent`, whose runs do well."""
    with deployed(scripts_of_a_server(stream(METADATA))) as deployment:
        yield deployment


def record(deployment: Deployment, *options: str) -> int:
    return run(["record", deployment.url, *options])


AGENT = ("--assistant", "agent", "--input")


def test_the_file_is_told_and_how_to_go_on(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = record(deployment, *AGENT, '{"messages":[]}', "--note", "a note")

    printed = capsys.readouterr()
    assert code == 0
    assert printed.out == "recordings/agent.jsonl\n"
    progress, hint = printed.err.splitlines()
    assert progress.startswith("recording agent (1 of 1): 1 event, 0.")
    assert hint == "replay with: understudy serve recordings/agent.jsonl"
    assert read(folder / "recordings/agent.jsonl").note == "a note"


def test_a_terminal_sees_a_line_that_lives(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    deployment.scripts["POST /runs/stream"] = stream(METADATA, METADATA)

    record(deployment, *AGENT, "1")

    lines = capsys.readouterr().err.split("\r")
    assert [line.split(",")[0] for line in lines[1:5]] == [
        "recording agent (1 of 1): 0 events",
        "recording agent (1 of 1): 1 event",
        "recording agent (1 of 1): 2 events",
        "recording agent (1 of 1): 2 events",
    ]
    assert lines[5] == "\x1b[Kreplay with: understudy serve recordings/agent.jsonl\n"


def test_exact_makes_nine_runs(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(deployment, *AGENT, "1", "--exact", "-o", "to/here", "--name", "x.1")

    assert len(read(folder / "to/here/x.1.jsonl").runs) == 9
    assert "recording x.1 (9 of 9): 1 event" in capsys.readouterr().err


def test_input_and_body_can_come_from_files(deployment: Deployment, folder: Path) -> None:
    (folder / "in.json").write_text('\ufeff{"a":"\u2028"}')
    (folder / "body.json").write_text('{"context":{"b":1}}')

    code = record(deployment, *AGENT, "@in.json", "--body", "@body.json")

    (asked,) = deployment.bodies("POST /runs/stream")
    assert code == 0
    assert isinstance(asked, dict)
    assert asked | {"input": {"a": "\u2028"}, "context": {"b": 1}} == asked


def test_a_command_needs_no_input(deployment: Deployment) -> None:
    record(deployment, "--assistant", "agent", "--body", '{"command":{"goto":"x"}}')

    (asked,) = deployment.bodies("POST /runs/stream")
    assert isinstance(asked, dict)
    assert "input" not in asked


@pytest.mark.parametrize(
    "content",
    [
        '[{"input":1,"name":"one"},\n {"assistant":"agent","input":2,"body":{"context":{}}}]',
        '{"input":1,"name":"one"}\n\n{"assistant":"agent","input":2,"body":{"context":{}}}\n',
    ],
)
def test_several_inputs_come_from_one_file(
    deployment: Deployment, folder: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "in").write_text(content)

    code = record(deployment, "--assistant", "agent", "--inputs", "in")

    printed = capsys.readouterr()
    assert code == 0
    assert printed.out == "recordings/one.jsonl\nrecordings/agent.jsonl\n"
    assert "recording agent (2 of 2)" in printed.err
    assert len(deployment.bodies("POST /assistants/search")) == 1


def test_each_request_gets_a_name_of_its_own(deployment: Deployment, folder: Path) -> None:
    (folder / "recordings").mkdir()
    (folder / "recordings/agent-2.jsonl").write_text("mine")
    secret = '{"config":{"configurable":{"openai_api_key":"hunter2-hunter2"}}}'

    codes = [record(deployment, *AGENT, "1"), record(deployment, *AGENT, "2", "--body", secret)]

    assert codes == [0, 0]
    assert (folder / "recordings/agent-2.jsonl").read_text() == "mine"
    assert (folder / "recordings/agent-3.jsonl").exists()
    assert record(deployment, *AGENT, "2", "--body", secret) == 2


def test_a_file_may_hold_the_same_request_twice(deployment: Deployment, folder: Path) -> None:
    (folder / "in").write_text('[{"input":1},{"input":1}]')

    code = record(deployment, "--assistant", "agent", "--inputs", "in")

    assert code == 0
    assert sorted(os.listdir("recordings")) == ["agent-2.jsonl", "agent.jsonl"]


def test_a_graph_whose_name_is_no_file_name_gets_another(
    deployment: Deployment, folder: Path
) -> None:
    deployment.scripts["POST /assistants/search"] = say(answer(200, []))

    record(deployment, "--assistant", "../agent", "--input", "1")

    assert os.listdir("recordings") == ["run.jsonl"]


def test_what_is_there_is_replaced_only_by_force(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = [
        record(deployment, *AGENT, "1"),
        record(deployment, *AGENT, "1"),
        record(deployment, *AGENT, "2", "--name", "agent"),
        record(deployment, *AGENT, "1", "--force"),
    ]

    assert codes == [0, 2, 2, 0]
    refusal = "Error: recordings/agent.jsonl is there already; use another --name, or --force"
    assert capsys.readouterr().err.count(refusal) == 2


def test_a_taken_name_is_told_before_anything_is_asked(
    deployment: Deployment, folder: Path
) -> None:
    (folder / "x.jsonl").write_text("mine")

    code = record(deployment, *AGENT, "1", "-o", ".", "--name", "x")

    assert code == 2
    assert deployment.asked == []


def test_headers_are_sent_and_secret_ones_kept_out_of_the_file(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = event("values", {"a": "token-of-mine", "b": "acme-corp", "c": "room 12345"})
    deployment.scripts["POST /runs/stream"] = stream(METADATA, values)

    record(
        deployment,
        *AGENT,
        '{"x-room":"room 12345"}',
        *("--header", "Authorization: token-of-mine", "--header", "X-Tenant:acme-corp"),
        *("--header", "X-Room: room 12345", "--redact", "x-room"),
    )

    asked = deployment.asked[-1].headers
    assert (asked["authorization"], asked["x-tenant"]) == ("token-of-mine", "acme-corp")
    (recorded,) = read(folder / "recordings/agent.jsonl").runs
    assert recorded.frames[-1].data == '{"a":"[redacted-3]","b":"acme-corp","c":"[redacted-1]"}'
    assert "token-of-mine" not in capsys.readouterr().err


def test_the_key_is_sent_and_never_printed(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGSMITH_API_KEY", "my-own-key-1")
    deployment.scripts["POST /runs/stream"] = say(answer(422, {"detail": "no my-own-key-1"}))

    code = record(deployment, *AGENT, "1")

    printed = capsys.readouterr()
    assert code == 1
    assert deployment.asked[-1].headers["x-api-key"] == "my-own-key-1"
    assert "refused with status 422 (no [redacted-1]); recorded as it is" in printed.err
    assert "my-own-key-1" not in printed.out + printed.err


def test_a_refusal_of_the_key_by_the_run_is_a_finding(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts["POST /runs/stream"] = say(answer(403, {}))

    code = record(deployment, *AGENT, "1", "--exact")

    assert code == 1
    assert "refuses the key or wants one (status 403)" in capsys.readouterr().err


def test_a_run_that_fails_is_told_and_no_fault_of_the_recording(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = event("error", {"error": "ValueError", "message": "bad \x9b"})
    deployment.scripts["POST /runs/stream"] = stream(METADATA, failed)

    code = record(deployment, *AGENT, "1")

    assert code == 0
    assert "the run failed (ValueError: bad \\x9b); recorded as it is" in capsys.readouterr().err


def test_a_cut_run_is_told_with_how_to_go_on(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts["POST /runs/stream"] = say(STREAM_HEAD, chunk(METADATA))

    code = record(deployment, *AGENT, "1")

    printed = capsys.readouterr().err
    assert code == 2
    assert "What came until then is in recordings/agent.jsonl, marked as 'cut'" in printed
    assert "run the command again with --force" in printed


def test_a_missing_neighbour_is_noted(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts["GET /info"] = say(answer(404, {}))
    deployment.scripts["GET /ok"] = say(answer(200, {"ok": True}))

    record(deployment, *AGENT, "1")

    assert "note: GET /info answered 404; kept as it is\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--input", "1"), "expected an assistant, got null; use --assistant ID"),
        (("--assistant", "", "--input", "1"), 'expected an assistant, got ""'),
        (("--assistant", "agent"), "expected an input, got none"),
        (
            (*AGENT, '{"a":1'),
            "--input: expected JSON, got unexpected end of data at line 1, column 7",
        ),
        ((*AGENT, ""), "--input: expected JSON, got Input is a zero-length"),
        ((*AGENT, "@none"), "--input: can't read none: No such file or directory"),
        ((*AGENT, "@bad"), "--input: expected UTF-8 in bad, got"),
        ((*AGENT, "@broken"), "broken: expected JSON, got"),
        ((*AGENT, "[" * 300 + "]" * 300), "expected JSON nested to at most 250 levels"),
        ((*AGENT, "1", "--body", "1"), "expected the body as a JSON object, got 1"),
        ((*AGENT, "1", "--body", '{"stream_mode":"x"}'), "'stream_mode' can't be set in the body"),
        ((*AGENT, "1", "--body", '{"input":1}'), "'input' can't be set in the body: use --input"),
        ((*AGENT, "1", "--name", "../x"), "expected a name of letters, digits, '.'"),
        ((*AGENT, "1", "--name", ".x"), 'starts with a letter or digit, got ".x"'),
        ((*AGENT, "1", "--inputs", "in"), "--input and --inputs exclude each other"),
        (("--inputs", "empty"), "empty: expected at least one input, got none"),
        (("--inputs", "list"), "list, entry 1: expected a JSON object, got 1"),
        (
            ("--inputs", "unknown"),
            'unknown:1: expected the keys assistant, body, input, name, got "x"',
        ),
        (("--inputs", "twice"), "twice:3: expected a name of its own, got 'a' again"),
        (("--inputs", "broken"), "broken:1: expected JSON, got"),
        (
            (*AGENT, "1", "--header", "secret value"),
            "'--header': expected 'Name: value', got 'secret value'",
        ),
        ((*AGENT, "1", "--timeout", "0"), "Invalid value for '--timeout'"),
        ((*AGENT, "1", "-o", "bad"), "can't write bad: expected a folder, got a file"),
        ((*AGENT, "1", "-o", "bad/sub"), "can't write bad/sub"),
    ],
)
def test_wrong_use_is_told(
    deployment: Deployment,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    expected: str,
) -> None:
    (folder / "bad").write_bytes(b"\xff")
    (folder / "broken").write_text("{'a':1}")
    (folder / "empty").write_text("\n")
    (folder / "list").write_text("[1]")
    (folder / "unknown").write_text('{"assistant":"a","x":1}')
    line = '{"assistant":"a","input":1,"name":"a"}'
    (folder / "twice").write_text(f"{line}\n\n{line}")

    code = record(deployment, *options)

    assert code == 2
    assert expected in capsys.readouterr().err
    assert not (folder / "recordings").exists()


def test_a_disk_that_is_full_is_told(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def write(file: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("understudy_mock.recording_file.os.write", write)

    code = record(deployment, *AGENT, "1")

    assert code == 2
    assert "can't write recordings: No space left on device" in capsys.readouterr().err


def test_ctrl_c_before_there_is_an_answer_is_told(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(asked: Asked) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        asked.hold()

    deployment.scripts["GET /info"] = interrupt

    code = record(deployment, *AGENT, "1")

    assert code == 2
    assert "stopped by Ctrl-C" in capsys.readouterr().err


def _frames(path: Path) -> int:
    return len(read(path).runs[0].frames) if path.exists() and read(path).runs else -1


@pytest.mark.parametrize(
    ("number", "way", "end"),
    [
        (1, signal.SIGKILL, End.UNKNOWN),
        (2, signal.SIGKILL, End.UNKNOWN),
        (40, signal.SIGKILL, End.UNKNOWN),
        (3, signal.SIGINT, End.STOPPED),
    ],
)
def test_a_recorder_that_is_killed_leaves_every_frame_it_received(
    folder: Path, number: int, way: signal.Signals, end: End
) -> None:
    blocks = [event("values", {"step": step}) for step in range(number)]

    def script(asked: Asked) -> None:
        asked.send(STREAM_HEAD, *map(chunk, blocks), chunk(b"event: values\r\nda"))
        asked.hold()

    with deployed(scripts_of_a_server(script)) as server:
        command = [sys.executable, "-m", "understudy_mock", "record", server.url, *AGENT, "1"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            path = folder / "recordings/agent.jsonl"
            wait_until(lambda: _frames(path) == number)
            process.send_signal(way)
            process.wait(20)

    (recorded,) = read(path).runs
    assert recorded.body.startswith(b"".join(blocks))
    assert recorded.end is end
    shown = subprocess.check_output([sys.executable, "-m", "understudy_mock", "show", str(path)])
    assert shown.count(b'values  {"step":') == number

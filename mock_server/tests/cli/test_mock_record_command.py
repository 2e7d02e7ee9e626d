"""`graphtape record`: its requests, files, output and exit codes."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from facts import missing
from scripted_deployment import (
    STREAM_HEAD,
    Asked,
    Deployment,
    Script,
    answer,
    chunk,
    deployed,
    event,
    say,
    scripts_of_a_server,
    stream,
    wait_until,
)

from graphtape_contracts import End
from graphtape_mock.cli.main import run
from graphtape_mock.deployment.headers import KEY_VARIABLES
from graphtape_mock.record.folder import RecordingFolder
from graphtape_mock.recordings.file import read
from graphtape_mock.redaction.walk import Walk

METADATA = event("metadata", {"run_id": "1", "attempt": 1})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and an environment without API keys."""
    monkeypatch.chdir(tmp_path)
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def deployment() -> Generator[Deployment]:
    """A server with the graph `agent`, whose runs succeed."""
    with deployed(scripts_of_a_server(stream(METADATA))) as deployment:
        yield deployment


def record(deployment: Deployment, *options: str) -> int:
    return run(["record", deployment.url, *options])


def recordings() -> list[str]:
    return sorted(path.name for path in Path("recordings").glob("*.jsonl"))


AGENT = ("--assistant", "agent", "--input")


def test_the_file_is_told_and_how_to_go_on(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = record(deployment, *AGENT, '{"messages":[]}', "--note", "a note")

    printed = capsys.readouterr()
    assert code == 0
    assert printed.out == "recordings/agent.jsonl\n"
    progress, hint = printed.err.splitlines()
    assert missing(progress, ["agent", "1 of 1", "1 event"]) == []
    assert "graphtape serve recordings/agent.jsonl" in hint
    assert read(folder / "recordings/agent.jsonl").note == "a note"


def test_a_terminal_sees_a_line_that_lives(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    deployment.scripts["POST /runs/stream"] = stream(METADATA, METADATA)

    record(deployment, *AGENT, "1")

    lines = capsys.readouterr().err.split("\r")
    told = [line.split(",")[0] for line in lines[1:5]]
    counts = ["0 events", "1 event", "2 events", "2 events"]
    assert [line.rpartition(": ")[2] for line in told] == counts
    assert all(missing(line, ["agent", "1 of 1"]) == [] for line in told)
    assert lines[5].startswith("\x1b[K")
    assert lines[5].endswith("graphtape serve recordings/agent.jsonl\n")


def test_exact_makes_nine_runs(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(deployment, *AGENT, "1", "--exact", "-o", "to/here", "--name", "x.1")

    assert len(read(folder / "to/here/x.1.jsonl").runs) == 9
    assert missing(capsys.readouterr().err, ["x.1", "9 of 9", "1 event"]) == []


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
    assert missing(printed.err, ["agent", "2 of 2"]) == []
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
    assert recordings() == ["agent-2.jsonl", "agent.jsonl"]


def test_a_graph_whose_name_is_no_file_name_gets_another(
    deployment: Deployment, folder: Path
) -> None:
    deployment.scripts["POST /assistants/search"] = say(answer(200, []))

    record(deployment, "--assistant", "../agent", "--input", "1")

    assert recordings() == ["run.jsonl"]


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
    refusals = [line for line in capsys.readouterr().err.splitlines() if "Error" in line]
    facts = ["recordings/agent.jsonl", "--name", "--force"]
    assert [missing(refusal, facts) for refusal in refusals] == [[], []]


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
    assert recorded.frames[-1].data == '{"a":"[redacted-3]","b":"[redacted-4]","c":"[redacted-1]"}'
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
    assert missing(printed.err, [422, "no [redacted-1]"]) == []
    assert "my-own-key-1" not in printed.out + printed.err


def test_a_refusal_of_the_key_by_the_run_is_a_finding(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts["POST /runs/stream"] = say(answer(403, {}))

    code = record(deployment, *AGENT, "1", "--exact")

    assert code == 1
    assert missing(capsys.readouterr().err, [deployment.url, 403]) == []


def test_a_run_that_fails_is_told_and_no_fault_of_the_recording(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = event("error", {"error": "ValueError", "message": "bad \x9b"})
    deployment.scripts["POST /runs/stream"] = stream(METADATA, failed)

    code = record(deployment, *AGENT, "1")

    assert code == 0
    assert "ValueError: bad \\x9b" in capsys.readouterr().err


def test_a_cut_run_is_told_with_how_to_go_on(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts["POST /runs/stream"] = say(STREAM_HEAD, chunk(METADATA))

    code = record(deployment, *AGENT, "1")

    printed = capsys.readouterr().err
    assert code == 2
    assert missing(printed, ["recordings/agent.cut.jsonl", "'cut'"]) == []
    assert recordings() == ["agent.cut.jsonl"]


def test_a_missing_neighbour_is_noted(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts["GET /info"] = say(answer(404, {}))
    deployment.scripts["GET /ok"] = say(answer(200, {"ok": True}))

    record(deployment, *AGENT, "1")

    assert missing(capsys.readouterr().err, ["GET /info", 404]) == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--input", "1"), ["--assistant", "null"]),
        (("--assistant", "", "--input", "1"), ["assistant", '""']),
        (("--assistant", "agent"), ["input"]),
        ((*AGENT, '{"a":1'), ["--input", "line 1", "column 7"]),
        ((*AGENT, ""), ["--input", "JSON"]),
        ((*AGENT, "@none"), ["--input", "none: "]),
        ((*AGENT, "@bad"), ["--input", "bad", "UTF-8"]),
        ((*AGENT, "@broken"), ["broken", "JSON"]),
        ((*AGENT, "[" * 300 + "]" * 300), [250]),
        ((*AGENT, "1", "--body", "1"), ["body", "got 1"]),
        ((*AGENT, "1", "--body", '{"stream_mode":"x"}'), ["'stream_mode'", "body"]),
        ((*AGENT, "1", "--body", '{"input":1}'), ["'input'", "body", "--input"]),
        ((*AGENT, "1", "--name", "../x"), ["name", '"../x"']),
        ((*AGENT, "1", "--name", ".x"), ["name", '".x"']),
        ((*AGENT, "1", "--inputs", "in"), ["--input ", "--inputs"]),
        (("--inputs", "empty"), ["empty", "input"]),
        (("--inputs", "list"), ["list", "entry 1", "got 1"]),
        (("--inputs", "unknown"), ["unknown:1", "assistant", "body", "input", "name", '"x"']),
        (("--inputs", "twice"), ["twice:3", "name", "'a'"]),
        (("--inputs", "broken"), ["broken:1", "JSON"]),
        ((*AGENT, "1", "--header", "secret value"), ["--header", "'secret value'"]),
        ((*AGENT, "1", "--timeout", "0"), ["--timeout"]),
        ((*AGENT, "1", "-o", "bad"), ["bad", "file"]),
        ((*AGENT, "1", "-o", "bad/sub"), ["bad/sub"]),
    ],
)
def test_wrong_use_is_told(
    deployment: Deployment,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    expected: list[str | int],
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
    assert missing(capsys.readouterr().err, expected) == []
    assert not (folder / "recordings").exists()


def test_a_disk_that_is_full_is_told(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def write(file: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("graphtape_mock.recordings.file.os.write", write)

    code = record(deployment, *AGENT, "1")

    assert code == 2
    assert missing(capsys.readouterr().err, ["recordings", "No space left on device"]) == []


def test_ctrl_c_before_there_is_an_answer_is_told(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(asked: Asked) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        asked.hold()

    deployment.scripts["GET /info"] = interrupt

    code = record(deployment, *AGENT, "1")

    assert code == 2
    assert "Ctrl-C" in capsys.readouterr().err


def _drafted_frames(folder: Path) -> int:
    """Return the number of frames of the run in the draft in *folder*; -1 if there is none."""
    drafts = [path for path in folder.glob(".graphtape/*.draft") if path.stat().st_size]
    runs = [run for draft in drafts for run in read(draft).runs]
    return len(runs[0].frames) if runs else -1


@contextmanager
def _interrupted_recorder(folder: Path, number: int, way: signal.Signals) -> Generator[Deployment]:
    """Kill a recorder after *number* frames, in the middle of the next."""
    blocks = [event("values", {"step": step}) for step in range(number)]

    def script(asked: Asked) -> None:
        asked.send(STREAM_HEAD, *map(chunk, blocks), chunk(b"event: values\r\nda"))
        asked.hold()

    with deployed(scripts_of_a_server(script)) as server:
        command = [sys.executable, "-m", "graphtape_mock", "record", server.url, *AGENT, "1"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            try:
                wait_until(lambda: _drafted_frames(folder) == number)
            finally:
                process.send_signal(way)
            process.wait(20)
        yield server


@pytest.mark.parametrize("number", [1, 2, 40])
def test_a_killed_recorder_leaves_a_private_draft_that_the_next_one_picks_up(
    folder: Path, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with _interrupted_recorder(folder / "recordings", number, signal.SIGKILL) as server:
        assert recordings() == []
        (draft,) = Path("recordings/.graphtape").glob("*.draft")
        assert draft.stat().st_mode & 0o777 == 0o600
        assert Path("recordings/.graphtape/.gitignore").read_text() == "*\n"
        server.scripts["POST /runs/stream"] = stream(METADATA)
        assert record(server, *AGENT, "1") == 0

    assert "recordings/agent.cut.jsonl" in capsys.readouterr().err
    assert recordings() == ["agent.cut.jsonl", "agent.jsonl"]
    (recorded,) = read(Path("recordings/agent.cut.jsonl")).runs
    assert [frame.event for frame in recorded.frames] == ["values"] * number
    assert recorded.end is End.UNKNOWN
    assert not list(Path("recordings/.graphtape").glob("agent*"))


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_recorder_publishes_every_frame_it_received(
    folder: Path, way: signal.Signals
) -> None:
    with _interrupted_recorder(folder / "recordings", 3, way):
        assert recordings() == ["agent.cut.jsonl"]

    (recorded,) = read(Path("recordings/agent.cut.jsonl")).runs
    assert [frame.event for frame in recorded.frames[:3]] == ["values"] * 3
    assert recorded.end is End.STOPPED


def test_two_recorders_of_one_name_both_keep_their_runs(deployment: Deployment) -> None:
    def meanwhile(asked: Asked) -> None:
        deployment.scripts["POST /runs/stream"] = stream(METADATA)
        assert record(deployment, *AGENT, "2", "--name", "same", *force) == 0
        stream(METADATA)(asked)

    for force in ((), ("--force",)):
        deployment.scripts["POST /runs/stream"] = meanwhile
        assert record(deployment, *AGENT, "1", "--name", "same", *force) == 0

    assert recordings() == ["same-2.jsonl", "same-3.jsonl", "same.jsonl"]


def test_a_folder_that_can_not_be_written_is_found_before_a_run_is_paid_for(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("recordings").write_text("")

    assert record(deployment, *AGENT, "1") == 2
    assert record(deployment, *AGENT, "1", "-o", "other", "--name", "n" * 240) == 2
    assert "--output" in capsys.readouterr().err
    assert deployment.bodies("POST /runs/stream") == []


def test_a_page_in_place_of_a_stream_is_a_finding(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts["POST /runs/stream"] = say(answer(200, b"<html>"))

    assert record(deployment, *AGENT, "1") == 1
    printed = capsys.readouterr()
    assert missing(printed.err, ["application/json", "recordings/agent.unexpected.jsonl"]) == []
    assert "graphtape serve" not in printed.err


def test_a_url_without_a_scheme_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "127.0.0.1:9", *AGENT, "1"]) == 2
    assert missing(capsys.readouterr().err, ["URL", "'127.0.0.1:9'", "http://"]) == []


def test_a_file_is_no_folder_for_recordings(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(NotADirectoryError):
        RecordingFolder(tmp_path / "file").check([])


def _busy_once(deployment: Deployment, later: bytes) -> Script:
    """Return the script of a deployment that is ready at the second request."""

    def script(asked: Asked) -> None:
        deployment.scripts["POST /runs/stream"] = stream(METADATA)
        asked.send(answer(503, {"detail": "busy"}, b"retry-after: " + later))

    return script


def test_a_recorder_comes_back_when_the_deployment_asks_for_it(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts["POST /runs/stream"] = _busy_once(deployment, b"0")

    assert record(deployment, *AGENT, "1") == 0
    assert missing(capsys.readouterr().err, ["come back in 0 s", "--no-retry"]) == []
    assert recordings() == ["agent.jsonl"]


@pytest.mark.parametrize("options", [("--no-retry",), ("--max-time", "50")])
def test_a_refusal_is_recorded_if_there_is_no_retry_in_time(
    deployment: Deployment, options: tuple[str, ...]
) -> None:
    deployment.scripts["POST /runs/stream"] = _busy_once(deployment, b"100")

    assert record(deployment, *AGENT, "1", *options) == 1
    assert recordings() == ["agent.refused.jsonl"]


def test_a_recording_that_may_hold_a_secret_is_hidden_and_a_finding(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missed(walk: Walk, data: bytes) -> object:
        return iter(())

    monkeypatch.setattr(Walk, "find", missed)
    token = "gh" + "p_" + "a1B2c3D4e5" * 4
    deployment.scripts["POST /runs/stream"] = stream(METADATA, event("values", {"text": token}))

    assert record(deployment, *AGENT, "1") == 1
    printed = capsys.readouterr().err
    hidden = "recordings/.graphtape/agent.jsonl"
    assert missing(printed, [hidden, "github-token", "graphtape redact", "--allow-secret"]) == []
    assert recordings() == []
    assert record(deployment, *AGENT, "1", "--allow-secret", "github-token") == 0


def test_a_run_without_a_response_leaves_no_file(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts["POST /runs/stream"] = say(b"")
    draft = Path("recordings/.graphtape/agent.jsonl.0.draft")
    draft.parent.mkdir(parents=True)
    draft.write_text('{"graphtape":1}\n')  # Of a recorder that was killed before any response.

    assert record(deployment, *AGENT, "1") == 2
    assert "was killed" not in capsys.readouterr().err
    assert recordings() == []
    assert not list(draft.parent.glob("agent*"))

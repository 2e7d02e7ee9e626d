"""`graphtape redact`: recordings that exist, hidden ones, and its exit codes."""

from pathlib import Path

import pytest
from facts import missing

from graphtape_contracts import Exchange, Frame, Request, Response
from graphtape_mock.cli.main import run
from graphtape_mock.record.draft_recording import DraftRecording
from graphtape_mock.recordings.file import RecordingWriter, read
from graphtape_mock.recordings.hidden_folder import hidden_folder
from graphtape_mock.redaction.walk import Walk

TOKEN = "gh" + "p_" + "a1B2c3D4e5" * 4


def record(path: Path, body: str) -> Path:
    frames = (Frame(0.0, body.encode()),)
    path.parent.mkdir(parents=True, exist_ok=True)
    with RecordingWriter(path) as writer:
        writer.add_exchange(
            Exchange(Request("POST", "/runs/wait", (), b"{}"), Response(200), frames)
        )
    return path


def body(path: Path) -> bytes:
    return read(path).exchanges[0].body


def test_a_secret_is_replaced_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = record(tmp_path / "agent.jsonl", f'{{"a":"{TOKEN}","b":"{TOKEN}"}}')

    assert run(["redact", str(path)]) == 0

    assert body(path) == b'{"a":"[redacted-1]","b":"[redacted-1]"}'
    assert sum(entry["count"] for entry in read(path).redacted) == 2
    assert missing(capsys.readouterr().out, [path, "2 secrets"]) == []


def test_a_recording_without_secrets_stays_as_it_is(tmp_path: Path) -> None:
    path = record(tmp_path / "agent.jsonl", '{"a":"[redacted-7]"}')
    before = path.read_bytes()

    assert run(["redact", str(path)]) == 0

    assert path.read_bytes() == before


def test_new_placeholders_are_numbered_after_those_of_the_file(tmp_path: Path) -> None:
    path = record(tmp_path / "agent.jsonl", f'{{"a":"{TOKEN}","b":"[redacted-4]"}}')

    assert run(["redact", str(path)]) == 0

    assert body(path) == b'{"a":"[redacted-5]","b":"[redacted-4]"}'


@pytest.mark.parametrize(
    ("options", "redacted"),
    [
        (("--redact", "customer"), b'{"customer":"[redacted-1]","secret":"[redacted-2]"}'),
        (("--keep", "secret"), b'{"customer":"C-17","secret":"word"}'),
        (
            ("--redact-pattern", "C-[0-9]+", "--keep", "secret"),
            b'{"customer":"[redacted-1]","secret":"word"}',
        ),
    ],
)
def test_the_user_says_what_is_secret(
    tmp_path: Path, options: tuple[str, ...], redacted: bytes
) -> None:
    path = record(tmp_path / "agent.jsonl", '{"customer":"C-17","secret":"word"}')

    assert run(["redact", str(path), *options]) == 0

    assert body(path) == redacted
    assert read(path).kept == (("secret",) if "--keep" in options and redacted.count(b"[") else ())


def test_the_key_of_the_environment_is_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGGRAPH_API_KEY", "open sesame")
    path = record(tmp_path / "agent.jsonl", '{"a":"say open sesame"}')

    assert run(["redact", str(path)]) == 0

    assert body(path) == b'{"a":"say [redacted-1]"}'


def test_a_folder_is_redacted_with_what_is_hidden_in_it(tmp_path: Path) -> None:
    record(tmp_path / "agent.jsonl", f'{{"a":"{TOKEN}"}}')
    record(hidden_folder(tmp_path) / "agent.jsonl", f'{{"b":"{TOKEN}"}}')
    with DraftRecording(tmp_path / "killed.jsonl") as draft:
        content = record(tmp_path / "other.jsonl", f'{{"c":"{TOKEN}"}}').read_bytes()
    draft.path.write_bytes(content)

    assert run(["redact", str(tmp_path)]) == 0

    assert {path.name: body(path) for path in tmp_path.glob("*.jsonl")} == {
        "agent.jsonl": b'{"a":"[redacted-1]"}',
        "agent-2.jsonl": b'{"b":"[redacted-1]"}',
        "other.jsonl": b'{"c":"[redacted-1]"}',
        "killed.cut.jsonl": b'{"c":"[redacted-1]"}',
    }
    assert not list(tmp_path.glob(".graphtape/*.jsonl"))


def test_a_secret_that_is_still_found_keeps_a_hidden_recording_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = record(hidden_folder(tmp_path) / "agent.jsonl", f'{{"b":"{TOKEN}"}}')

    def missed(walk: Walk, data: bytes) -> object:
        return iter(())

    monkeypatch.setattr(Walk, "find", missed)

    assert run(["redact", str(tmp_path)]) == 1
    assert missing(capsys.readouterr().out, [path, "github-token", "line 3"]) == []
    assert not list(tmp_path.glob("*.jsonl"))
    assert run(["redact", str(path), "--allow-secret", "github-token"]) == 0
    assert [file.name for file in tmp_path.glob("*.jsonl")] == ["agent.jsonl"]


def test_a_bad_pattern_names_the_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = record(tmp_path / "agent.jsonl", "{}")

    assert run(["redact", str(path), "--redact-pattern", "("]) == 2
    assert "--redact-pattern" in capsys.readouterr().err


def test_what_is_no_recording_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.jsonl").write_text("no")

    assert run(["redact", str(tmp_path)]) == 2
    assert run(["redact", str(tmp_path / "gone.jsonl")]) == 2
    assert missing(capsys.readouterr().err, ["a.jsonl:1", "gone.jsonl"]) == []


def test_bad_headers_in_the_environment_are_wrong_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRAPHTAPE_HEADERS", "no header")

    assert run(["redact", str(record(tmp_path / "agent.jsonl", "{}"))]) == 2
    assert "GRAPHTAPE_HEADERS" in capsys.readouterr().err

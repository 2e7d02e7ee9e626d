"""Drafts: what becomes of a recording that is clean, cut, replaced, abandoned or still secret."""

from pathlib import Path

import pytest

from graphtape_contracts import End, Exchange, Request, Response, sse
from graphtape_mock.record.draft_recording import DraftRecording, abandoned_drafts, pick_up
from graphtape_mock.recordings.file import RecordingWriter, read
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.redaction.walk import Walk

TOKEN = "gh" + "p_" + "a1B2c3D4e5" * 4
STREAM = Response(200, (("content-type", "text/event-stream"),))


def run(text: str = "hello") -> Exchange:
    body = b'event: values\r\ndata: {"text":"%s"}\r\n\r\n' % text.encode()
    return Exchange(Request("POST", "/runs/stream", (), b"{}"), STREAM, tuple(sse.decode(body)))


def fill(draft: DraftRecording, *exchanges: Exchange) -> None:
    with RecordingWriter(draft.path, mode=0o600) as writer:
        for exchange in exchanges:
            writer.add_exchange(exchange)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recordings" / "agent.jsonl"


def test_a_draft_is_private_and_gone_when_it_is_published(path: Path) -> None:
    with DraftRecording(path) as draft:
        fill(draft, run())
        assert draft.path.stat().st_mode & 0o077 == 0
        assert not path.exists()
        publication = draft.publish(Redactor())

    assert publication.path == path
    assert read(path).exchanges == (run(),)
    assert [file.name for file in (path.parent / ".graphtape").iterdir()] == [".gitignore"]


def test_a_draft_that_is_not_published_is_removed(path: Path) -> None:
    with DraftRecording(path) as draft:
        fill(draft, run())

    assert not list(path.parent.rglob("agent*"))


def test_a_secret_is_replaced_before_the_draft_is_published(path: Path) -> None:
    with DraftRecording(path) as draft:
        fill(draft, run(f"use {TOKEN}"))
        draft.publish(Redactor())

    recording = read(path)
    assert recording.exchanges == (run("use [redacted-1]"),)
    assert [entry["kind"] for entry in recording.redacted] == ["github-token"]


def test_a_secret_that_a_last_look_finds_stays_hidden_unless_its_rule_is_allowed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missed(walk: Walk, data: bytes) -> object:
        return iter(())

    monkeypatch.setattr(Walk, "find", missed)
    with DraftRecording(path) as draft:
        fill(draft, run(TOKEN))
        hidden = draft.publish(Redactor())
        assert [(found.line, found.rule) for found in hidden.secrets] == [(3, "github-token")]
        assert str(hidden.secrets[0]) == "line 3: github-token"
        assert draft.publish(Redactor(), allowed=["github-token"]).path == path

    assert hidden.path == path.parent / ".graphtape" / "agent.jsonl"
    assert hidden.path.stat().st_mode & 0o777 == 0o600


def test_a_recording_replaces_the_file_that_was_there_at_the_start_alone(path: Path) -> None:
    for text in ("first", "second"):
        with DraftRecording(path, replace=True) as draft:
            fill(draft, run(text))
            draft.publish(Redactor())
    assert read(path).exchanges == (run("second"),)

    with DraftRecording(path, replace=True) as draft:
        fill(draft, run("mine"))
        with DraftRecording(path, replace=True) as other:
            fill(other, run("theirs"))
            other.publish(Redactor())
        publication = draft.publish(Redactor())

    assert read(path).exchanges == (run("theirs"),)
    assert publication.path == path.with_name("agent-2.jsonl")


def test_a_recording_that_was_cut_replaces_none(path: Path) -> None:
    for number in range(2):
        with DraftRecording(path, replace=True) as draft:
            fill(draft, run(str(number)))
            draft.publish(Redactor(), ending="cut")

    assert sorted(file.name for file in path.parent.glob("*.jsonl")) == [
        "agent.cut-2.jsonl",
        "agent.cut.jsonl",
    ]


def _abandon(path: Path, *exchanges: Exchange, torn: bytes = b"") -> Path:
    """Leave a draft as a killed process does: with a copy of its clean form, half written."""
    with DraftRecording(path) as draft:
        fill(draft, *exchanges)
        content = draft.path.read_bytes() + torn
    draft.path.write_bytes(content)
    draft.path.with_suffix(".clean").write_bytes(b"{")
    return draft.path


def test_an_abandoned_draft_is_redacted_when_it_is_picked_up(path: Path) -> None:
    _abandon(path, run(f"use {TOKEN}"), torn=b'{"exchange":')

    for draft in abandoned_drafts(path.parent):
        assert pick_up(draft, Redactor()) is not None

    cut = path.with_name("agent.cut.jsonl")
    assert read(cut).exchanges == (run("use [redacted-1]"),)
    assert list(abandoned_drafts(path.parent)) == []


@pytest.mark.parametrize(
    "exchanges", [(), (Exchange(Request("GET", "/info"), Response(200), (), End.COMPLETE),)]
)
def test_a_draft_without_a_run_is_not_kept(path: Path, exchanges: tuple[Exchange, ...]) -> None:
    _abandon(path, *exchanges)

    assert [pick_up(draft, Redactor()) for draft in abandoned_drafts(path.parent)] == [None]
    assert not list(path.parent.glob("*.jsonl"))


def test_a_draft_killed_in_its_first_line_is_not_kept(path: Path) -> None:
    _abandon(path).write_bytes(b'{"graph')

    assert [pick_up(draft, Redactor()) for draft in abandoned_drafts(path.parent)] == [None]


def test_a_draft_in_use_is_not_picked_up(path: Path) -> None:
    with DraftRecording(path) as draft:
        fill(draft, run())
        assert list(abandoned_drafts(path.parent)) == []
        draft.publish(Redactor())

    assert path.exists()


def test_a_folder_without_drafts_stays_as_it_is(tmp_path: Path) -> None:
    assert list(abandoned_drafts(tmp_path)) == []
    assert not list(tmp_path.iterdir())

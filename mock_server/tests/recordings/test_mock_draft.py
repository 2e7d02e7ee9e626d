"""Drafts replace a file at once or not at all; names are numbered."""

from itertools import islice
from pathlib import Path

import pytest

from graphtape_mock.recordings.draft import draft_of, numbered, replacing


def test_a_draft_replaces_the_file_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "agent.jsonl"
    path.write_text("old")

    with replacing(path) as draft:
        draft.write_text("new")
        before = path.read_text()

    assert (before, path.read_text()) == ("old", "new")
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_unchanged_if_its_draft_fails(tmp_path: Path) -> None:
    path = tmp_path / "agent.jsonl"
    path.write_text("old")

    def fail() -> None:
        with replacing(path) as draft:
            draft.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_drafts_are_hidden_and_different(tmp_path: Path) -> None:
    one, other = (draft_of(tmp_path / "agent.jsonl") for _ in range(2))

    assert one != other
    assert one.name.startswith(".agent.jsonl.")


def test_names_are_numbered_from_2(tmp_path: Path) -> None:
    found = [path.name for path in islice(numbered(tmp_path, "agent"), 3)]

    assert found == ["agent.jsonl", "agent-2.jsonl", "agent-3.jsonl"]

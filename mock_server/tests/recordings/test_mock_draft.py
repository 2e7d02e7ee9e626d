"""A complete draft replaces its file; an incomplete one leaves the file unchanged."""

from itertools import islice
from pathlib import Path

import pytest

from graphtape_mock.recordings.draft import numbered, publish, replacing


def test_a_draft_takes_the_place_and_the_mode_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "agent.jsonl"
    path.write_text("old")
    path.chmod(0o640)

    with replacing(path) as draft:
        draft.write_text("new")
        assert path.read_text() == "old"

    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)
    assert list(tmp_path.iterdir()) == [path]


def test_a_draft_becomes_a_new_file(tmp_path: Path) -> None:
    with replacing(tmp_path / "agent.jsonl") as draft:
        draft.write_text("new")

    assert [path.name for path in tmp_path.iterdir()] == ["agent.jsonl"]


def test_the_target_of_a_link_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "target.jsonl", tmp_path / "link.jsonl"
    target.write_text("old")
    link.symlink_to(target)

    with replacing(link) as draft:
        draft.write_text("new")

    assert link.is_symlink()
    assert target.read_text() == "new"


def test_an_error_leaves_the_file_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "agent.jsonl"
    path.write_text("old")

    def fail() -> None:
        with replacing(path) as draft:
            draft.write_text("half")
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_taken_name_is_not_published_over(tmp_path: Path) -> None:
    draft, path = tmp_path / "draft", tmp_path / "agent.jsonl"
    draft.write_text("new")
    path.write_text("old")

    with pytest.raises(FileExistsError):
        publish(draft, path)

    assert path.read_text() == "old"


def test_names_are_numbered_from_two() -> None:
    assert list(islice(numbered("agent"), 3)) == ["agent", "agent-2", "agent-3"]

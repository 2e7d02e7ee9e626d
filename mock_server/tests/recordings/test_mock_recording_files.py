"""The files of recordings: visible ones, each once, in their order, with names that differ."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtape_mock.recordings.recording_files import recording_files, recording_names


def touch(folder: Path, *names: str) -> list[Path]:
    files = [folder / name for name in names]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return files


def test_files_are_taken_as_they_are_and_folders_searched_in_order(tmp_path: Path) -> None:
    b, a, deep, odd = touch(tmp_path, "in/b.jsonl", "in/a.jsonl", "in/c/x.jsonl", "out/odd.txt")
    touch(tmp_path, "in/notes.md")

    assert recording_files([odd, tmp_path / "in"]) == [odd, a, b, deep]


def test_numbers_in_names_are_sorted_as_numbers(tmp_path: Path) -> None:
    files = touch(tmp_path, *(f"agent{n}.jsonl" for n in ("", "-2", "-9", "-10", "-100", "x")))

    assert recording_files([tmp_path]) == files


def test_hidden_files_are_no_recordings_unless_they_are_named(tmp_path: Path) -> None:
    hidden = touch(tmp_path, "._a.jsonl", ".graphtape/b.jsonl", "c/.d/e.jsonl")
    (shown,) = touch(tmp_path, "c/f.jsonl")

    assert recording_files([tmp_path]) == [shown]
    assert recording_files([*hidden, tmp_path / ".graphtape"]) == hidden


def test_files_in_a_folder_below_a_hidden_one_are_recordings(tmp_path: Path) -> None:
    files = touch(tmp_path, ".checkout/recordings/a.jsonl")

    assert recording_files([tmp_path / ".checkout" / "recordings"]) == files


def test_a_file_that_two_paths_lead_to_is_taken_once(tmp_path: Path) -> None:
    files = touch(tmp_path, "..2026/a.jsonl", "..2026/b.jsonl")
    (tmp_path / "..data").symlink_to("..2026")
    links = [tmp_path / file.name for file in files]
    for link in links:
        link.symlink_to(f"..data/{link.name}")

    assert recording_files([tmp_path]) == links
    assert recording_files([links[0], tmp_path, *links]) == links


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        recording_files([tmp_path / "nowhere"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_pipe_is_no_recording(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jsonl")

    with pytest.raises(OSError, match=r"a\.jsonl"):
        recording_files([tmp_path])


def test_a_folder_is_no_recording(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").mkdir()

    assert recording_files([tmp_path]) == []


def test_names_are_as_short_as_they_can_be() -> None:
    files = [Path(f"{name}.jsonl") for name in ("r/agent", "r/a/agent", "r/b/agent", "r/b/other")]

    assert recording_names(files) == ["r/agent", "a/agent", "b/agent", "other"]


@given(st.sets(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)))
def test_names_differ_and_end_the_path(paths: set[str]) -> None:
    ordered = sorted(paths)

    names = recording_names([Path(f"{path}.jsonl") for path in ordered])

    assert len(set(names)) == len(names)
    assert all(f"/{path}".endswith(f"/{name}") for path, name in zip(ordered, names, strict=True))

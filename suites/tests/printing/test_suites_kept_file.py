"""Kept files: a name for each, in a folder that git ignores."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtape_suites.printing.kept_file import file_name, keep_text


def test_each_file_has_a_name_of_its_own(tmp_path: Path) -> None:
    kept = [keep_text(tmp_path, "a/test_b.py::test_c[d e]", ".txt", str(n)) for n in range(3)]

    assert [path.name for path in kept] == [
        "a-test_b.py-test_c-d-e.txt",
        "a-test_b.py-test_c-d-e-2.txt",
        "a-test_b.py-test_c-d-e-3.txt",
    ]
    assert [path.read_text() for path in kept] == ["0", "1", "2"]


def test_other_users_and_git_do_not_see_them(tmp_path: Path) -> None:
    folder = keep_text(tmp_path, "test", ".txt", "").parent

    assert folder == tmp_path / ".graphtape"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_folder_that_can_not_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / ".graphtape").touch()

    with pytest.raises(OSError, match="graphtape"):
        keep_text(tmp_path, "test", ".txt", "")


@given(st.text())
def test_any_id_gives_the_name_of_a_visible_file(test: str) -> None:
    name = file_name(test)

    assert 0 < len(name) <= 120
    assert name.isascii()
    assert not name.startswith(".")
    assert Path(name).name == name

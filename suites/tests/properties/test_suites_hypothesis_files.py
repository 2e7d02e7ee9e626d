"""The files of Hypothesis: not in the user's folder, unless the user chose a place."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import configuration

from graphtape_suites.properties.hypothesis_files import hypothesis_files_in


def _place() -> Path | None:
    place: Path | None = vars(configuration)["__hypothesis_home_directory"]
    return place


@pytest.fixture(name="_unchosen", autouse=True)
def _without_a_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("HYPOTHESIS_STORAGE_DIRECTORY", raising=False)
    before = _place()
    configuration.set_hypothesis_home_dir(None)
    yield
    configuration.set_hypothesis_home_dir(before)


def test_they_are_in_the_folder_while_a_property_is_checked(tmp_path: Path) -> None:
    with hypothesis_files_in(tmp_path):
        assert _place() == tmp_path / "hypothesis"

    assert _place() is None


def test_a_place_that_the_user_chose_stays(tmp_path: Path) -> None:
    configuration.set_hypothesis_home_dir(tmp_path / "mine")

    with hypothesis_files_in(tmp_path):
        assert _place() == tmp_path / "mine"

    assert _place() == tmp_path / "mine"


def test_a_place_of_the_environment_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPOTHESIS_STORAGE_DIRECTORY", str(tmp_path / "mine"))

    with hypothesis_files_in(tmp_path):
        assert _place() is None

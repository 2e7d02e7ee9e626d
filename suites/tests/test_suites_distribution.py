"""The wheel contains everything that the packages need, and nothing else."""

import subprocess
import sys
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

CHECKOUT = Path(__file__).parents[2]
ROOTS = {
    "graphtape_contracts": "contracts",
    "graphtape_mock": "mock_server",
    "graphtape_suites": "suites",
}


@pytest.fixture(name="archive", scope="module")
def _archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(name="wheel", scope="module")
def _wheel(archive: Path) -> set[str]:
    with ZipFile(archive) as opened:
        return set(opened.namelist())


@pytest.fixture(name="needed", scope="module")
def _needed(archive: Path) -> list[Requirement]:
    """The requirements of the wheel, including those of its extras."""
    with ZipFile(archive) as opened:
        (name,) = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = message_from_bytes(opened.read(name))
    return [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]


def test_the_wheel_has_every_file_of_the_packages(wheel: set[str]) -> None:
    sources = {
        path.relative_to(CHECKOUT / root).as_posix()
        for package, root in ROOTS.items()
        for path in (CHECKOUT / root / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert {name for name in wheel if ".dist-info/" not in name} == sources


@pytest.mark.parametrize("package", ROOTS)
def test_each_package_is_marked_as_typed(wheel: set[str], package: str) -> None:
    assert f"{package}/py.typed" in wheel


def test_the_wheel_has_the_schemas_and_the_bundled_recordings(wheel: set[str]) -> None:
    assert "graphtape_contracts/schemas/recording.json" in wheel
    assert "graphtape_mock/recordings/bundled/agent.jsonl" in wheel


def test_the_wheel_has_the_licence(wheel: set[str]) -> None:
    assert any(name.endswith("/licenses/LICENSE") for name in wheel)


def _extra(needed: list[Requirement], extra: str) -> set[str]:
    """Return the names of the distributions that only *extra* requires."""
    return {
        one.name
        for one in needed
        if one.marker is not None
        and one.marker.evaluate({"extra": extra})
        and not one.marker.evaluate({"extra": ""})
    }


def test_the_plugin_can_be_installed_without_requirements_of_the_suites(
    needed: list[Requirement],
) -> None:
    assert _extra(needed, "pytest") == {"pytest"}
    assert _extra(needed, "suites") == {"pytest", "hypothesis", "schemathesis"}
    assert not {"hypothesis", "schemathesis"} & {one.name for one in needed if one.marker is None}

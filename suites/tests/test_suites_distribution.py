"""What is in the wheel: all that the packages need, and nothing else."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

CHECKOUT = Path(__file__).parents[2]
ROOTS = {
    "understudy_contracts": "contracts",
    "understudy_mock": "mock_server",
    "understudy_suites": "suites",
}


@pytest.fixture(name="wheel", scope="module")
def _wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with ZipFile(path) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_packages_whole(wheel: set[str]) -> None:
    sources = {
        path.relative_to(CHECKOUT / root).as_posix()
        for package, root in ROOTS.items()
        for path in (CHECKOUT / root / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert {name for name in wheel if ".dist-info/" not in name} == sources


@pytest.mark.parametrize("package", ROOTS)
def test_each_package_says_that_it_is_typed(wheel: set[str], package: str) -> None:
    assert f"{package}/py.typed" in wheel


def test_the_wheel_holds_the_schemas_and_the_bundled_recordings(wheel: set[str]) -> None:
    assert "understudy_contracts/schemas/recording.json" in wheel
    assert "understudy_mock/recordings/agent.jsonl" in wheel


def test_the_wheel_holds_the_licence(wheel: set[str]) -> None:
    assert any(name.endswith("/licenses/LICENSE") for name in wheel)

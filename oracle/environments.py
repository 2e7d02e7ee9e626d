"""Environments for client programs, installed once per session from package registries.

The `conftest.py` here and in `examples/tests` import the fixtures.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pytest
from filelock import FileLock

_CLIENTS = Path(__file__).parents[1] / "examples" / "clients"


def make_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Create *folder* and fill it with *make*, unless another process already did; return it.

    If another process is filling the folder, wait until that is done.
    """
    done = folder / "made"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not done.exists():
            make(folder)
            done.touch()
    return folder


def install_python(requirement: str, folder: Path) -> Path:
    """Create an environment with *requirement* in *folder*; return the path of its Python."""
    place = folder / "environment"
    python = place / "bin" / "python"
    if uv := shutil.which("uv"):
        run([uv, "venv", "-q", "--python", sys.executable, str(place)])
        run([uv, "pip", "install", "-q", "--python", str(python), requirement])
    else:
        run([sys.executable, "-m", "venv", str(place)])
        run([str(python), "-m", "pip", "install", "-q", requirement])
    return python


def install_javascript(version: str, folder: Path) -> Path:
    """Install this *version* of the JavaScript SDK; return the folder for programs that use it."""
    run([str(_CLIENTS / "install-js"), version, str(folder)])
    return folder


def install_npm(requirement: str, folder: Path) -> Path:
    """Install an npm package; return the folder for programs that use it."""
    (folder / "package.json").write_text('{ "private": true }')
    npm = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--save-exact"]
    run([*npm, "--prefix", str(folder), requirement])
    return folder


def run(command: list[str], **variables: str) -> str:
    """Run a program and return its stdout; if it fails, raise AssertionError with its stderr."""
    environment = os.environ | {"LANGSMITH_TRACING": "false"} | variables
    done = subprocess.run(command, env=environment, capture_output=True, timeout=300)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stderr.decode()}"
    return done.stdout.decode()  # `text=True` would change line ends.


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder shared by all workers of pytest-xdist."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def python_with(shared: Path) -> Callable[[str], Path]:
    """A function that installs a requirement in a new environment and returns its Python."""

    def python(requirement: str) -> Path:
        folder = make_once(_place(shared, requirement), partial(install_python, requirement))
        return folder / "environment" / "bin" / "python"

    return cache(python)


@pytest.fixture(scope="session")
def javascript_with(shared: Path) -> Callable[[str], Path]:
    """A function that installs a version of the JavaScript SDK; see `install_javascript`."""
    return cache(
        lambda version: make_once(
            _place(shared, f"javascript {version}"), partial(install_javascript, version)
        )
    )


@pytest.fixture(scope="session")
def npm_with(shared: Path) -> Callable[[str], Path]:
    """A function that installs an npm package; see `install_npm`."""
    return cache(
        lambda requirement: make_once(
            _place(shared, f"npm {requirement}"), partial(install_npm, requirement)
        )
    )


def _place(shared: Path, name: str) -> Path:
    return shared / "environments" / re.sub(r"[^\w.]+", "-", name)

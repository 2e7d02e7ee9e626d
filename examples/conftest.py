"""What the tests of all examples share: environments for client programs, each made once."""

import os
import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pytest
from environments import install_javascript, install_npm, install_python, make_once


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of pytest-xdist have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def python_with(shared: Path) -> Callable[[str], Path]:
    """Makes an environment with a requirement, and gives its Python."""

    def python(requirement: str) -> Path:
        folder = make_once(_place(shared, requirement), partial(install_python, requirement))
        return folder / "environment" / "bin" / "python"

    return cache(python)


@pytest.fixture(scope="session")
def javascript_with(shared: Path) -> Callable[[str], Path]:
    """Installs a version of the JavaScript SDK, and gives the folder that programs belong in."""
    return cache(
        lambda version: make_once(
            _place(shared, f"javascript {version}"), partial(install_javascript, version)
        )
    )


@pytest.fixture(scope="session")
def npm_with(shared: Path) -> Callable[[str], Path]:
    """Installs a package of npm, and gives the folder that programs belong in."""
    return cache(
        lambda requirement: make_once(
            _place(shared, f"npm {requirement}"), partial(install_npm, requirement)
        )
    )


def _place(shared: Path, name: str) -> Path:
    return shared / "environments" / re.sub(r"[^\w.]+", "-", name)

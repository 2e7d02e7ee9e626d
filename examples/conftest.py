"""What the tests of all examples share: environments for client programs, each made once."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from environments import install_javascript, install_npm, install_python


@pytest.fixture(scope="session")
def python_with(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes an environment with a requirement, and gives its Python."""
    return cache(lambda requirement: install_python(requirement, tmp_path_factory.mktemp("python")))


@pytest.fixture(scope="session")
def javascript_with(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Installs a version of the JavaScript SDK, and gives the folder that programs belong in."""
    return cache(lambda version: install_javascript(version, tmp_path_factory.mktemp("javascript")))


@pytest.fixture(scope="session")
def npm_with(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Installs a package of npm, and gives the folder that programs belong in."""
    return cache(lambda requirement: install_npm(requirement, tmp_path_factory.mktemp("npm")))

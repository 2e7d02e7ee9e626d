"""Names: the distribution, the packages and the options have the same name everywhere."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parents[2]
NAME = "graphtape"
READ = [
    CHECKOUT / "README.md",
    *sorted((CHECKOUT / "docs").glob("*.md")),
    *sorted(path for path in (CHECKOUT / "examples" / "ci").iterdir() if path.is_file()),
]
"""The files from which users copy commands."""
INSTALLED = re.compile(
    r"(?:pip install|--from|^deps =)\s+(?:--\S+\s+)*'?([\w.-]+)(?:\[(\w+)\])?", re.M
)


def project() -> dict[str, Any]:
    """Return the table `project` of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    return table


def installed(text: str) -> list[tuple[str, str]]:
    """Return the names and extras of distributions that commands in *text* install by name."""
    return [(name, extra) for name, extra in INSTALLED.findall(text) if name not in (".", "tox")]


def test_distribution_command_and_plugin_have_the_name() -> None:
    table = project()

    assert table["name"] == NAME
    assert table["scripts"] == {NAME: "graphtape_mock.cli.main:main"}
    assert table["entry-points"] == {"pytest11": {NAME: "graphtape_suites.plugin"}}


@pytest.mark.parametrize("path", READ, ids=lambda path: path.name)
def test_commands_for_users_install_this_distribution(path: Path) -> None:
    found = installed(path.read_text(encoding="utf-8"))

    assert {name for name, _ in found} <= {NAME}


def test_each_extra_in_commands_for_users_exists() -> None:
    named = {extra for path in READ for _, extra in installed(path.read_text(encoding="utf-8"))}

    assert named - {""} == {"pytest", "suites"} == project()["optional-dependencies"].keys()


def test_other_distributions_in_commands_are_found() -> None:
    text = "run: pip install 'other[suites]'\nuvx --from 'graphtape[suites]' pytest\ndeps = third\n"

    assert installed(text) == [("other", "suites"), (NAME, "suites"), ("third", "")]

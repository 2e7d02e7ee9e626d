"""The commands in the CI recipes have valid options and arguments."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from graphtape_mock.cli.drift import drift

RECIPES = sorted((Path(__file__).parents[1] / "ci").iterdir())
COMMAND = re.compile(r"^\s*(?:- run: )?((?:pytest|graphtape) (?:.*\\\n)*.*)$", re.MULTILINE)


def commands(program: str) -> list[list[str]]:
    """Return the arguments of each call of *program* in the recipes, with variables replaced."""
    found: list[list[str]] = []
    for recipe in RECIPES:
        for command in COMMAND.findall(recipe.read_text()):
            filled = re.sub(r"\{env:\w+\}|\$URL", "http://127.0.0.1:1", command)
            filled = re.sub(r"\{posargs:?([^}]*)\}", r"\1", filled)
            words = shlex.split(filled.replace("\\\n", " "))
            found += [words[1:]] if words[0] == program else []
    return found


@pytest.mark.parametrize("arguments", commands("graphtape"), ids=" ".join)
def test_drift_accepts_the_arguments(arguments: list[str]) -> None:
    name, *rest = arguments

    context = drift.make_context(name, rest)

    assert name == "drift"
    assert context.params["arguments"] == ("recordings", "http://127.0.0.1:1")


@pytest.fixture(scope="module")
def pytest_help() -> str:
    """The output of `pytest --help` with the plugin installed."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("arguments", commands("pytest"), ids=" ".join)
def test_pytest_accepts_the_options(arguments: list[str], pytest_help: str) -> None:
    options = [word.partition("=")[0] for word in arguments if word.startswith("--")]
    known = re.findall(r"--[a-z-]+", pytest_help)

    assert [option for option in options if option not in known] == []
    assert arguments[:2] == ["--pyargs", "graphtape_suites"]
    assert {"--graphtape-max-runs", "--graphtape-profile"} & {*options}


def test_each_recipe_runs_its_commands() -> None:
    assert [recipe.name for recipe in RECIPES] == ["drift.yml", "suites.yml", "tox.ini"]
    assert [len(commands(program)) for program in ("pytest", "graphtape")] == [2, 2]


@pytest.mark.parametrize("recipe", RECIPES, ids=[recipe.name for recipe in RECIPES])
def test_secrets_come_only_from_the_environment(recipe: Path) -> None:
    called = COMMAND.findall(recipe.read_text())

    assert not [command for command in called if "secrets." in command or "${{" in command]

"""`[tool.graphtape]` in pyproject.toml sets defaults for the options of the commands."""

from pathlib import Path

import click
import pytest
from facts import missing

from graphtape_mock.cli.configuration import BadConfiguration, defaults
from graphtape_mock.cli.drift import drift
from graphtape_mock.cli.main import run
from graphtape_mock.cli.record import record
from graphtape_mock.cli.serve import serve

COMMANDS: dict[str, click.Command] = {"drift": drift, "record": record, "serve": serve}


def configured(folder: Path, text: str) -> Path:
    file = folder / "pyproject.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_key_is_for_each_command_that_has_the_option(tmp_path: Path) -> None:
    file = configured(tmp_path, '[tool.graphtape]\nurl = "http://x"\ntimeout = 5\n')

    found = defaults(file, COMMANDS)

    assert found["record"] == {"url": "http://x", "timeout": 5}
    assert found["drift"] == {"configured_url": "http://x", "timeout": 5}
    assert found["serve"] == {}


def test_the_table_of_a_command_wins(tmp_path: Path) -> None:
    text = "[tool.graphtape]\ntimeout = 5\n[tool.graphtape.record]\ntimeout = 6\n"
    text += "[tool.graphtape.serve]\nmax-body = 7\n"

    found = defaults(configured(tmp_path, text), COMMANDS)

    assert found["record"]["timeout"] == 6
    assert found["drift"]["timeout"] == 5
    assert found["serve"] == {"max_body": 7}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("[tool.graphtape]\nsped = 1\n", ["tool.graphtape", "'sped'", "speed"]),
        ("[tool.graphtape.serve]\ntimeout = 1\n", ["tool.graphtape.serve", "'timeout'"]),
        ("[tool]\ngraphtape = 1\n", ["[tool.graphtape]", 1]),
        ("[tool.graphtape]\nserve = 1\n", ["[tool.graphtape.serve]", 1]),
        ("[tool.graphtape\n", ["pyproject.toml", "TOML"]),
    ],
)
def test_a_wrong_key_or_table_is_an_error_that_names_it(
    text: str, facts: list[str | int], tmp_path: Path
) -> None:
    with pytest.raises(BadConfiguration) as caught:
        defaults(configured(tmp_path, text), COMMANDS)

    assert missing(str(caught.value), facts) == []


@pytest.fixture(name="project")
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a setting; the working directory is one of its subfolders."""
    configured(tmp_path, '[tool.graphtape.rules]\ncontract = "0.1"\n')
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    return tmp_path


@pytest.mark.usefixtures("project")
def test_the_nearest_file_above_the_working_directory_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["rules"]) == 2
    assert missing(capsys.readouterr().err, ["'0.1'"]) == []


@pytest.mark.usefixtures("project")
def test_an_option_wins_over_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "--contract", "0.16"]) == 0
    assert "framing.utf8" in capsys.readouterr().out


def test_a_wrong_file_is_wrong_use(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configured(project, "[tool.graphtape]\nsped = 1\n")

    assert run(["rules"]) == 2
    assert missing(capsys.readouterr().err, ["'sped'", "speed"]) == []

"""The command line: imports, help, and exit codes."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from facts import missing

from graphtape_mock.cli import main as cli
from graphtape_mock.cli.options import cannot_read


def _ending(error: BaseException | None = None, result: object = None) -> click.Command:
    def work() -> object:
        if error is not None:
            raise error
        return result

    return click.Command("show", callback=work)


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Replace the command `show` by the command in the parameter."""
    monkeypatch.setattr("graphtape_mock.cli.show.show", request.param)


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out == f"graphtape {version('graphtape')}\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["-h"]) == 0

    printed = capsys.readouterr().out
    assert all(f"\n  {name} " in printed for name in cli.COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["shoo"], "'shoo'"),
        (["show"], "PATH"),
        (["show", "--fast", "x"], "--fast"),
    ],
)
def test_wrong_use_is_told(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.usefixtures("show")
@pytest.mark.parametrize(
    ("show", "code", "facts"),
    [
        (_ending(), 0, []),
        (_ending(result=1), 1, []),
        (_ending(click.ClickException("told")), 2, ["told\n"]),
        (_ending(KeyboardInterrupt()), 2, ["Ctrl-C"]),
        (_ending(LookupError("lost")), 3, ["LookupError: lost", "GRAPHTAPE_TRACEBACK=1"]),
    ],
    indirect=["show"],
)
def test_each_end_has_its_code(
    code: int, facts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["show"]) == code
    told = capsys.readouterr().err
    assert missing(told, facts) == []
    assert bool(told) == bool(facts)


@pytest.mark.usefixtures("show")
@pytest.mark.parametrize("show", [_ending(LookupError("lost"))], indirect=True)
def test_a_traceback_is_printed_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHTAPE_TRACEBACK", "1")

    with pytest.raises(LookupError):
        cli.run(["show"])


def test_the_process_ends_with_the_code() -> None:
    ended = subprocess.run([sys.executable, "-m", "graphtape_mock", "shoo"], capture_output=True)

    assert (ended.returncode, ended.stdout) == (2, b"")


def test_nothing_heavy_is_loaded_before_a_command_is_used() -> None:
    program = (
        "import sys, graphtape_mock.cli.main\n"
        "print([m for m in ('httpx', 'starlette', 'uvicorn', 'orjson', 'jsonschema')"
        " if m in sys.modules])"
    )

    assert subprocess.check_output([sys.executable, "-c", program]) == b"[]\n"


@pytest.mark.parametrize("command", sorted(cli.COMMANDS))
def test_each_command_has_an_example_and_a_summary_that_is_not_cut(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["--help"]) == 0
    listed = capsys.readouterr().out
    assert cli.run([command, "--help"]) == 0
    printed = capsys.readouterr().out

    assert "..." not in listed.partition("Commands:")[2]
    assert f"  graphtape {command}" in printed
    assert "RANGE" not in printed


def test_a_mistyped_command_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["serv"]) == 2
    assert missing(capsys.readouterr().err, ["'serv'", "serve"]) == []


def test_the_shell_completes_commands() -> None:
    command = [sys.executable, "-m", "graphtape_mock"]
    variables = {
        "_GRAPHTAPE_COMPLETE": "bash_complete",
        "COMP_WORDS": "graphtape s",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        command, env=os.environ | variables, capture_output=True, text=True, check=False
    )

    assert {"plain,serve", "plain,show"} <= set(done.stdout.split())


@pytest.mark.parametrize(("variable", "coloured"), [("", True), ("1", False)])
def test_colour_can_be_switched_off(
    variable: str, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", variable)
    seen: list[bool | None] = []

    def work() -> None:
        seen.append(click.get_current_context().color)

    monkeypatch.setattr("graphtape_mock.cli.show.show", click.Command("show", callback=work))
    cli.run(["show"])

    assert seen == [None if coloured else False]


def test_completion_behind_an_unknown_command_is_empty() -> None:
    command = [sys.executable, "-m", "graphtape_mock"]
    words = {"COMP_WORDS": "graphtape shoo ", "COMP_CWORD": "2"}
    environment = os.environ | words | {"_GRAPHTAPE_COMPLETE": "bash_complete"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.stderr == ""


def test_the_help_of_no_command_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    group = cli.graphtape

    assert group.get_command(click.Context(group), "shoo") is None
    assert cli.run(["shoo", "--help"]) == 2
    assert "'shoo'" in capsys.readouterr().err


def test_what_cannot_be_read_is_named_with_its_reason(tmp_path: Path) -> None:
    error = cannot_read(PermissionError(13, "Permission denied", "other"), tmp_path)

    assert error.message == "can't read other: Permission denied"

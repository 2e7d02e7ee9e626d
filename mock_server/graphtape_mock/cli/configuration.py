"""`[tool.graphtape]` in `pyproject.toml`: defaults for the options of the commands.

    [tool.graphtape]
    url = "https://my-deployment.example"   # for every command that has this option

    [tool.graphtape.serve]
    speed = 0                               # for this command only

Precedence, highest first: the command line, environment variables, `[tool.graphtape.COMMAND]`,
`[tool.graphtape]`, the defaults.
"""

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

import click

Defaults = dict[str, dict[str, Any]]
"""Values by command and by the parameter's name in Python."""

_NOT_CONFIGURABLE = frozenset(("help", "version"))


class BadConfiguration(click.ClickException):
    """An invalid `[tool.graphtape]`. The message names the file and the key."""


def read_table(file: Path) -> dict[str, Any]:
    """Return the table `[tool.graphtape]` of *file*, empty if it has none.

    Raises BadConfiguration for a file that is not TOML.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"{file}: expected TOML, got an error: {error}") from None
    tool: dict[str, Any] = content.get("tool", {})
    return _table(file, "tool.graphtape", tool.get("graphtape", {}))


def defaults(file: Path, commands: Mapping[str, click.Command]) -> Defaults:
    """Return the defaults in *file* for the options of *commands*, as click's `default_map`.

    Raises BadConfiguration for an unknown key; the message suggests similar ones.
    """
    table = read_table(file)
    names = {command: _names(found) for command, found in commands.items()}
    shared = {key: value for key, value in table.items() if key not in commands}
    every = {key for options in names.values() for key in options}
    _check(file, "tool.graphtape", shared, every | commands.keys())
    found: Defaults = {}
    for command, options in names.items():
        own = _table(file, f"tool.graphtape.{command}", table.get(command, {}))
        _check(file, f"tool.graphtape.{command}", own, options)
        values = {key: value for key, value in shared.items() if key in options} | own
        found[command] = {options[key]: value for key, value in values.items()}
    return found


def _names(command: click.Command) -> dict[str, str]:
    """Return the parameter names of *command* by key: `{"max-body": "max_body"}`."""
    names: dict[str, str] = {}
    for parameter in command.params:
        if isinstance(parameter, click.Argument) and parameter.name != "url":
            continue
        for option in parameter.opts:
            key = option.lstrip("-").replace("_", "-")
            if parameter.name and len(key) > 1 and key not in _NOT_CONFIGURABLE:
                names[key] = parameter.name
    return names


def _check(file: Path, where: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
    for key in given:
        if key not in known:
            near = get_close_matches(key, sorted(known), 3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise BadConfiguration(f"{file}: [{where}] has an unknown key {key!r}{hint}")


def _table(file: Path, where: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadConfiguration(f"{file}: expected a table [{where}], got {value!r}")
    return cast(dict[str, Any], value)

"""Options and arguments that several commands share."""

from collections.abc import Iterable
from pathlib import Path

import click

from graphtape_mock.console.text import escape
from graphtape_mock.recordings.recording_files import recording_files

URL_VARIABLE = "LANGGRAPH_API_URL"
"""The environment variable with the URL of the deployment."""

STDIN = Path("-")
"""The path that means standard input."""

layout = click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="text to read, json for programs, github for annotations in a GitHub workflow.",
)
"""The option `--format` for findings; the parameter is `layout`."""


def is_url(text: str) -> bool:
    """Return whether *text* is an HTTP URL, and not a path."""
    return text.startswith(("http://", "https://"))


def expand(paths: Iterable[Path]) -> list[Path]:
    """Return *paths* with each folder replaced by the recordings in it.

    Raises click.ClickException for a folder without recordings.
    """
    found: list[Path] = []
    for path in paths:
        if path == STDIN or not path.is_dir():
            found.append(path)
            continue
        files = recording_files([path])
        if not files:
            raise click.ClickException(
                escape(
                    f"expected recordings (*.jsonl) in {path}, found none; "
                    "create them with graphtape record -o FOLDER"
                )
            )
        found += files
    return found


def cannot_read(error: OSError, path: Path) -> click.ClickException:
    """Return the exception for an unreadable *path*, or for the file that *error* names."""
    reason = error.strerror or str(error)
    if isinstance(error, FileNotFoundError):
        reason = "there is no such file or folder"
    return click.ClickException(escape(f"can't read {error.filename or path}: {reason}"))

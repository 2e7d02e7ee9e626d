"""Options and arguments that several commands have, with the same words."""

from collections.abc import Iterable
from pathlib import Path

import click

from graphtape_mock.console.text import escape
from graphtape_mock.replay.library import recording_files

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
    help="For people, for programs, or annotations for a GitHub workflow.",
)
"""How findings are printed: `layout`."""


def is_url(text: str) -> bool:
    """Return whether *text* is a URL of a deployment, and not a path."""
    return text.startswith(("http://", "https://"))


def expand(paths: Iterable[Path]) -> list[Path]:
    """Return *paths*, with the recordings in it in place of each folder.

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
                    "graphtape record -o FOLDER makes them"
                )
            )
        found += files
    return found


def cannot_read(error: OSError, path: Path) -> click.ClickException:
    """Return the error of a command that cannot read *path*, or the file that *error* names."""
    reason = error.strerror or str(error)
    if isinstance(error, FileNotFoundError):
        reason = "there is no such file or folder"
    return click.ClickException(escape(f"can't read {error.filename or path}: {reason}"))

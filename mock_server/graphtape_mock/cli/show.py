"""`graphtape show`: prints recordings for people."""

import shutil
import sys
from pathlib import Path

import click

from graphtape_mock.cli.recording_text import render
from graphtape_mock.console.text import escape
from graphtape_mock.recordings.file import read
from graphtape_mock.recordings.recording import BrokenRecording

_PIPED_WIDTH = 100


@click.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--full", is_flag=True, help="Print data whole, not cut to one line of the terminal.")
def show(files: tuple[Path, ...], full: bool) -> None:
    """Print recordings: what was asked, what came when, and how it ended."""
    for number, file in enumerate(files):
        _print(file, full=full, first=number == 0)


def _print(file: Path, *, full: bool, first: bool) -> None:
    try:
        recording = read(file)
    except BrokenRecording as error:
        raise click.ClickException(escape(str(error))) from None
    except OSError as error:
        raise click.ClickException(escape(f"can't read {file}: {error.strerror}")) from None
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPED_WIDTH
    if not first:
        print()
    encoding = sys.stdout.encoding or "utf-8"
    for line in render(recording, str(file), None if full else width):
        print(line.encode(encoding, "backslashreplace").decode(encoding))

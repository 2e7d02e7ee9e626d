"""`graphtape show`: prints recordings."""

import shutil
import sys
from pathlib import Path

import click

from graphtape_mock.cli.options import STDIN, cannot_read, expand
from graphtape_mock.cli.recording_text import one_line, render
from graphtape_mock.console.text import escape
from graphtape_mock.recordings.file import parse, read
from graphtape_mock.recordings.recording import BrokenRecording, Recording

_PIPED_WIDTH = 100


@click.command(short_help="Print recordings.")
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--full", is_flag=True, help="Print all data, not cut to the width of the terminal.")
def show(paths: tuple[Path, ...], full: bool) -> None:
    """Print recordings: each request, its frames with their times, and how it ended.

    For a folder, print one line per recording: its name, assistant, input, stream modes and number
    of events. The path - means standard input.

    \b
    graphtape show recordings
    graphtape show recordings/agent.jsonl --full
    """
    first = True
    for path in paths:
        if path != STDIN and path.is_dir():
            for file in expand([path]):
                _print([one_line(_read(file))])
        else:
            if not first:
                click.echo()
            name = "standard input" if path == STDIN else str(path)
            _print([*render(_read(path), name, None if full else _width())])
        first = False


def _read(path: Path) -> Recording:
    try:
        if path == STDIN:
            return parse(sys.stdin.buffer.read(), "standard input", "stdin")
        return read(path)
    except BrokenRecording as error:
        raise click.ClickException(escape(str(error))) from None
    except OSError as error:
        raise cannot_read(error, path) from None


def _width() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPED_WIDTH


def _print(lines: list[str]) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        click.echo(line.encode(encoding, "backslashreplace").decode(encoding))

"""The command `graphtape`. Each subcommand is imported only when it is used."""

import os
import signal
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from graphtape_mock.cli.exit_code import GOOD, OUR_FAILURE, WRONG_USE

COMMANDS = {
    "drift": "graphtape_mock.cli.drift:drift",
    "record": "graphtape_mock.cli.record:record",
    "redact": "graphtape_mock.cli.redact:redact",
    "rules": "graphtape_mock.cli.rules:rules",
    "serve": "graphtape_mock.cli.serve:serve",
    "show": "graphtape_mock.cli.show:show",
    "verify": "graphtape_mock.cli.verify:verify",
}
"""Each subcommand as `module:function`."""

TRACEBACK_VARIABLE = "GRAPHTAPE_TRACEBACK"


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), function)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not ctx.resilient_parsing:
            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(COMMANDS)}"
            ctx.fail(f"no command is named {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            ctx.default_map = self._configured(ctx)
            result: object = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader, such as `head`, closed the pipe. Avoid a second error at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return GOOD
        return result

    def _configured(self, ctx: click.Context) -> dict[str, object]:
        """Return the defaults in `pyproject.toml`.

        Most projects have no defaults there, so no command is imported for them.
        """
        file = _nearest(Path.cwd(), "pyproject.toml")
        if file is None or b"tool.graphtape" not in _content(file):
            return {}
        from graphtape_mock.cli.configuration import defaults

        commands = {name: self.get_command(ctx, name) for name in COMMANDS}
        return {**defaults(file, {name: found for name, found in commands.items() if found})}


def _content(file: Path) -> bytes:
    """Return the bytes of *file*; empty if it is unreadable, as another project's file may be."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _nearest(folder: Path, name: str) -> Path | None:
    """Return the file *name* in *folder* or its nearest parent with such a file, or None."""
    candidates = (parent / name for parent in (folder, *folder.parents))
    return next((file for file in candidates if os.access(file, os.R_OK)), None)


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="graphtape", message="graphtape %(version)s")
def graphtape() -> None:
    """Record stateless runs of a LangGraph deployment, replay them, and check them.

    \b
    graphtape serve                                   replay the bundled recordings
    graphtape record URL --assistant agent --input '{}'
    graphtape serve recordings                        replay your own
    graphtape verify recordings                       check them against the contract
    graphtape drift recordings URL                    has the deployment changed?

    Defaults for options can be set in pyproject.toml, under [tool.graphtape] or
    [tool.graphtape.COMMAND]. For shell completion, add this line to your shell's start-up file:

    \b
    eval "$(_GRAPHTAPE_COMPLETE=bash_source graphtape)"     or zsh_source, fish_source
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line *arguments*, by default those of the process; return the exit code."""
    colour = False if os.environ.get("NO_COLOR") else None  # None means: only on a terminal.
    try:
        result: object = graphtape.main(arguments, "graphtape", standalone_mode=False, color=colour)
    except click.ClickException as error:
        error.show()
        return WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped by Ctrl-C", err=True)
        return WRONG_USE
    except Exception as error:
        if os.environ.get(TRACEBACK_VARIABLE):
            raise
        click.echo(
            f"Error: graphtape failed: {type(error).__name__}: {error}\n"
            f"This is a bug in graphtape; {TRACEBACK_VARIABLE}=1 prints the traceback.",
            err=True,
        )
        return OUR_FAILURE
    return result if isinstance(result, int) else GOOD


def main() -> NoReturn:
    """Run the command line of the process and exit. SIGTERM acts like Ctrl-C."""
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(run())


def _interrupt(number: int, frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)

"""The command `graphtape`: its subcommands are loaded when they are used.

Exit codes: 0 good; 1 findings; 2 wrong use, or nothing to work on; 3 a failure of our own.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from graphtape_mock.cli.exit_code import GOOD, OUR_FAILURE, WRONG_USE

COMMANDS = {
    "drift": "graphtape_mock.cli.drift:drift",
    "record": "graphtape_mock.cli.record:record",
    "rules": "graphtape_mock.cli.rules:rules",
    "serve": "graphtape_mock.cli.serve:serve",
    "show": "graphtape_mock.cli.show:show",
    "verify": "graphtape_mock.cli.verify:verify",
}
"""Where each subcommand is: `module:function`."""

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

    def invoke(self, ctx: click.Context) -> object:
        try:
            result: object = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader, `head` for example, has enough. Nothing is left to be flushed at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return GOOD
        return result


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="graphtape", message="graphtape %(version)s")
def graphtape() -> None:
    """Stand in for a LangGraph deployment: record stateless runs, serve them again, judge them."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line *arguments*, by default those of the process; return the exit code."""
    try:
        result: object = graphtape.main(arguments, "graphtape", standalone_mode=False)
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
            f"graphtape failed: {type(error).__name__}: {error}\n"
            f"This is a bug in graphtape; with {TRACEBACK_VARIABLE}=1 it prints where.",
            err=True,
        )
        return OUR_FAILURE
    return result if isinstance(result, int) else GOOD


def main() -> NoReturn:
    """Run the command line of the process and exit."""
    sys.exit(run())

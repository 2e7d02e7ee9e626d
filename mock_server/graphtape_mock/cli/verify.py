"""`graphtape verify`: judges recordings and transcripts by the contract, offline."""

from collections.abc import Callable, Iterable
from pathlib import Path

import click

from graphtape_contracts import Request
from graphtape_contracts.catalogue import UnknownVersion, select_rules, versions
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level
from graphtape_mock.cli import options
from graphtape_mock.cli.exit_code import FINDINGS, GOOD, WRONG_USE
from graphtape_mock.console.text import escape
from graphtape_mock.recordings.recording import BrokenRecording
from graphtape_mock.verify import report
from graphtape_mock.verify.judgement import Judgement, JudgementOptions, judge_file
from graphtape_mock.verify.transcript import BrokenTranscript

_LEVELS = {level.lower(): level for level in Level}


def _read_request(_: click.Context, __: click.Parameter, text: str | None) -> Request | None:
    """Return the request that *text* describes: method, path, body."""
    if text is None:
        return None
    method, path, body = [*text.split(None, 2), "", "", ""][:3]
    if not method.isupper() or not path.startswith("/"):
        raise click.BadParameter(
            f"expected a method, a path and perhaps a body, as in 'POST /runs/stream {{...}}', "
            f"got {text!r}"
        )
    return Request(method, path, (), body.encode())


@click.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--level",
    type=click.Choice(list(_LEVELS)),
    default="should",
    show_default=True,
    help="Judge by the promises that bind at least so much.",
)
@click.option(
    "--dialect",
    type=click.Choice([dialect.value for dialect in Dialect]),
    help="The kind of server that answered; by default it is detected.",
)
@click.option(
    "--contract",
    metavar="VERSION",
    help=f"Judge by this version of the contract: {', '.join(versions())}. By default the newest.",
)
@click.option(
    "--deterministic",
    is_flag=True,
    help="The same request gets the same answer every time: compare the answers.",
)
@click.option(
    "--request",
    metavar="REQUEST",
    callback=_read_request,
    help="What the transcripts answer, as in 'POST /runs/stream {...}': with the body it is judged "
    "whether they show what was asked for.",
)
@click.option(
    "--stopped", is_flag=True, help="The transcripts end where somebody interrupted curl."
)
@options.layout
def verify(
    files: tuple[Path, ...],
    level: str,
    dialect: str | None,
    contract: str | None,
    deterministic: bool,
    request: Request | None,
    stopped: bool,
    layout: str,
) -> int:
    """Judge recordings, and what `curl -i` printed, by the contract.

    The exit code is 0 where nothing is found, 1 where something is, 2 where a file can't be read.
    """
    try:
        rules = select_rules(contract, _LEVELS[level])
    except UnknownVersion as error:
        raise click.ClickException(str(error)) from None
    named = Dialect(dialect) if dialect else None
    judging = JudgementOptions(rules, named, deterministic, request, stopped)
    verdicts = [verdict for file in files if (verdict := _judge(file, judging, layout))]
    if layout == "json":
        click.echo(report.as_json(verdicts))
    elif layout == "text":
        click.echo(report.summary(verdicts, len(rules)))
    if len(verdicts) < len(files):
        return WRONG_USE
    return FINDINGS if any(verdict.remarks for verdict in verdicts) else GOOD


def _judge(file: Path, judging: JudgementOptions, layout: str) -> Judgement | None:
    """Return the verdict on *file*, told already if the *layout* is one of lines; None if broken.

    A file that can't be read keeps nobody from the verdicts on the others.
    """
    try:
        verdict = judge_file(file, judging)
    except (BrokenRecording, BrokenTranscript) as error:
        click.echo(escape(f"Error: {error}"), err=True)
        return None
    except OSError as error:
        click.echo(escape(f"Error: can't read {file}: {error.strerror}"), err=True)
        return None
    for line in _LINES[layout](verdict):
        click.echo(line)
    return verdict


_LINES: dict[str, Callable[[Judgement], Iterable[str]]] = {
    "text": report.text,
    "github": report.github,
    "json": lambda verdict: (),
}

"""`graphtape verify`: checks recordings and transcripts against the contract, offline."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from graphtape_contracts import Request
from graphtape_contracts.catalogue import UnknownVersion, select_rules, versions
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Absent
from graphtape_contracts.parsing.event import parse
from graphtape_mock.cli import options
from graphtape_mock.cli.exit_code import FINDINGS, GOOD, WRONG_USE
from graphtape_mock.console.text import escape
from graphtape_mock.recordings.recording import BrokenRecording
from graphtape_mock.verify import report
from graphtape_mock.verify.judgement import Judgement, JudgementOptions, judge_content, judge_file
from graphtape_mock.verify.transcript import BrokenTranscript

_LEVELS = {level.lower(): level for level in Level}


def _read_request(_: click.Context, __: click.Parameter, text: str | None) -> Request | None:
    """Return the request in *text*: method, path and an optional JSON body."""
    if text is None:
        return None
    method, path, body = [*text.split(None, 2), "", "", ""][:3]
    if not method.isupper() or not path.startswith("/"):
        raise click.BadParameter(
            "expected a method, a path and optionally a JSON body, as in "
            f"'POST /runs/stream {{...}}', got {text!r}"
        )
    if body and parse(body) is Absent.NOT_JSON:
        raise click.BadParameter(f"expected JSON after {method} {path}, got {body!r}")
    return Request(method, path, (), body.encode())


@click.command(short_help="Check recordings against the contract.")
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--level",
    type=click.Choice(list(_LEVELS)),
    default="should",
    show_default=True,
    help="Check rules of this level and stricter.",
)
@click.option(
    "--dialect",
    type=click.Choice([dialect.value for dialect in Dialect]),
    help="The kind of server that responded; detected by default.",
)
@click.option(
    "--contract",
    metavar="VERSION",
    help=f"The version of the contract: {', '.join(versions())}; the newest by default.",
)
@click.option(
    "--deterministic",
    is_flag=True,
    help="Require equal responses to equal requests: the deployment is deterministic.",
)
@click.option(
    "--request",
    metavar="REQUEST",
    callback=_read_request,
    help="The request of the transcripts, as in 'POST /runs/stream {...}'; with a body, the "
    "response is also checked against the fields of the request.",
)
@click.option(
    "--stopped", is_flag=True, help="The transcripts are incomplete: curl was interrupted."
)
@options.layout
def verify(
    paths: tuple[Path, ...],
    level: str,
    dialect: str | None,
    contract: str | None,
    deterministic: bool,
    request: Request | None,
    stopped: bool,
    layout: str,
) -> int:
    """Check recordings, and output of `curl -i`, against the contract.

    PATH is a file, a folder of recordings, or - for standard input. Exit codes: 0 no finding; 1
    findings; 2 wrong use, or a file that cannot be read or is incomplete.

    \b
    graphtape verify recordings
    curl -iN ... | graphtape verify - --request 'POST /runs/stream {"assistant_id": "agent"}'
    """
    try:
        rules = select_rules(contract, _LEVELS[level])
    except UnknownVersion as error:
        raise click.BadParameter(str(error), param_hint="--contract") from None
    named = Dialect(dialect) if dialect else None
    judging = JudgementOptions(rules, named, deterministic, request, stopped)
    files = options.expand(paths)
    judgements = [judged for file in files if (judged := _judge(file, judging, layout))]
    if layout == "json":
        click.echo(report.as_json(judgements))
    elif layout == "text" and judgements:
        click.echo(report.summary(judgements, len(rules)))
    if len(judgements) < len(files) or any(judged.cut for judged in judgements):
        return WRONG_USE
    return FINDINGS if any(judged.findings for judged in judgements) else GOOD


def _judge(file: Path, judging: JudgementOptions, layout: str) -> Judgement | None:
    """Judge *file*, print its findings unless *layout* is `json`, and return the judgement.

    If the file cannot be read, print the error and return None.
    """
    try:
        if file == options.STDIN:
            judged = judge_content(sys.stdin.buffer.read(), "standard input", "stdin", judging)
        else:
            judged = judge_file(file, judging)
    except (BrokenRecording, BrokenTranscript) as error:
        click.ClickException(escape(str(error))).show()
        return None
    except OSError as error:
        options.cannot_read(error, file).show()
        return None
    for line in _LINES[layout](judged):
        click.echo(line)
    return judged


_LINES: dict[str, Callable[[Judgement], Iterable[str]]] = {
    "text": report.text,
    "github": report.github,
    "json": lambda judged: (),
}

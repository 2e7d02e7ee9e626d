"""`graphtape drift`: asks a live deployment again what was recorded."""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from graphtape_contracts import Headers
from graphtape_mock.cli import options
from graphtape_mock.cli.exit_code import FINDINGS, GOOD
from graphtape_mock.console.progress import Progress
from graphtape_mock.console.text import escape
from graphtape_mock.deployment.budget import BudgetLimits, RunBudget, Spent
from graphtape_mock.deployment.client import DeploymentClient
from graphtape_mock.deployment.connection import DeploymentConnection, key_from, secrets_among
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.deployment.info import check_deployment
from graphtape_mock.drift import report
from graphtape_mock.drift.recording_drift import (
    RecordingDrift,
    drift_of_recording,
    requests_to_repeat,
)
from graphtape_mock.drift.requests import is_run
from graphtape_mock.drift.session import DriftSession, RepeatedResponses
from graphtape_mock.drift.severity import Severity
from graphtape_mock.drift.update import NotUpdated, update
from graphtape_mock.recordings.file import read
from graphtape_mock.recordings.recording import BrokenRecording, Recording
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.replay.library import recording_files

_FAIL_ON = {severity.value: severity for severity in (Severity.BREAKING, Severity.ADDITIVE)}


@click.command()
@click.argument(
    "paths", metavar="RECORDINGS...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.argument("url")
@click.option(
    "--fail-on",
    type=click.Choice(list(_FAIL_ON)),
    default="breaking",
    show_default=True,
    help="What makes the exit code 1: what breaks clients, or what is new as well.",
)
@click.option(
    "--repeat",
    default=1,
    show_default=True,
    metavar="N",
    type=click.IntRange(min=1),
    help="Make each run so many times, and tell what all the answers show: for agents that vary.",
)
@click.option(
    "--update", "updating", is_flag=True, help="Make recordings anew to which things were added."
)
@options.layout
@click.option(
    "--max-runs",
    default=50,
    show_default=True,
    metavar="N",
    type=click.IntRange(min=1),
    help="Make no more runs.",
)
@click.option(
    "--max-time",
    default=600.0,
    show_default=True,
    metavar="S",
    type=click.FloatRange(min=0, min_open=True),
    help="Take no more seconds.",
)
@click.option(
    "--concurrency",
    default=1,
    show_default=True,
    metavar="N",
    type=click.IntRange(min=1),
    help="Make so many runs at the same time.",
)
@options.header
@click.option(
    "--redact",
    multiple=True,
    metavar="NAME",
    help="Keep the value of this header or JSON key out of what is printed and written too.",
)
@options.timeout
def drift(
    paths: tuple[Path, ...],
    url: str,
    fail_on: str,
    repeat: int,
    updating: bool,
    layout: str,
    max_runs: int,
    max_time: float,
    concurrency: int,
    headers: Headers,
    redact: tuple[str, ...],
    timeout: float,
) -> int:
    """Ask the deployment at URL again what is in RECORDINGS, files or folders of them.

    Told is what changed in the structure of the answers, not in their text. The key is taken from
    LANGGRAPH_API_KEY, LANGSMITH_API_KEY or LANGCHAIN_API_KEY. Exit codes: 0 nothing drifted in a
    way that breaks clients; 1 something did, or not all was asked; 2 wrong use, or the deployment
    can't be reached.
    """
    recordings = _read(paths)
    try:
        with (
            DeploymentConnection(
                url, key=key_from(os.environ), headers=headers, timeout=timeout
            ) as upstream,
            TemporaryDirectory(prefix="graphtape-") as folder,
        ):
            secrets = (*upstream.secrets, *secrets_among(headers, Redactor(redact)))
            check_deployment(upstream)
            budget = BudgetLimits(max_runs, max_time, concurrency)
            run_budget = RunBudget(budget, Path(folder))
            asked = _ask(
                DeploymentClient(upstream, run_budget), recordings.values(), repeat, concurrency
            )
            spent = run_budget.spent
    except DeploymentError as error:
        raise click.ClickException(escape(str(error))) from None

    def say(line: str) -> None:
        click.echo(Redactor(redact, secrets).redact_text(line))

    def remark(line: str) -> None:
        click.echo(escape(Redactor(redact, secrets).redact_text(line)), err=True)

    verdicts = [
        drift_of_recording(file, recording, asked) for file, recording in recordings.items()
    ]
    _tell(verdicts, layout, spent, say)
    remark(report.spending(spent, budget))
    if asked.broken_off:
        raise click.ClickException(escape(asked.broken_off))
    for verdict in verdicts if updating else ():
        _update(verdict, upstream.url, Redactor(redact, secrets), remark)
    worst = _FAIL_ON[fail_on].rank
    drifted = any(found.severity.rank <= worst for v in verdicts for found in v.drifts)
    return FINDINGS if drifted or any(verdict.unasked for verdict in verdicts) else GOOD


def _read(paths: tuple[Path, ...]) -> dict[Path, Recording]:
    """Return the recordings among *paths*: all are read before anything is asked."""
    try:
        found = {file: read(file) for file in recording_files(paths)}
    except BrokenRecording as error:
        raise click.ClickException(escape(str(error))) from None
    except OSError as error:
        path = error.filename or error.args[0]
        reason = error.strerror or "there is no such file or folder"
        raise click.ClickException(escape(f"can't read {path}: {reason}")) from None
    if not found:
        listed = ", ".join(map(str, paths))
        raise click.ClickException(escape(f"expected recordings (*.jsonl), found none in {listed}"))
    return found


def _ask(
    client: DeploymentClient, recordings: Iterable[Recording], repeat: int, concurrency: int
) -> RepeatedResponses:
    asked = requests_to_repeat(recordings, repeat)
    runs = sum(is_run(question.request) for question in asked)
    progress = Progress(sys.stderr, live=sys.stderr.isatty(), total=runs, doing="asking")
    return DriftSession(client, progress, at_once=concurrency).ask(asked)


def _tell(
    verdicts: list[RecordingDrift], layout: str, spent: Spent, say: Callable[[str], None]
) -> None:
    if layout == "json":
        say(report.as_json(verdicts, spent))
        return
    for verdict in verdicts:
        for line in _LINES[layout](verdict):
            say(line)
    if layout == "text":
        say(report.summary(verdicts))


_LINES: dict[str, Callable[[RecordingDrift], Iterable[str]]] = {
    "text": report.text,
    "github": report.github,
}


def _update(
    verdict: RecordingDrift, url: str, redactor: Redactor, say: Callable[[str], None]
) -> None:
    """Make a recording anew if things were added to it, and say so on stderr."""
    try:
        if update(verdict, url, redactor):
            say(f"updated {verdict.file}")
    except NotUpdated as error:
        say(f"{verdict.file} stays as it is: {error}")
    except OSError as error:
        raise click.ClickException(
            escape(f"can't write {error.filename}: {error.strerror}; the recording is as it was")
        ) from None

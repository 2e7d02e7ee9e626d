"""`graphtape drift`: repeats recorded requests and reports what changed in the responses."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from graphtape_contracts import End
from graphtape_mock.cli import options
from graphtape_mock.cli.deployment_options import DeploymentOptions, deployment_options
from graphtape_mock.cli.exit_code import FINDINGS, GOOD
from graphtape_mock.console.progress import Progress
from graphtape_mock.console.text import escape
from graphtape_mock.deployment.budget import BudgetLimits, RunBudget, Spent
from graphtape_mock.deployment.client import DeploymentClient
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

_FAIL_ON = {severity.value: severity for severity in (Severity.BREAKING, Severity.ADDITIVE)}


@click.command(short_help="Repeat recorded requests; report what changed.")
@click.argument("arguments", metavar="RECORDINGS... [URL]", nargs=-1, required=True)
@click.option(
    "--url",
    "configured_url",
    hidden=True,
    envvar=options.URL_VARIABLE,
    help="The deployment, if the last argument is not a URL; for [tool.graphtape].",
)
@click.option(
    "--fail-on",
    type=click.Choice(list(_FAIL_ON)),
    default="breaking",
    show_default=True,
    help="Exit with 1 only for changes that break clients, or for additions, too.",
)
@click.option(
    "--repeat",
    default=1,
    show_default=True,
    metavar="N",
    type=click.IntRange(min=1),
    help="Make each run N times; report only changes in all N responses. For agents that vary.",
)
@click.option(
    "--update",
    "updating",
    is_flag=True,
    help="Re-record files whose only changes are additions.",
)
@options.layout
@click.option(
    "--max-runs",
    default=50,
    show_default=True,
    metavar="N",
    type=click.IntRange(min=1),
    help="Make at most N runs.",
)
@click.option(
    "--concurrency",
    default=1,
    show_default=True,
    metavar="N",
    type=click.IntRange(min=1),
    help="Make N runs at a time.",
)
@click.option(
    "--redact",
    multiple=True,
    metavar="NAME",
    help="Also redact the value of this header or JSON key in all output. Repeatable.",
)
@deployment_options(max_time=600.0)
def drift(
    deployment: DeploymentOptions,
    /,
    arguments: tuple[str, ...],
    configured_url: str | None,
    fail_on: str,
    repeat: int,
    updating: bool,
    layout: str,
    max_runs: int,
    concurrency: int,
    redact: tuple[str, ...],
) -> int:
    """Repeat the requests in RECORDINGS, files or folders, at the deployment URL.

    URL is LANGGRAPH_API_URL by default. The report lists changes in the structure of the responses,
    not in their wording. The API key is read from LANGGRAPH_API_KEY, LANGSMITH_API_KEY or
    LANGCHAIN_API_KEY. Exit codes: 0 no change (see --fail-on); 1 a change, or a request that was
    not repeated; 2 wrong use, an incomplete recording, or a deployment that cannot be reached.

    \b
    graphtape drift recordings https://my-deployment.example
    graphtape drift recordings/agent.jsonl --repeat 3 --fail-on additive
    """
    paths, url = _paths_and_url(arguments, configured_url)
    recordings = _read(paths)
    try:
        with (
            deployment.connect(url) as upstream,
            TemporaryDirectory(prefix="graphtape-") as folder,
        ):
            secrets = deployment.secrets(upstream, Redactor(redact))
            check_deployment(upstream)
            budget = BudgetLimits(max_runs, deployment.limits.seconds, concurrency)
            run_budget = RunBudget(budget, Path(folder), sleep=upstream.sleep)
            asked = _repeat_requests(
                DeploymentClient(upstream, run_budget), recordings.values(), repeat, concurrency
            )
            spent = run_budget.spent
    except DeploymentError as error:
        raise click.ClickException(escape(str(error))) from None

    def print_line(line: str) -> None:
        click.echo(Redactor(redact, secrets).redact_text(line))

    def print_note(line: str) -> None:
        click.echo(escape(Redactor(redact, secrets).redact_text(line)), err=True)

    verdicts = [
        drift_of_recording(file, recording, asked) for file, recording in recordings.items()
    ]
    _print_report(verdicts, layout, spent, print_line)
    print_note(report.spending(spent, budget))
    if asked.broken_off:
        raise click.ClickException(escape(asked.broken_off))
    for verdict in verdicts if updating else ():
        _update(verdict, upstream.url, Redactor(redact, secrets), print_note)
    worst = _FAIL_ON[fail_on].rank
    drifted = any(found.severity.rank <= worst for v in verdicts for found in v.drifts)
    return FINDINGS if drifted or any(verdict.unasked for verdict in verdicts) else GOOD


def _paths_and_url(arguments: tuple[str, ...], configured: str | None) -> tuple[list[Path], str]:
    """Return the paths and the URL in *arguments*; the URL is the last one, else *configured*."""
    *paths, last = arguments
    if any(map(options.is_url, paths)):
        raise click.UsageError("the URL must be last: graphtape drift RECORDINGS... URL")
    if not options.is_url(last):
        paths.append(last)
        last = configured or ""
    if not options.is_url(last):
        got = f", got {last!r}" if last else ""
        raise click.UsageError(
            f"missing URL: expected one that starts with http:// or https:// as the last argument "
            f"or in {options.URL_VARIABLE}{got}"
        )
    if not paths:
        raise click.UsageError("missing RECORDINGS: expected files or folders before the URL")
    return [Path(path) for path in paths], last


def _read(paths: list[Path]) -> dict[Path, Recording]:
    """Return the recordings in *paths* by file. Raises click.ClickException if one is unusable."""
    found: dict[Path, Recording] = {}
    for file in options.expand(paths):
        try:
            found[file] = read(file)
        except BrokenRecording as error:
            raise click.ClickException(escape(str(error))) from None
        except OSError as error:
            raise options.cannot_read(error, file) from None
        if any(run.end is not End.COMPLETE for run in found[file].runs):
            raise click.ClickException(
                escape(f"{file} is incomplete: record it again with graphtape record --force")
            )
    return found


def _repeat_requests(
    client: DeploymentClient, recordings: Iterable[Recording], repeat: int, concurrency: int
) -> RepeatedResponses:
    requests = requests_to_repeat(recordings, repeat)
    runs = sum(is_run(repeated.request) for repeated in requests)
    progress = Progress(sys.stderr, live=sys.stderr.isatty(), total=runs, doing="repeating")
    return DriftSession(client, progress, at_once=concurrency).ask(requests)


def _print_report(
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
    """Re-record a file whose only changes are additions; pass the outcome to *say*."""
    try:
        if update(verdict, url, redactor):
            say(f"updated {verdict.file}")
    except NotUpdated as error:
        say(f"{verdict.file} is unchanged: {error}")
    except OSError as error:
        raise click.ClickException(
            escape(f"can't write {error.filename}: {error.strerror}; the recording is unchanged")
        ) from None

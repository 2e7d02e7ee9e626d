"""`graphtape record`: records runs of a deployment."""

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from graphtape_contracts import End, Headers
from graphtape_mock.cli import options
from graphtape_mock.cli.exit_code import FINDINGS, GOOD, WRONG_USE
from graphtape_mock.console.progress import Progress
from graphtape_mock.console.text import escape
from graphtape_mock.deployment.connection import DeploymentConnection, key_from, secrets_among
from graphtape_mock.deployment.errors import DeploymentError, refused_key
from graphtape_mock.deployment.info import (
    DeploymentInfo,
    check_deployment,
    fetch_assistant_info,
)
from graphtape_mock.record.folder import NameTaken, RecordingFolder
from graphtape_mock.record.recorder import Recorder
from graphtape_mock.record.requests import (
    BadRecordingRequest,
    RecordingRequest,
    check_name,
    make_recording_request,
    make_recording_requests,
    read_json,
    read_text,
)
from graphtape_mock.record.run_writer import RecordedRunResult
from graphtape_mock.recordings.view import EVERYTHING, EXACT, View
from graphtape_mock.redaction.redactor import Redactor


@click.command(short_help="Record runs of a deployment.")
@click.argument("url", envvar=options.URL_VARIABLE)
@click.option(
    "--assistant",
    metavar="ID",
    help="A graph name or the UUID of an assistant. [required, unless each of --inputs has one]",
)
@click.option(
    "--input",
    "input_",
    metavar="JSON|@FILE",
    help="The input of the run. [required, unless --inputs is given, or --body has a command]",
)
@click.option(
    "--inputs",
    metavar="FILE",
    help='Several runs: a JSON array or JSON Lines of {"name", "assistant", "input", "body"}.',
)
@click.option(
    "--body", metavar="JSON|@FILE", help="Further fields of the request: context, config ..."
)
@click.option(
    "--exact",
    is_flag=True,
    help="Record every view, so that every response is byte-identical. For deterministic graphs.",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    default=Path("recordings"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder for new recordings.",
)
@click.option(
    "--name", metavar="NAME", help="The name of the recording; the graph's name by default."
)
@click.option("--note", default="", metavar="TEXT", help="A sentence to store in the recording.")
@options.header
@click.option(
    "--redact",
    multiple=True,
    metavar="NAME",
    help="Also redact the value of this header or JSON key in the file. Repeatable.",
)
@options.timeout
@click.option("--force", is_flag=True, help="Replace an existing recording.")
def record(
    url: str,
    assistant: str | None,
    input_: str | None,
    inputs: str | None,
    body: str | None,
    exact: bool,
    output: Path,
    name: str | None,
    note: str,
    headers: Headers,
    redact: tuple[str, ...],
    timeout: float,
    force: bool,
) -> int:
    """Record runs of the deployment at URL, by default LANGGRAPH_API_URL.

    The API key is read from LANGGRAPH_API_KEY, LANGSMITH_API_KEY or LANGCHAIN_API_KEY and is never
    written to a file. Exit codes: 0 everything was recorded; 1 the deployment refused a run; 2
    wrong use, a deployment that cannot be reached, or an incomplete run.

    \b
    graphtape record https://my-deployment.example --assistant agent --input '{"messages": []}'
    graphtape record http://127.0.0.1:2024 --inputs inputs.json -o tests/recordings
    """
    if not options.is_url(url):
        raise click.UsageError(f"URL: expected http:// or https://, got {url!r}")
    views = EXACT if exact else (EVERYTHING,)
    made: list[Path] = []
    try:
        jobs = _jobs(assistant, input_, inputs, body, name)
        with DeploymentConnection(
            url, key=key_from(os.environ), headers=headers, timeout=timeout
        ) as upstream:
            secrets = (*upstream.secrets, *secrets_among(headers, Redactor(redact)))
            folder = RecordingFolder(output, names=redact, secrets=secrets, force=force)
            folder.check(job.name for job in jobs)
            progress = Progress(sys.stderr, live=sys.stderr.isatty(), total=len(jobs) * len(views))
            session = _Session(
                upstream, folder, lambda: Redactor(redact, secrets), note, force, progress, made
            )
            return session.record(jobs, views)
    except (BadRecordingRequest, NameTaken, DeploymentError) as error:
        raise click.ClickException(escape(str(error))) from None
    except OSError as error:
        kept = f"; recorded before that: {', '.join(map(str, made))}" if made else ""
        where = error.filename or output
        raise click.ClickException(
            escape(f"--output: can't write {where}: {error.strerror}{kept}")
        ) from None
    except KeyboardInterrupt:
        raise click.ClickException(
            "stopped by Ctrl-C; each run whose response had begun is in its file"
        ) from None


@dataclass(frozen=True, slots=True)
class _Session:
    """Makes recordings of one deployment, one after the other."""

    upstream: DeploymentConnection
    folder: RecordingFolder
    redactor: Callable[[], Redactor]
    note: str
    replace: bool
    progress: Progress
    made: list[Path]
    """The files of all recordings begun so far."""

    def record(self, jobs: Sequence[RecordingRequest], views: Sequence[View]) -> int:
        """Record all *jobs*; return the exit code."""
        info = check_deployment(self.upstream)
        known: dict[str, DeploymentInfo] = {}
        code = GOOD
        good: list[Path] = []
        for job in jobs:
            if job.assistant not in known:
                known[job.assistant] = fetch_assistant_info(self.upstream, job.assistant, info)
                for note in known[job.assistant].notes:
                    self.progress.say(escape(f"note: {note}"))
            deployment_info = known[job.assistant]
            path = self.folder.path_for(job, deployment_info.title)
            self.made.append(path)
            runs = self._record_one(job, views, path, deployment_info)
            click.echo(escape(str(path)))
            code = max([code, *map(_code, runs)])
            if all(_code(run) == GOOD for run in runs):
                good.append(path)
            if runs[-1].end is End.STOPPED:
                break
        if good:
            served = good[0] if len(self.made) == 1 else good[0].parent
            self.progress.say(escape(f"replay with: graphtape serve {shlex.quote(str(served))}"))
        return code

    def _record_one(
        self,
        job: RecordingRequest,
        views: Sequence[View],
        path: Path,
        deployment_info: DeploymentInfo,
    ) -> list[RecordedRunResult]:
        recorder = Recorder(
            self.upstream, self.redactor(), path, deployment_info, self.note, self.replace
        )
        runs: list[RecordedRunResult] = []
        self.progress.start(path.stem)
        for run in recorder.record(job, views, self.progress.watch):
            self.progress.finish(run.events, run.seconds)
            if remark := _remark(run, path, self.upstream.url):
                self.progress.say(escape(remark))
            runs.append(run)
            if len(runs) < len(views):
                self.progress.start(path.stem)
        return runs


def _code(run: RecordedRunResult) -> int:
    if run.refused:
        return FINDINGS
    return GOOD if run.end is End.COMPLETE else WRONG_USE


def _remark(run: RecordedRunResult, path: Path, url: str) -> str:
    """Return a note about *run* for the user; empty if it succeeded."""
    if run.response.status in (401, 403):
        return f"{refused_key(url, run.response.status)}; recorded as it is"
    if run.refused:
        return f"refused with status {run.response.status} ({run.failure}); recorded as it is"
    if run.end is not End.COMPLETE:
        return (
            f"{run.reason}. The part before that is in {path}, marked as {run.end.value!r}; "
            "to replace it, run the command again with --force"
        )
    return f"the run failed ({run.failure}); recorded as it is" if run.failure else ""


def _jobs(
    assistant: str | None,
    input_: str | None,
    inputs: str | None,
    body: str | None,
    name: str | None,
) -> list[RecordingRequest]:
    if inputs is not None:
        for option, value in (("--input", input_), ("--body", body), ("--name", name)):
            if value is not None:
                raise click.UsageError(f"expected {option} or --inputs, got both")
        return make_recording_requests(read_text(inputs, "--inputs"), inputs, assistant)
    fields = {} if input_ is None else {"input": read_json(input_, "--input")}
    further: object = {} if body is None else read_json(body, "--body")
    chosen = None if name is None else check_name(name, "--name")
    return [make_recording_request(assistant, fields, further, chosen, "the command line")]

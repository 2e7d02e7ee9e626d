"""`graphtape record`: records runs of a deployment."""

import shlex
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from graphtape_contracts import End
from graphtape_mock.cli import options, redaction_options
from graphtape_mock.cli.deployment_options import DeploymentOptions, deployment_options
from graphtape_mock.cli.exit_code import FINDINGS, GOOD, WRONG_USE
from graphtape_mock.cli.redaction_options import RedactionOptions
from graphtape_mock.console.progress import Progress
from graphtape_mock.console.text import escape
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.errors import DeploymentError, refused_key
from graphtape_mock.deployment.info import (
    DeploymentInfo,
    check_deployment,
    fetch_assistant_info,
)
from graphtape_mock.record.draft_recording import Publication, abandoned_drafts, pick_up
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
from graphtape_mock.record.run_writer import CUT, RecordedRunResult
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
@redaction_options.redaction
@deployment_options(max_time=3600.0)
@click.option("--force", is_flag=True, help="Replace an existing recording.")
def record(
    deployment: DeploymentOptions,
    /,
    url: str,
    assistant: str | None,
    input_: str | None,
    inputs: str | None,
    body: str | None,
    exact: bool,
    output: Path,
    name: str | None,
    note: str,
    redaction: RedactionOptions,
    force: bool,
) -> int:
    """Record runs of the deployment at URL, by default LANGGRAPH_API_URL.

    The API key is read from LANGGRAPH_API_KEY, LANGSMITH_API_KEY or LANGCHAIN_API_KEY and is never
    written to a file. Exit codes: 0 everything was recorded; 1 a run was refused or had no events,
    or a recording may hold a secret and is hidden; 2 wrong use, a deployment that cannot be
    reached, or an incomplete run.

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
        with deployment.connect(url) as upstream:
            secrets = deployment.secrets(upstream, redaction.redactor())
            folder = RecordingFolder(
                output, redact_json=redaction.json_redactor(secrets), force=force
            )
            folder.check(job.name for job in jobs)
            progress = Progress(sys.stderr, live=sys.stderr.isatty(), total=len(jobs) * len(views))
            session = _Session(
                upstream,
                folder,
                lambda: redaction.redactor(secrets),
                redaction.allowed,
                note,
                force,
                progress,
                made,
            )
            session.pick_up_drafts(output)
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
    allowed: Collection[str]
    note: str
    replace: bool
    progress: Progress
    made: list[Path]
    """The files of the recordings so far."""

    def pick_up_drafts(self, output: Path) -> None:
        """Publish the drafts that recorders left in *output* when they were killed."""
        for draft in abandoned_drafts(output):
            if (kept := pick_up(draft, self.redactor())) is not None:
                self.progress.say(
                    escape(f"a recorder was killed; {_kept(kept, 'what it had recorded')}")
                )

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
            runs, published = self._record_one(job, views, path, deployment_info)
            click.echo(escape(str(published.path)))
            code = max([code, *map(_code, runs)])
            if published.secrets:
                code = max(code, FINDINGS)
            elif all(_code(run) == GOOD for run in runs):
                good.append(published.path)
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
    ) -> tuple[list[RecordedRunResult], Publication]:
        recorder = Recorder(
            self.upstream,
            self.redactor(),
            path,
            deployment_info,
            self.note,
            self.replace,
            self.allowed,
            on_retry=lambda seconds: self.progress.say(
                f"the deployment asks to come back in {seconds:g} s (--no-retry records that)"
            ),
        )
        runs: list[RecordedRunResult] = []
        self.progress.start(path.stem)
        try:
            for run in recorder.record(job, views, self.progress.watch):
                self.progress.finish(run.events, run.seconds)
                runs.append(run)
                if len(runs) < len(views):
                    self.progress.start(path.stem)
        finally:
            self.made.extend(published.path for published in recorder.publications)
        (published,) = recorder.publications
        if remark := _remark(runs[-1], published, self.upstream.url):
            self.progress.say(escape(remark))
        elif published.path != path:
            self.progress.say(escape(_kept(published, "the recording")))
        return runs, published


def _code(run: RecordedRunResult) -> int:
    if run.ending == CUT:
        return WRONG_USE
    return FINDINGS if run.ending else GOOD


def _remark(run: RecordedRunResult, published: Publication, url: str) -> str:
    """Return a message about a problem with *run*; empty if it went well."""
    status = run.response.status
    if status in (401, 403):
        return f"{refused_key(url, status)}; {_kept(published, 'the response')}"
    if run.refused:
        return f"refused with status {status} ({run.failure}); {_kept(published, 'the response')}"
    if run.ending == CUT:
        return (
            f"{run.reason}; {_kept(published, 'the part before that')}, marked as {run.end.value!r}"
        )
    if run.ending:
        media_type = run.response.header("content-type") or "no content type"
        reason = run.reason or f"got {run.events} events of {media_type} (status {status})"
        return f"expected an event stream: {reason}; {_kept(published, 'the response')}"
    return f"the run failed ({run.failure}); recorded as it is" if run.failure else ""


def _kept(published: Publication, thing: str) -> str:
    """Return a message: where *thing* was kept, and how to publish it if it may hold a secret."""
    if not published.secrets:
        return f"{thing} is in {published.path}"
    rules = sorted({secret.rule for secret in published.secrets})
    return (
        f"{thing} may hold a secret ({', '.join(map(str, published.secrets))}) and was kept hidden "
        f"in {published.path}. To publish it: graphtape redact "
        f"{shlex.quote(str(published.path))}, with --redact NAME or --redact-pattern REGEX for "
        f"what is secret, or with {' '.join(f'--allow-secret {rule}' for rule in rules)}"
    )


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

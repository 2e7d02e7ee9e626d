"""`graphtape redact`: replaces secrets in existing recordings."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from graphtape_mock.cli import options, redaction_options
from graphtape_mock.cli.exit_code import FINDINGS, GOOD
from graphtape_mock.cli.redaction_options import RedactionOptions
from graphtape_mock.console.text import count, escape
from graphtape_mock.deployment.errors import BadHeader
from graphtape_mock.deployment.headers import headers_from, key_from, secrets_among
from graphtape_mock.record.draft_recording import abandoned_drafts, pick_up
from graphtape_mock.record.redact_file import RedactedFile, redact_file
from graphtape_mock.recordings.hidden_folder import HIDDEN
from graphtape_mock.recordings.recording import SUFFIX, BrokenRecording
from graphtape_mock.recordings.recording_files import recording_files
from graphtape_mock.redaction.redactor import Redactor


@click.command(short_help="Replace secrets in recordings.")
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@redaction_options.redaction
def redact(paths: tuple[Path, ...], redaction: RedactionOptions) -> int:
    """Replace the secrets in recordings by placeholders, and publish those that were kept hidden.

    PATH is a recording or a folder of them. A file without secrets is left unchanged. The key in
    LANGGRAPH_API_KEY, LANGSMITH_API_KEY or LANGCHAIN_API_KEY and the headers in GRAPHTAPE_HEADERS
    are secrets, too. Exit codes: 0 no secret is left; 1 the last scan still finds one; 2 wrong use,
    or a file that is no recording.

    \b
    graphtape redact recordings
    graphtape redact recordings/agent.jsonl --redact customer_id --redact-pattern 'CUST-[0-9]+'
    """
    key = key_from(os.environ)
    try:
        headers = headers_from(os.environ)
    except BadHeader as error:
        raise click.UsageError(str(error)) from None
    secrets = (*((key,) if key else ()), *secrets_among(headers, redaction.redactor()))
    code = GOOD
    for path in paths:
        try:
            for file in _files(path, lambda: redaction.redactor(secrets)):
                redacted = redact_file(file, redaction.redactor(secrets), redaction.allowed)
                click.echo(escape(_line(file, redacted)))
                code = max(code, FINDINGS if redacted.publication.secrets else GOOD)
        except BrokenRecording as error:
            raise click.ClickException(escape(str(error))) from None
        except OSError as error:
            raise options.cannot_read(error, path) from None
    return code


def _files(path: Path, redactor: Callable[[], Redactor]) -> Iterator[Path]:
    """Yield *path*; if it is a folder, yield the recordings in it, the hidden ones first."""
    if not path.is_dir():
        yield path
        return
    for draft in abandoned_drafts(path):
        pick_up(draft, redactor())
    hidden = sorted((path / HIDDEN).glob(f"*{SUFFIX}"))
    yield from hidden
    yield from recording_files([path]) if hidden else options.expand([path])


def _line(file: Path, redacted: RedactedFile) -> str:
    published = redacted.publication
    done = f"{count(redacted.replaced, 'secret')} replaced"
    if published.path != file:
        done += f", published as {published.path}"
    if published.secrets:
        done += f"; still found: {', '.join(map(str, published.secrets))}"
    return f"{file}: {done}"

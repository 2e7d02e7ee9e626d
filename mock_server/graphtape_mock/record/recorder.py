"""Records runs of a deployment, writing each frame to the file as it arrives."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from graphtape_contracts import End, Request
from graphtape_mock.deployment.body import ResponseBody
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.info import DeploymentInfo
from graphtape_mock.record.requests import RecordingRequest
from graphtape_mock.record.run_writer import RecordedRunResult, RunWriter, Watch
from graphtape_mock.recordings.file import RecordingWriter
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.recordings.view import View
from graphtape_mock.redaction.redactor import Redactor


@dataclass(slots=True)
class Recorder:
    """Records the runs of one request in one file, which is created with the first response."""

    upstream: DeploymentConnection
    redactor: Redactor
    path: Path
    deployment_info: DeploymentInfo
    note: str = ""
    replace: bool = False
    """Whether to replace an existing file."""
    _writer: RecordingWriter | None = field(default=None, init=False)
    _open: ExitStack = field(default_factory=ExitStack, init=False)

    def record(
        self, request: RecordingRequest, views: Sequence[View], watch: Watch
    ) -> Iterator[RecordedRunResult]:
        """Make one run for each of *views*; yield the result of each once it is in the file.

        Stops after a run that is refused or incomplete. Raises DeploymentError if no response
        comes, OSError if the file can't be written, KeyboardInterrupt for a Ctrl-C before the
        response.
        """
        with self._open:
            for view in views:
                run = self._record_run(request.request(view), watch)
                yield run
                if run.refused or run.end is not End.COMPLETE:
                    return

    def _record_run(self, request: Request, watch: Watch) -> RecordedRunResult:
        sent = self.redactor.redact(request.body)  # First, so that its secrets are numbered first.
        redacted = Request(request.method, request.path, request.headers, sent)
        with self.upstream.open(request) as response:
            self.upstream.refuse_redirect(response.response)
            body = ResponseBody(request, response)
            return RunWriter(
                redacted, response.response, body, self.redactor, self._open_file
            ).write(watch)

    def _open_file(self) -> RecordingWriter:
        """Return the writer; the first call creates the file and describes the deployment in it."""
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            described = [self.redactor.redact_exchange(e) for e in self.deployment_info.exchanges]
            server = {"url": self.upstream.url} | object_in(described[0].body)
            note = self.redactor.redact_text(self.note)
            self._writer = self._open.enter_context(
                RecordingWriter(self.path, server=server, note=note, replace=self.replace)
            )
            for exchange in described:
                self._writer.add_exchange(exchange)
        return self._writer

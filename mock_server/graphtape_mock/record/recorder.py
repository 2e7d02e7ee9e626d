"""Records runs of a deployment. Each frame is written to a draft as soon as it arrives."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graphtape_contracts import Request
from graphtape_mock.deployment.body import ResponseBody
from graphtape_mock.deployment.connection import DeploymentConnection, no_notice
from graphtape_mock.deployment.info import DeploymentInfo
from graphtape_mock.record.draft_recording import DraftRecording, Publication
from graphtape_mock.record.requests import RecordingRequest
from graphtape_mock.record.run_writer import CUT, RecordedRunResult, RunWriter, Watch
from graphtape_mock.recordings.file import RecordingWriter
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.recordings.view import View
from graphtape_mock.redaction.exchange import redact_exchange
from graphtape_mock.redaction.redactor import Redactor


@dataclass(slots=True)
class Recorder:
    """Records the runs of one request in one file, which is published after it was redacted."""

    upstream: DeploymentConnection
    redactor: Redactor
    path: Path
    deployment_info: DeploymentInfo
    note: str = ""
    replace: bool = False
    """Whether to replace an existing file."""
    allowed: Collection[str] = ()
    """The rules whose findings do not keep the file hidden."""
    hide_failures: bool = False
    """Whether an incomplete recording stays in the hidden folder."""
    on_retry: Callable[[float], object] = no_notice
    """Called with the seconds to wait before a request is sent again."""
    publications: list[Publication] = field(default_factory=list[Publication], init=False)
    """The published file, once `record` has ended; empty if no response came."""

    def record(
        self, request: RecordingRequest, views: Sequence[View], watch: Watch
    ) -> Iterator[RecordedRunResult]:
        """Make one run for each of *views*; yield each result once it is in the draft.

        A cut, refused or unexpected response is the last. Raises DeploymentError if no response
        came, OSError if the file can't be written, KeyboardInterrupt if the user stopped before a
        response began. The runs before such an error are published as a cut recording.
        """
        # The request is redacted first, so that its secrets get the first placeholders.
        self.redactor.redact(request.request(views[0]).body)
        results: list[RecordedRunResult] = []
        with DraftRecording(self.path, replace=self.replace) as draft:
            try:
                with self._writer(draft) as writer:
                    for view in views:
                        results.append(self._record_run(request.request(view), writer, watch))
                        yield results[-1]
                        if results[-1].ending:
                            return
            finally:
                if results:
                    is_whole = len(results) == len(views) and not results[-1].ending
                    ending = "" if is_whole else results[-1].ending or CUT
                    published = draft.publish(
                        self.redactor,
                        ending=ending,
                        allowed=self.allowed,
                        hidden=bool(ending) and self.hide_failures,
                    )
                    self.publications.append(published)

    def _writer(self, draft: DraftRecording) -> RecordingWriter:
        """Return a writer for *draft*, which starts with the description of the deployment."""
        described = [redact_exchange(e, self.redactor) for e in self.deployment_info.exchanges]
        server = {"url": self.upstream.url} | object_in(described[0].body)
        note = self.redactor.redact_text(self.note)
        writer = RecordingWriter(draft.path, server=server, note=note, mode=0o600)
        for exchange in described:
            writer.add_exchange(exchange)
        return writer

    def _record_run(
        self, request: Request, writer: RecordingWriter, watch: Watch
    ) -> RecordedRunResult:
        sent = self.redactor.redact(request.body)
        kept = Request(request.method, request.path, request.headers, sent)
        with self.upstream.open_retrying(request, self.on_retry) as response:
            self.upstream.refuse_redirect(response.response)
            body = ResponseBody(request, response)
            return RunWriter(kept, response.response, body, self.redactor, writer).write(watch)

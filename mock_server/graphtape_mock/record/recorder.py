"""Records runs of a deployment: each frame is in a draft as soon as it has arrived."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graphtape_contracts import Request
from graphtape_mock.deployment.body import ResponseBody
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.info import DeploymentInfo
from graphtape_mock.record.draft_recording import DraftRecording, Publication
from graphtape_mock.record.requests import RecordingRequest
from graphtape_mock.record.run_writer import CUT, RecordedRunResult, RunWriter, Watch
from graphtape_mock.recordings.file import RecordingWriter
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.recordings.view import View
from graphtape_mock.redaction.exchange import redact_exchange
from graphtape_mock.redaction.redactor import Redactor


def _ignore(seconds: float) -> None:
    pass


@dataclass(slots=True)
class Recorder:
    """Records the runs of one request in one file, which appears when it is whole and clean."""

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
    """Whether a recording that is not whole stays in the hidden folder."""
    on_retry: Callable[[float], object] = _ignore
    """Called with the seconds to wait before a request is sent again."""
    publication: Publication | None = field(default=None, init=False)
    """The file, once all runs are recorded; None where no response came."""

    def record(
        self, request: RecordingRequest, views: Sequence[View], watch: Watch
    ) -> Iterator[RecordedRunResult]:
        """Make one run for each of *views*; yield its result when it is in the draft.

        A run that is not what was asked is the last. Raises DeploymentError where no response came,
        OSError where the file can't be written, KeyboardInterrupt where the user stopped before
        there was a response. The runs before that are published as a recording that was cut.
        """
        # First, so that the secrets of the request have the first placeholders.
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
                    self.publication = draft.publish(
                        self.redactor,
                        ending=ending,
                        allowed=self.allowed,
                        hidden=bool(ending) and self.hide_failures,
                    )

    def _writer(self, draft: DraftRecording) -> RecordingWriter:
        """Return the writer of *draft*, with the description of the deployment in it."""
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

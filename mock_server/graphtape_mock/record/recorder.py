"""Records runs of a deployment: each frame is in the file as soon as it has arrived."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from graphtape_contracts import End, Exchange, Frame, Request, Response
from graphtape_mock.deployment.body import ResponseBody
from graphtape_mock.deployment.connection import DeploymentConnection, StreamedResponse
from graphtape_mock.deployment.info import DeploymentInfo
from graphtape_mock.record.interruption import interrupts_held
from graphtape_mock.record.requests import RecordingRequest
from graphtape_mock.recordings.file import RecordingWriter, line_end
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.recordings.view import View
from graphtape_mock.redaction.redactor import Redactor

Watch = Callable[[int, float], None]
"""Gets the number of events so far, and the seconds since the request."""


@dataclass(frozen=True, slots=True)
class RecordedRunResult:
    """The result of recording one run."""

    response: Response
    events: int
    seconds: float
    end: End
    reason: str = ""
    """Why the response is not whole; empty if it is."""
    failure: str = ""
    """The error in the response: of a refused request, or of a run that failed."""

    @property
    def refused(self) -> bool:
        """Whether the deployment did not start the run."""
        return self.response.status >= 400


@dataclass(slots=True)
class Recorder:
    """Records every run of one request in one file, created when the first response arrives."""

    upstream: DeploymentConnection
    redactor: Redactor
    path: Path
    deployment_info: DeploymentInfo
    note: str = ""
    replace: bool = False
    """Whether an existing file is replaced."""
    _writer: RecordingWriter | None = field(default=None, init=False)
    _open: ExitStack = field(default_factory=ExitStack, init=False)

    def record(
        self, job: RecordingRequest, views: Sequence[View], watch: Watch
    ) -> Iterator[RecordedRunResult]:
        """Make one run for each of *views*; yield its result when it is in the file.

        Stops after a run that was refused or is not whole. Raises DeploymentError if there is no
        response, OSError if the file cannot be written, KeyboardInterrupt if the user stopped
        before there was a response.
        """
        with self._open:
            for view in views:
                run = self._record_run(job.request(view), watch)
                yield run
                if run.refused or run.end is not End.COMPLETE:
                    return

    def _record_run(self, request: Request, watch: Watch) -> RecordedRunResult:
        sent = self.redactor.redact(request.body)  # First, so that it has the first placeholders.
        kept = Request(request.method, request.path, request.headers, sent)
        with self.upstream.open(request) as response:
            self.upstream.refuse_redirect(response.response)
            return _RecordedBody(kept, response, self.redactor, self._file, watch).read()

    def _file(self) -> RecordingWriter:
        """Return what writes the file, which begins with what the deployment says of itself."""
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.replace:
                self.path.unlink(missing_ok=True)
            around = [redact_exchange(e, self.redactor) for e in self.deployment_info.exchanges]
            server = {"url": self.upstream.url} | object_in(around[0].body)
            note = self.redactor.redact_text(self.note)
            self._writer = self._open.enter_context(
                RecordingWriter(self.path, server=server, note=note)
            )
            for exchange in around:
                self._writer.add_exchange(exchange)
        return self._writer


def redact_exchange(exchange: Exchange, redactor: Redactor) -> Exchange:
    """Return *exchange* without its secrets."""
    request, response = exchange.request, exchange.response
    body = redactor.redact(request.body)
    path = redactor.redact_text(request.path)
    stream = exchange.is_stream
    frames = (
        redactor.redact_frame(frame, stream=stream, first=number == 0)
        for number, frame in enumerate(exchange.frames)
    )
    return Exchange(
        Request(request.method, path, redactor.redact_headers(request.headers), body),
        Response(response.status, redactor.redact_headers(response.headers)),
        tuple(frames),
        exchange.end,
    )


class _RecordedBody:
    """Writes the body of one response into the file, as it arrives.

    An event stream is written frame by frame. Any other body becomes one frame, because a secret
    could lie across two pieces of it.
    """

    def __init__(
        self,
        request: Request,
        response: StreamedResponse,
        redactor: Redactor,
        open_writer: Callable[[], RecordingWriter],
        watch: Watch,
    ) -> None:
        """Write *response* to the redacted *request*, with the writer of *open_writer*."""
        self._request, self._redactor, self._watch = request, redactor, watch
        self._open_writer = open_writer
        self._body = ResponseBody(request, response)
        status, headers = response.response.status, response.response.headers
        self._head = Response(status, redactor.redact_headers(headers))
        self._other = bytearray()
        self._opened = False
        self._events = 0
        self._last: Frame | None = None

    def read(self) -> RecordedRunResult:
        """Write the whole body, however it ends; return what was recorded."""
        body = self._body
        try:
            self._watch(0, body.now())
            for chunk in body.chunks():
                with interrupts_held():
                    self._take(chunk)
        except KeyboardInterrupt:
            body.stop("stopped by Ctrl-C")
        with interrupts_held(forget=body.end is End.STOPPED):
            return self._finish()

    def _take(self, chunk: bytes) -> None:
        if self._body.is_stream:
            self._keep(self._body.frames_of(chunk))
        else:
            self._other += chunk

    def _finish(self) -> RecordedRunResult:
        body = self._body
        at = body.now()
        if body.is_stream:
            self._keep(body.tail())
        elif self._other:
            torn = body.end is not End.COMPLETE
            self._add(Frame(at, self._redactor.redact(bytes(self._other), torn=torn)))
        self._writer(()).close_exchange(at, body.end)
        return RecordedRunResult(
            self._head, self._events, at, body.end, body.reason, self._failure()
        )

    def _keep(self, frames: list[Frame]) -> None:
        for frame in frames:
            self._add(self._redactor.redact_frame(frame, stream=True, first=not self._opened))
            if frame.event is not None and not frame.torn:
                self._events += 1
            self._watch(self._events, frame.at)

    def _add(self, frame: Frame) -> None:
        self._writer((frame,)).add_frame(frame)
        self._last = frame

    def _writer(self, frames: tuple[Frame, ...]) -> RecordingWriter:
        """Return the writer, with the exchange open: its line ends are those of its *frames*."""
        writer = self._open_writer()
        if not self._opened:
            writer.open_exchange(self._request, self._head, line_end(frames))
            self._opened = True
        return writer

    def _failure(self) -> str:
        last = self._last
        if not self._body.is_stream:
            detail = object_in(last.raw if last is not None else None).get("detail")
            media_type = self._head.header("content-type") or "no content type"
            return detail if isinstance(detail, str) else f"a response of {media_type}, no events"
        if last is None or last.event != "error":
            return ""
        match object_in(last.data):
            case {"error": str(kind), "message": str(message)}:
                return f"{kind}: {message}"
            case _:
                return last.data or "an error without words"

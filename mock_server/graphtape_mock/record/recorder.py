"""Records runs of a live deployment: each frame is in the file as soon as it has arrived."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from graphtape_contracts import End, Exchange, Frame, Request, Response, sse
from graphtape_mock.deployment.connection import (
    DeploymentConnection,
    DeploymentError,
    DeploymentTimeout,
    StreamedResponse,
)
from graphtape_mock.deployment.info import DeploymentInfo
from graphtape_mock.record.interruption import interrupts_held
from graphtape_mock.record.requests import RecordingRequest
from graphtape_mock.recordings.file import RecordingWriter, line_end
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.recordings.view import View
from graphtape_mock.redaction.redactor import Redactor

Watch = Callable[[int, float], None]
"""Is told how many events there are, and after how many seconds."""


@dataclass(frozen=True, slots=True)
class RecordedRunResult:
    """What came of one recorded run."""

    response: Response
    events: int
    seconds: float
    end: End
    reason: str = ""
    """Why it did not end by itself."""
    failure: str = ""
    """What the deployment says went wrong: the refusal of the request, or the run's error."""

    @property
    def refused(self) -> bool:
        """Whether the deployment did not start the run."""
        return self.response.status >= 400


@dataclass(slots=True)
class Recorder:
    """Records the runs of one job in one file, which is made when the first answer is there."""

    upstream: DeploymentConnection
    redactor: Redactor
    path: Path
    deployment_info: DeploymentInfo
    note: str = ""
    replace: bool = False
    """Whether a file that is there already gives way."""
    _writer: RecordingWriter | None = field(default=None, init=False)
    _open: ExitStack = field(default_factory=ExitStack, init=False)

    def record(
        self, job: RecordingRequest, views: Sequence[View], watch: Watch
    ) -> Iterator[RecordedRunResult]:
        """Make one run for each of *views*; yield what came of it when it is in the file.

        A run that did not end by itself or was refused is the last. Raises DeploymentError where
        no answer came, OSError where the file can't be written, KeyboardInterrupt where the
        user stopped before there was an answer.
        """
        with self._open:
            for view in views:
                run = self._record_run(job.request(view), watch)
                yield run
                if run.refused or run.end is not End.COMPLETE:
                    return

    def _record_run(self, request: Request, watch: Watch) -> RecordedRunResult:
        body = self.redactor.redact(request.body)  # First, so that it has the first placeholders.
        kept = Request(request.method, request.path, request.headers, body)
        with self.upstream.open(request) as answer:
            self.upstream.refuse_redirect(answer.response)
            return _Body(answer, kept, self, watch).read()

    def writer(self) -> RecordingWriter:
        """Return what writes the file, with the surroundings in it."""
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


class _Body:
    """The body of one answer, on its way into the file.

    That of an event stream is kept frame by frame; any other is one frame, because a secret
    could lie across two pieces of it.
    """

    def __init__(
        self, answer: StreamedResponse, request: Request, recorder: Recorder, watch: Watch
    ) -> None:
        self._answer, self._request, self._recorder, self._watch = answer, request, recorder, watch
        self._head = Response(
            answer.response.status, recorder.redactor.redact_headers(answer.response.headers)
        )
        self._stream = Exchange(request, answer.response, ()).is_stream
        self._decoder = sse.Decoder()
        self._other = bytearray()
        self._opened = False
        self._events = 0
        self._last: Frame | None = None

    def read(self) -> RecordedRunResult:
        """Keep all there is until it ends, whatever ends it."""
        end, reason = End.COMPLETE, ""
        try:
            self._watch(0, self._answer.now())
            for chunk in self._answer.chunks():
                with interrupts_held():
                    self._take(chunk)
        except KeyboardInterrupt:
            end, reason = End.STOPPED, "stopped by Ctrl-C"
        except DeploymentTimeout as error:
            end, reason = End.STOPPED, str(error)
        except DeploymentError as error:
            end, reason = End.CUT, str(error)
        with interrupts_held(forget=end is End.STOPPED):
            return self._finish(end, reason)

    def _take(self, chunk: bytes) -> None:
        at = self._answer.now()
        if self._stream:
            self._keep(self._decoder.feed(chunk, at))
        else:
            self._other += chunk

    def _finish(self, end: End, reason: str) -> RecordedRunResult:
        at = self._answer.now()
        if self._stream:
            self._keep(self._decoder.close(at))
        elif self._other:
            torn = end is not End.COMPLETE
            raw = self._recorder.redactor.redact(bytes(self._other), torn=torn)
            self._add(Frame(at, raw))
        writer = self._writer(())
        writer.close_exchange(at, end)
        return RecordedRunResult(self._head, self._events, at, end, reason, self._failure())

    def _keep(self, frames: list[Frame]) -> None:
        for frame in frames:
            self._add(
                self._recorder.redactor.redact_frame(frame, stream=True, first=not self._opened)
            )
            if frame.event is not None and not frame.torn:
                self._events += 1
            self._watch(self._events, frame.at)

    def _add(self, frame: Frame) -> None:
        self._writer((frame,)).add_frame(frame)
        self._last = frame

    def _writer(self, frames: tuple[Frame, ...]) -> RecordingWriter:
        """Return the writer, with the exchange open: its line ends are those of its *frames*."""
        writer = self._recorder.writer()
        if not self._opened:
            writer.open_exchange(self._request, self._head, line_end(frames))
            self._opened = True
        return writer

    def _failure(self) -> str:
        last = self._last
        if not self._stream:
            detail = object_in(last.raw if last is not None else None).get("detail")
            media_type = self._head.header("content-type") or "no content type"
            return detail if isinstance(detail, str) else f"an answer of {media_type}, no events"
        if last is None or last.event != "error":
            return ""
        match object_in(last.data):
            case {"error": str(kind), "message": str(message)}:
                return f"{kind}: {message}"
            case _:
                return last.data or "an error without words"

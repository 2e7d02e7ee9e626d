"""Writes the response of one run into a recording while it arrives."""

from collections.abc import Callable
from dataclasses import dataclass

from graphtape_contracts import End, Frame, Request, Response
from graphtape_mock.deployment.body import ResponseBody
from graphtape_mock.record.interruption import interrupts_held
from graphtape_mock.recordings.file import RecordingWriter, line_end
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.redaction.split import LiveRedaction

CUT = "cut"
"""The ending of a run whose response is incomplete."""
REFUSED = "refused"
"""The ending of a run that the deployment did not start."""
UNEXPECTED = "unexpected"
"""The ending of a response without events: a page, an empty stream, an unknown encoding."""

Watch = Callable[[int, float], None]
"""Called with the number of events so far and the seconds since the request."""


@dataclass(frozen=True, slots=True)
class RecordedRunResult:
    """The result of one recorded run."""

    response: Response
    events: int
    seconds: float
    end: End
    reason: str = ""
    """Why the response is not complete, or can't be decoded."""
    failure: str = ""
    """The deployment's error: why it refused the request, or the error of the run."""

    is_stream: bool = True
    """Whether the body is an event stream."""

    @property
    def refused(self) -> bool:
        """Whether the deployment did not start the run."""
        return self.response.status >= 400

    @property
    def ending(self) -> str:
        """The word in a file's name for how the run differs from a complete run, or empty."""
        if self.refused:
            return REFUSED
        if self.end is not End.COMPLETE:
            return CUT
        return "" if self.is_stream and self.events and not self.reason else UNEXPECTED


class RunWriter:
    """Writes one response, redacted.

    An event stream is written frame by frame; any other body is written as one frame, because a
    secret could be split between two chunks.
    """

    def __init__(
        self,
        request: Request,
        response: Response,
        body: ResponseBody,
        redactor: Redactor,
        writer: RecordingWriter,
    ) -> None:
        """Write the *body* of the *response* to *request*; *request* is already redacted."""
        self._request, self._body = request, body
        self._redactor, self._writer = redactor, writer
        self._live = LiveRedaction(redactor)
        self._head = Response(response.status, redactor.redact_headers(response.headers))
        self._plain_body = bytearray()
        self._opened = False
        self._events = 0
        self._last: Frame | None = None

    def write(self, watch: Watch) -> RecordedRunResult:
        """Write the body until it ends; return the result. Ctrl-C ends the body as STOPPED."""
        body = self._body
        try:
            watch(0, body.now())
            for chunk in body.chunks():
                with interrupts_held():
                    self._write_chunk(chunk, watch)
        except KeyboardInterrupt:
            body.stop("stopped by Ctrl-C")
        with interrupts_held(forget=body.end is End.STOPPED):
            return self._finish(watch)

    def _write_chunk(self, chunk: bytes, watch: Watch) -> None:
        frames = self._body.frames_of(chunk)
        if self._body.is_stream:
            self._write_frames(frames, watch)
        else:
            self._plain_body += chunk

    def _finish(self, watch: Watch) -> RecordedRunResult:
        body, at = self._body, self._body.now()
        if body.is_stream:
            self._write_frames(body.tail(), watch)
            for redacted in self._live.close():
                self._write_frame(redacted)
        elif self._plain_body:
            torn = body.end is not End.COMPLETE
            self._write_frame(Frame(at, self._redactor.redact(bytes(self._plain_body), torn=torn)))
        self._open(())
        self._writer.close_exchange(at, body.end)
        return RecordedRunResult(
            self._head, self._events, at, body.end, body.reason, self._failure(), body.is_stream
        )

    def _write_frames(self, frames: list[Frame], watch: Watch) -> None:
        for frame in frames:
            for redacted in self._live.feed(frame):
                self._write_frame(redacted)
            if frame.event is not None and not frame.torn:
                self._events += 1
            watch(self._events, frame.at)

    def _write_frame(self, frame: Frame) -> None:
        self._open((frame,))
        self._writer.add_frame(frame)
        self._last = frame

    def _open(self, frames: tuple[Frame, ...]) -> None:
        """Open the exchange, unless it is open already, with the line ends of *frames*."""
        if not self._opened:
            self._writer.open_exchange(self._request, self._head, line_end(frames))
            self._opened = True

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
                return last.data or "an error without a message"

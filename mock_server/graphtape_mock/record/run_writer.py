"""Writes the response of one run into a recording while it arrives."""

from collections.abc import Callable
from dataclasses import dataclass

from graphtape_contracts import End, Frame, Request, Response
from graphtape_mock.deployment.body import ResponseBody
from graphtape_mock.record.interruption import interrupts_held
from graphtape_mock.recordings.file import RecordingWriter, line_end
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.redaction.redactor import Redactor

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
    """Why the response is not complete."""
    failure: str = ""
    """The deployment's error: why it refused the request, or the error of the run."""

    @property
    def refused(self) -> bool:
        """Whether the deployment did not start the run."""
        return self.response.status >= 400


class RunWriter:
    """Writes one response without its secrets.

    An event stream is written frame by frame; any other body is written as one frame, because a
    secret could be split between two chunks.
    """

    def __init__(
        self,
        request: Request,
        response: Response,
        body: ResponseBody,
        redactor: Redactor,
        open_file: Callable[[], RecordingWriter],
    ) -> None:
        """Write the *body* of the *response* to *request*; *request* is already redacted.

        *open_file* returns the writer of the recording. It is first called with the first frame,
        or at the end of an empty body.
        """
        self._request, self._body = request, body
        self._redactor, self._open_file = redactor, open_file
        self._head = Response(response.status, redactor.redact_headers(response.headers))
        self._plain_body = bytearray()
        self._opened = False
        self._events = 0
        self._last: Frame | None = None

    def write(self, watch: Watch) -> RecordedRunResult:
        """Write the body until it ends; return the result. After Ctrl-C its end is STOPPED."""
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
        elif self._plain_body:
            torn = body.end is not End.COMPLETE
            self._write_frame(Frame(at, self._redactor.redact(bytes(self._plain_body), torn=torn)))
        self._writer(()).close_exchange(at, body.end)
        return RecordedRunResult(
            self._head, self._events, at, body.end, body.reason, self._failure()
        )

    def _write_frames(self, frames: list[Frame], watch: Watch) -> None:
        for frame in frames:
            self._write_frame(
                self._redactor.redact_frame(frame, stream=True, first=not self._opened)
            )
            if frame.event is not None and not frame.torn:
                self._events += 1
            watch(self._events, frame.at)

    def _write_frame(self, frame: Frame) -> None:
        self._writer((frame,)).add_frame(frame)
        self._last = frame

    def _writer(self, frames: tuple[Frame, ...]) -> RecordingWriter:
        """Return the writer with the exchange open; its line ends are those of *frames*."""
        writer = self._open_file()
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
                return last.data or "an error without a message"

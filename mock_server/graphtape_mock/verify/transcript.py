"""Transcripts of `curl -i`: one or more heads and a body, but not the request."""

import re
from dataclasses import dataclass

from graphtape_contracts import End, Frame, Headers, Response, sse

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?: [^\r\n]*)?\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


class BrokenTranscript(ValueError):
    """A file that is not a transcript."""

    def __init__(self, path: str, expected: str, got: str) -> None:
        super().__init__(path, expected, got)
        self.path, self.expected, self.got = path, expected, got

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True, slots=True)
class Transcript:
    """A response whose request is not known."""

    response: Response
    frames: tuple[Frame, ...]
    """The blocks of an event stream, or any other body as one frame. All have the time 0.0."""
    end: End


def is_transcript(content: bytes) -> bool:
    """Return whether *content* starts as an HTTP response does."""
    return _STATUS_LINE.match(content) is not None


def parse(content: bytes, path: str, *, stopped: bool = False) -> Transcript:
    """Return the response in *content*; *path* is for messages.

    With *stopped*, the response counts as cut, because curl was interrupted; a transcript does not
    show that. If there are several heads (of `100 Continue`, a proxy or a redirect), the last one
    counts.

    Raises BrokenTranscript if *content* does not start with a status line, or a head has no end.
    """
    response, body = _head(content, path)
    while is_transcript(body):
        response, body = _head(body, path)
    if response.is_event_stream:
        frames = tuple(sse.decode(body))
    else:
        frames = (Frame(0.0, body),) if body else ()
    return Transcript(response, frames, End.STOPPED if stopped else End.COMPLETE)


def _head(content: bytes, path: str) -> tuple[Response, bytes]:
    status_line = _STATUS_LINE.match(content)
    if status_line is None:
        raise BrokenTranscript(
            path, 'a status line such as "HTTP/1.1 200 OK"', repr(content[:40])[1:]
        )
    # Search from the end of the status line, so that a head without fields is found, too.
    end = _HEAD_END.search(content, content.index(b"\n") - 1)
    if end is None:
        raise BrokenTranscript(path, "a blank line after the head", "the end of the file")
    lines = content[status_line.end() : end.start()].decode("latin-1").splitlines()
    return Response(int(status_line[1]), _fields(lines)), content[end.end() :]


def _fields(lines: list[str]) -> Headers:
    split = (line.partition(":") for line in lines)
    return tuple((name.strip().lower(), value.strip()) for name, _, value in split)

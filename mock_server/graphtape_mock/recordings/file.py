"""Reads recordings from files, and writes them frame by frame."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self, cast

import orjson

from graphtape_contracts import End, Exchange, Frame, Request, Response, sse
from graphtape_mock.recordings.draft import draft_of, publish
from graphtape_mock.recordings.line import (
    BadLine,
    Line,
    end_line,
    frame_line,
    read_end,
    read_frame,
    read_request,
    read_summary,
    request_line,
    summary_line,
)
from graphtape_mock.recordings.recording import FORMAT, SUFFIX, BrokenRecording, Recording


def read(path: Path, name: str | None = None) -> Recording:
    """Return the recording in the file *path*; its name is *name*, by default that of the file.

    An incomplete last line, left by a writer that was killed, is ignored; its exchange ends as
    `End.UNKNOWN`.

    Raises BrokenRecording if the file is not a recording, OSError if it can't be read.
    """
    return parse(path.read_bytes(), str(path), name or path.name.removesuffix(SUFFIX))


def parse(content: bytes, path: str, name: str) -> Recording:
    """Return the recording with this *content*; *path* is for messages. See `read`."""
    lines = _lines(content, path)
    number, head = next(lines, (1, None))
    if head is None or "graphtape" not in head:
        raise BrokenRecording(path, number, 'a first line with "graphtape"', _got(head))
    if head["graphtape"] is True or head["graphtape"] != FORMAT:
        raise BrokenRecording(
            path,
            number,
            f"format {FORMAT}",
            f"format {head['graphtape']!r}: is graphtape too old?",
        )
    server = head.get("server", {})
    if not isinstance(server, dict):
        raise BrokenRecording(path, number, '"server" as an object', _got(server))
    texts = {key: head.get(key, "") for key in ("recorded_at", "note")}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise BrokenRecording(path, number, f'"{key}" as text', _got(value))
    summary: Line = {}
    exchanges = list(_exchanges(lines, path, summary))
    return Recording(
        name,
        tuple(exchange for _, exchange in exchanges),
        server=cast(dict[str, Any], server),
        redacted=tuple(summary.get("redacted", ())),
        kept=tuple(summary.get("kept", ())),
        lines=tuple(line for line, _ in exchanges),
        **texts,
    )


def _got(value: object) -> str:
    return "nothing" if value is None else BadLine("", value).got


def _lines(content: bytes, path: str) -> Iterator[tuple[int, Line]]:
    texts = content.split(b"\n")
    for number, text in enumerate(texts, 1):
        last = number == len(texts)
        try:
            line = orjson.loads(text)
        except ValueError as error:
            if last and number > 1:
                return  # The last line is empty, or it was torn by a killed writer.
            got = repr(text[:60].decode(errors="replace"))
            raise BrokenRecording(path, number, "a JSON object", f"{got} ({error})") from None
        if not isinstance(line, dict):
            raise BrokenRecording(path, number, "a JSON object", _got(line))
        yield number, cast(Line, line)


def _exchanges(
    lines: Iterator[tuple[int, Line]], path: str, summary: Line
) -> Iterator[tuple[int, Exchange]]:
    """Yield pairs: the number of the line that opens an exchange, and the exchange.

    *summary* is updated with the line about what was redacted.
    """
    opened: Exchange | None = None
    opened_at = 0
    eol: sse.Eol = "\r\n"
    frames: list[Frame] = []
    for number, line in lines:
        try:
            if "exchange" in line:
                if opened is not None:
                    yield opened_at, _closed(opened, frames, End.UNKNOWN)
                opened_at = number
                request, response, eol = read_request(line)
                opened, frames = Exchange(request, response, ()), []
            elif opened is None and "redacted" in line:
                summary |= read_summary(line)
            elif opened is None:
                raise BadLine('a line with "exchange"', line)
            elif "end" in line:
                yield opened_at, _closed(opened, frames, read_end(line))
                opened = None
            else:
                stream = opened.is_stream
                frames.append(read_frame(line, eol, stream=stream, first=not frames))
        except BadLine as error:
            raise BrokenRecording(path, number, error.expected, error.got) from None
    if opened is not None:
        yield opened_at, _closed(opened, frames, End.UNKNOWN)


def _closed(opened: Exchange, frames: list[Frame], end: End) -> Exchange:
    return Exchange(opened.request, opened.response, tuple(frames), end)


class RecordingWriter:
    """Writes a recording to a file, line by line and unbuffered.

    Use it as a context manager. Each line is one write to the operating system, so the lines so
    far survive if the process is killed.
    """

    def __init__(
        self,
        path: Path,
        *,
        server: dict[str, Any] | None = None,
        note: str = "",
        recorded_at: str | None = None,
        mode: int = 0o644,
    ) -> None:
        """Create the file *path* with its first line.

        Raises FileExistsError if *path* exists.
        """
        self.path = path
        draft = draft_of(path)
        self._file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, mode)
        self._number = 0
        self._eol: sse.Eol = "\r\n"
        now = recorded_at or datetime.now(UTC).isoformat(timespec="seconds")
        head: Line = {
            "graphtape": FORMAT,
            "recorded_at": now,
            "by": f"graphtape {version('graphtape')}",
            "server": server or {},
        }
        try:
            self._write(head | ({"note": note} if note else {}))
            publish(draft, path)
        except BaseException:
            os.close(self._file)
            raise
        finally:
            draft.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def open_exchange(self, request: Request, response: Response, eol: sse.Eol = "\r\n") -> None:
        """Start the next exchange; *eol* ends the lines of its event blocks."""
        self._number += 1
        self._eol = eol
        self._write(request_line(self._number, request, response, eol))

    def add_frame(self, frame: Frame) -> None:
        """Add a frame to the exchange that is open."""
        self._write(frame_line(frame, self._eol))

    def close_exchange(self, at: float, end: End) -> None:
        """Close the open exchange, whose body ended *at* seconds after its request."""
        self._write(end_line(at, end))

    def add_exchange(self, exchange: Exchange) -> None:
        """Write a whole exchange."""
        self.open_exchange(exchange.request, exchange.response, line_end(exchange.frames))
        for frame in exchange.frames:
            self.add_frame(frame)
        self.close_exchange(exchange.frames[-1].at if exchange.frames else 0.0, exchange.end)

    def add_summary(self, redacted: Sequence[Line], kept: Sequence[str]) -> None:
        """Write the line about what was *redacted*, and which JSON keys were *kept* as they are."""
        if redacted or kept:
            self._write(summary_line(redacted, kept))

    def _write(self, line: Line) -> None:
        data = orjson.dumps(line) + b"\n"
        while data:
            data = data[os.write(self._file, data) :]


def write(recording: Recording, path: Path) -> None:
    """Write *recording* to the new file *path*, dated now if it has no date.

    Raises FileExistsError if *path* exists.
    """
    with RecordingWriter(
        path,
        server=recording.server,
        note=recording.note,
        recorded_at=recording.recorded_at or None,
    ) as writer:
        for exchange in recording.exchanges:
            writer.add_exchange(exchange)
        writer.add_summary(recording.redacted, recording.kept)


def line_end(frames: tuple[Frame, ...] | list[Frame]) -> sse.Eol:
    """Return the line end in the blocks of *frames*; CRLF if they have none."""
    for frame in frames:
        for eol in ("\r\n", "\n", "\r"):
            if frame.raw.endswith(eol.encode()):
                return eol
    return "\r\n"

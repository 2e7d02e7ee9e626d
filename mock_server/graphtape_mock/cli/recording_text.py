"""A recording as text: each request, its frames with their times, and how it ended."""

from collections.abc import Iterator
from typing import cast

import orjson

from graphtape_contracts import End, Exchange, Frame, Request
from graphtape_contracts.json_value import Json
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_mock.console.text import count as number
from graphtape_mock.console.text import escape, shorten
from graphtape_mock.recordings.recording import RUN_PATHS, Recording
from graphtape_mock.recordings.try_json import object_in

_LONGEST_NAME = 24
_LONGEST_INPUT = 60

_ENDS = {
    End.COMPLETE: "end",
    End.CUT: "cut: the connection was lost",
    End.STOPPED: "stopped: the client disconnected",
    End.UNKNOWN: "unknown end: the recorder was killed",
}


def render(recording: Recording, path: str, width: int | None) -> Iterator[str]:
    """Yield *recording* as lines, cut to *width* columns; if None, the lines are not cut."""
    yield from _fit(_lines(recording, path), width)


def one_line(recording: Recording) -> str:
    """Return *recording* in one line: name, assistant, input, modes, events and how it ended."""
    if not recording.runs:
        return escape(f"{recording.name}: no run")
    run = recording.runs[0]
    asked = object_in(run.request.body)
    events = sum(frame.event is not None and not frame.torn for frame in run.frames)
    given = shorten(orjson.dumps(asked.get("input")).decode(), _LONGEST_INPUT)
    parts = [f"{asked.get('assistant_id')}", given, _modes(asked), number(events, "event")]
    if len(recording.runs) > 1:
        parts.append(number(len(recording.runs), "run"))
    if run.response.status != 200:
        parts.append(f"refused with status {run.response.status}")
    elif run.end is not End.COMPLETE:
        parts.append(_ENDS[run.end])
    return escape(f"{recording.name}: {', '.join(parts)}")


def _fit(lines: Iterator[str], width: int | None) -> Iterator[str]:
    for line in lines:
        text = escape(line)
        yield text if width is None else shorten(text, width)


def _lines(recording: Recording, path: str) -> Iterator[str]:
    server = recording.server
    yield f"{path}: {number(len(recording.exchanges), 'exchange')}"
    version = f" (version {server['version']})" if "version" in server else ""
    yield f"recorded {recording.recorded_at or 'some time'} from {server.get('url', '?')}{version}"
    if recording.note:
        yield f"note: {recording.note}"
    for place, exchange in enumerate(recording.exchanges, 1):
        yield ""
        yield from _exchange(place, exchange)


def _exchange(place: int, exchange: Exchange) -> Iterator[str]:
    request = exchange.request
    yield f"{place}. {request.method} {request.path}{_asked(request)}"
    if request.body:
        yield f"   {_sent(request)}"
    media_type = exchange.response.header("content-type") or "no content type"
    yield f"   -> {exchange.response.status}, {media_type}, {_amount(exchange)}"
    if exchange.is_stream:
        names = [_name(frame) for frame in exchange.frames]
        column = min(max(map(len, names), default=0), _LONGEST_NAME)
        # Findings of `graphtape verify` refer to frames by these numbers.
        for row, (frame, name) in enumerate(zip(exchange.frames, names, strict=True), 1):
            yield f"{row:5}  {frame.at:9.3f}  {name:<{column}}  {_data(frame)}".rstrip()
    else:
        for frame in exchange.frames:
            yield f"       {frame.at:9.3f}  {_text(frame.raw)}"
    if exchange.is_stream or exchange.end is not End.COMPLETE:
        yield f"                  {_ENDS[exchange.end]}"


def _asked(request: Request) -> str:
    """Return the assistant and the view of a run request; empty for any other request."""
    body = object_in(request.body)
    if request.path not in RUN_PATHS or not body:
        return ""
    return f"  {body.get('assistant_id')}: {_modes(body)}"


def _modes(body: Json) -> str:
    modes: object = body.get("stream_mode", "values")
    if isinstance(modes, list):
        listed = [str(mode) for mode in cast(list[object], modes)]
        modes = "every mode" if set(listed) >= set(STREAM_MODES) else ", ".join(listed)
    return f"{modes}{', subgraphs' if body.get('stream_subgraphs') else ''}"


def _sent(request: Request) -> str:
    body = object_in(request.body)
    if request.path in RUN_PATHS and body:
        hidden = {"assistant_id", "stream_mode", "stream_subgraphs"}
        rest = {key: value for key, value in body.items() if key not in hidden}
        return orjson.dumps(rest).decode()
    return _text(request.body)


def _amount(exchange: Exchange) -> str:
    seconds = f"{exchange.frames[-1].at:.1f} s" if exchange.frames else "nothing"
    if not exchange.is_stream:
        return f"{len(exchange.body)} bytes"
    events = sum(frame.event is not None and not frame.torn for frame in exchange.frames)
    return f"{number(events, 'event')} in {seconds}"


def _name(frame: Frame) -> str:
    if frame.torn:
        return "torn"
    if frame.event is not None:
        return frame.event
    return ":" if frame.comment is not None and frame.data is None else "raw"


def _data(frame: Frame) -> str:
    if frame.torn or _name(frame) == "raw":
        return _text(frame.raw)
    return frame.data if frame.data is not None else (frame.comment or "")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")

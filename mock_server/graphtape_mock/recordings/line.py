"""Converts requests, frames and ends to the lines of a recording, as JSON objects, and back."""

import base64
import re
from collections.abc import Sequence
from typing import Any, cast

import orjson

from graphtape_contracts import End, Frame, Headers, Request, Response, sse
from graphtape_mock.recordings.request_path import EXPECTED, is_request_path

Line = dict[str, Any]


class BadLine(ValueError):
    """An invalid line of a recording."""

    def __init__(self, expected: str, got: object) -> None:
        """Store *expected*, a description, and the value *got* as shortened JSON."""
        super().__init__(expected, got)
        self.expected = expected
        self.got = _shorten(got)


def _shorten(value: object) -> str:
    text = orjson.dumps(value, default=repr).decode()
    return text if len(text) <= 80 else f"{text[:77]}..."


def json_of(text: str) -> tuple[bool, Any]:
    """Return a pair: whether *text* is JSON that encodes to the same text, and its value."""
    try:
        value = orjson.loads(text)
        # A request's line has the value two levels deep; the encoder takes at most 254.
        return orjson.dumps([[value]])[2:-2].decode() == text, value
    except (ValueError, TypeError):
        return False, None


def request_line(number: int, request: Request, response: Response, eol: str) -> Line:
    """Return the line that opens exchange *number*; *eol* ends the lines of its event blocks."""
    sent: Line = {
        "method": request.method,
        "path": request.path,
        "headers": [list(pair) for pair in request.headers],
    }
    if request.body:
        sent |= _body(request.body)
    received = {
        "status": response.status,
        "headers": [list(pair) for pair in response.headers],
    }
    return {"exchange": number, "request": sent, "response": received, "eol": eol}


def frame_line(frame: Frame, eol: sse.Eol) -> Line:
    """Return the line of *frame*, in a body whose event blocks end their lines with *eol*."""
    line: Line = {"at": round(frame.at, 4)}
    if frame.torn:
        line["torn"] = True
    elif frame.comment is not None and sse.encode_comment(frame.comment, eol=eol) == frame.raw:
        return line | {"comment": frame.comment}
    elif frame.event is not None and frame.data is not None:
        rebuilt = sse.encode_event(frame.event, frame.data, frame.id, eol=eol)
        if rebuilt == frame.raw:
            exact, value = json_of(frame.data)
            line |= {"event": frame.event}
            line |= {"data": value} if exact else {"text": frame.data}
            return line if frame.id is None else line | {"id": frame.id}
    return line | _body(frame.raw)


def _body(raw: bytes) -> Line:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(raw).decode()}
    exact, value = json_of(text)
    return {"json": value} if exact else {"raw": text}


def end_line(at: float, end: End) -> Line:
    """Return the line that closes an exchange, *at* seconds after its request."""
    return {"at": round(at, 4), "end": end.value}


def summary_line(redacted: Sequence[Line], kept: Sequence[str]) -> Line:
    """Return the line about what was *redacted*, and which JSON keys were *kept*."""
    return {"redacted": list(redacted)} | ({"kept": list(kept)} if kept else {})


def read_summary(line: Line) -> Line:
    """Return the entries of a line that `summary_line` made; raises BadLine."""
    redacted, kept = _list(line, "redacted"), _list(line, "kept")
    if not all(isinstance(entry, dict) for entry in redacted):
        raise BadLine('"redacted" as a list of objects', redacted)
    if not all(isinstance(name, str) for name in kept):
        raise BadLine('"kept" as a list of names', kept)
    return {"redacted": redacted, "kept": kept}


def read_request(line: Line) -> tuple[Request, Response, sse.Eol]:
    """Return request, response and line end of the line that opens an exchange; raises BadLine."""
    number = line["exchange"]
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise BadLine('"exchange" as a number from 1', number)
    sent, received = _object(line, "request"), _object(line, "response")
    eol = line.get("eol", "\r\n")
    if eol not in ("\r\n", "\n", "\r"):
        raise BadLine('"eol" of CRLF, LF or CR', eol)
    status = received.get("status")
    if not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 599:
        raise BadLine('"status" from 100 to 599 in "response"', status)
    request = Request(
        _text(sent, "method"),
        _path(sent),
        _headers(sent),
        _raw(sent) if _RAW_KEYS & sent.keys() else b"",
    )
    return request, Response(status, _headers(received)), eol


def read_frame(line: Line, eol: sse.Eol, *, stream: bool, first: bool) -> Frame:
    """Return the frame of a line; raises BadLine.

    In a *stream*, raw bytes are read as an event block; the *first* may start with a byte
    order mark.
    """
    at = _at(line)
    if "event" in line:
        event = _one_line(line, "event")
        id_ = None if line.get("id") is None else _one_line(line, "id")
        if "data" in line:
            data = orjson.dumps(line["data"]).decode()
        elif "text" in line:
            data = _text(line, "text")  # Each line of the text becomes a `data` line.
            if "\r" in data:
                raise BadLine('"text" without a carriage return', data)
        else:
            raise BadLine('"data" or "text" beside "event"', line)
        raw = sse.encode_event(event, data, id_, eol=eol)
        if stream and id_ is None and "torn" not in line:
            return Frame(at, raw, event, data)  # The same as `sse.frame`, in half the time.
    elif "comment" in line:
        raw = sse.encode_comment(_one_line(line, "comment"), eol=eol)
    elif _RAW_KEYS & line.keys():
        raw = _raw(line)
    else:
        raise BadLine('one of "event", "comment", "json", "raw", "base64" or "end"', line)
    if not stream:
        return Frame(at, raw)
    torn = line.get("torn", False)
    if not isinstance(torn, bool):
        raise BadLine('"torn" as true or false', torn)
    return sse.frame(raw, at, first=first, torn=torn)


def read_end(line: Line) -> End:
    """Return the end of the body from the line that closes an exchange; raises BadLine."""
    _at(line)
    try:
        return End(line["end"])
    except ValueError:
        known = ", ".join(f'"{end}"' for end in End)
        raise BadLine(f'"end" as one of {known}', line["end"]) from None


_RAW_KEYS = {"json", "raw", "base64"}


def _raw(line: Line) -> bytes:
    if "json" in line:
        return orjson.dumps(line["json"])
    if "raw" in line:
        return _text(line, "raw").encode()
    try:
        return base64.b64decode(_text(line, "base64"), validate=True)
    except ValueError:
        raise BadLine('"base64" in base 64', line["base64"]) from None


def _at(line: Line) -> float:
    at = line.get("at")
    if isinstance(at, bool) or not isinstance(at, int | float) or at < 0:
        raise BadLine('"at" in seconds since the request, not negative', at)
    return float(at)


def _text(line: Line, key: str) -> str:
    value = line.get(key)
    if not isinstance(value, str):
        raise BadLine(f'"{key}" as text', value)
    return value


def _path(line: Line) -> str:
    path = _text(line, "path")
    if not is_request_path(path):
        raise BadLine(f'"path" in "request" as {EXPECTED}', path)
    return path


def _one_line(line: Line, key: str) -> str:
    text = _text(line, key)
    if "\n" in text or "\r" in text:
        raise BadLine(f'"{key}" as text of one line (use "raw" for more)', text)
    return text


def _object(line: Line, key: str) -> Line:
    value = line.get(key)
    if not isinstance(value, dict):
        raise BadLine(f'"{key}" as an object', value)
    return cast(Line, value)


def _list(line: Line, key: str) -> list[object]:
    value = line.get(key, [])
    if not isinstance(value, list):
        raise BadLine(f'"{key}" as a list', value)
    return cast(list[object], value)


def _headers(line: Line) -> Headers:
    value = line.get("headers", [])
    if not isinstance(value, list):
        raise BadLine('"headers" as a list of [name, value]', value)
    pairs: list[tuple[str, str]] = []
    for pair in cast(list[object], value):
        match pair:
            case [str(name), str(text)]:
                _check_header(name, text, pair)
                pairs.append((name.lower(), text))
            case _:
                raise BadLine('each of "headers" as [name, value]', pair)
    return tuple(pairs)


def _check_header(name: str, text: str, pair: object) -> None:
    """Raise BadLine for a header that HTTP can't carry: no server could send the response."""
    if not _HEADER_NAME.fullmatch(name):
        raise BadLine("the name of a header in letters, digits and !#$%&'*+-.^_`|~", pair)
    if not _HEADER_VALUE.fullmatch(text):
        raise BadLine("the value of a header as Latin-1 text of one line", pair)


_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
"""RFC 9110, 5.5: the tab is the only control character that a value may have."""

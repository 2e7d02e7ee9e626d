"""Requests to record, made from the user's options and files."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import orjson

from graphtape_contracts import Request
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_mock.deployment.headers import request_headers
from graphtape_mock.recordings.view import VIEW_FIELDS, View

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ENTRY_KEYS = {"name", "assistant", "input", "body"}


class BadRecordingRequest(ValueError):
    """An invalid request to record. The message says where, what was expected and what was got."""


@dataclass(frozen=True, slots=True)
class RecordingRequest:
    """A run request, minus its view, and an optional name for the recording to make from it."""

    assistant: str
    body: dict[str, Any] = field(default_factory=dict[str, Any])
    """The fields of the request except assistant and view; `input` only if the run has one."""
    name: str | None = None

    def request(self, view: View) -> Request:
        """Return the HTTP request that runs this with *view*."""
        body = orjson.dumps(
            {
                "assistant_id": self.assistant,
                **self.body,
                "stream_mode": [mode for mode in STREAM_MODES if mode in view.modes],
                "stream_subgraphs": view.subgraphs,
            }
        )
        return Request("POST", "/runs/stream", request_headers(body), body)


def make_recording_request(
    assistant: object, fields: dict[str, Any], body: object, name: object, where: str
) -> RecordingRequest:
    """Return the recording request with these values; *where* is their source, for error messages.

    Raises BadRecordingRequest.
    """
    if not isinstance(assistant, str) or not assistant:
        raise BadRecordingRequest(
            f"{where}: expected option --assistant ID, a graph name or an assistant's UUID, "
            f"got {_show(assistant)}"
        )
    if not isinstance(body, dict):
        raise BadRecordingRequest(f"{where}: expected the body as a JSON object, got {_show(body)}")
    further = cast(dict[str, Any], body)
    for key in ("assistant_id", "input", *VIEW_FIELDS):
        if key in further:
            reason = (
                "the recorder chooses the stream modes; serving derives the others"
                if key in VIEW_FIELDS
                else f"use --{key.removesuffix('_id')}"
            )
            raise BadRecordingRequest(f"{where}: {key!r} can't be set in the body: {reason}")
    if "input" not in fields and "command" not in further:
        raise BadRecordingRequest(f"{where}: missing input (use `null` or `{{}}` for an empty one)")
    try:
        orjson.dumps([[fields, further]])
    except TypeError:
        raise BadRecordingRequest(
            f"{where}: expected JSON nested to at most 250 levels, got more"
        ) from None
    return RecordingRequest(
        assistant, fields | further, None if name is None else check_name(name, where)
    )


def check_name(name: object, where: str) -> str:
    """Return *name* if it can be the name of a recording; otherwise raise BadRecordingRequest."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadRecordingRequest(
            f"{where}: expected a name of letters, digits, '.', '_' and '-' that starts with a "
            f"letter or digit, got {_show(name)}"
        )
    return name


def make_recording_requests(text: str, where: str, assistant: str | None) -> list[RecordingRequest]:
    """Return the requests in *text*: a JSON array of objects, or one object a line.

    An entry has `input`, and may have `name`, `assistant` (*assistant* by default) and `body`
    (further fields of the request). Raises BadRecordingRequest.
    """
    requests: list[RecordingRequest] = []
    for position, entry in _entries(text, where):
        if not isinstance(entry, dict):
            raise BadRecordingRequest(f"{position}: expected a JSON object, got {_show(entry)}")
        known = cast(dict[str, Any], entry)
        if unknown := sorted(known.keys() - _ENTRY_KEYS):
            expected = ", ".join(sorted(_ENTRY_KEYS))
            raise BadRecordingRequest(
                f"{position}: expected the keys {expected}, got {_show(unknown[0])}; "
                'further fields of the request go into "body"'
            )
        fields = {"input": known["input"]} if "input" in known else {}
        request = make_recording_request(
            known.get("assistant", assistant),
            fields,
            known.get("body", {}),
            known.get("name"),
            position,
        )
        if request.name is not None and any(request.name == other.name for other in requests):
            raise BadRecordingRequest(
                f"{position}: expected a unique name, got {request.name!r} again"
            )
        requests.append(request)
    if not requests:
        raise BadRecordingRequest(f"{where}: expected at least one input, got none")
    return requests


def _entries(text: str, where: str) -> Iterator[tuple[str, Any]]:
    if text.lstrip().startswith("["):
        for number, entry in enumerate(load_json(text, where), 1):
            yield f"{where}, entry {number}", entry
    else:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield f"{where}:{number}", load_json(line, f"{where}:{number}")


def read_json(argument: str, where: str) -> Any:
    """Return the JSON in *argument*, or in FILE if *argument* is `@FILE`."""
    if argument.startswith("@"):
        return load_json(read_text(argument[1:], where), argument[1:])
    return load_json(argument, where)


def read_text(path: str, where: str) -> str:
    """Return the text of a file; raises BadRecordingRequest."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadRecordingRequest(f"{where}: can't read {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise BadRecordingRequest(f"{where}: expected UTF-8 in {path}, got {error}") from None


def load_json(text: str, where: str) -> Any:
    """Return the JSON in *text*; raises BadRecordingRequest with the position of the error."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        line = error.doc.split("\n")[error.lineno - 1] if error.doc else ""
        near = line[max(0, error.colno - 11) : error.colno + 19]
        raise BadRecordingRequest(
            f"{where}: expected JSON, got {error.msg} at line {error.lineno}, column "
            f"{error.colno}, near {near!r}"
        ) from None


def _show(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."

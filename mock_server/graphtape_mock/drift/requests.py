"""Selects the recorded requests that can be repeated, and prepares them.

- A tag is added to the metadata of a run, and removed from the response before it is compared or
  written to a recording.
- `on_disconnect` is set to cancel the run when the connection closes, unless the request sets it.
- `webhook` is removed, because the service at that URL expects only real runs.
- Headers that may be secret are not sent as recorded. The API key comes from the environment.
"""

import re
from dataclasses import replace
from urllib.parse import urlsplit

import orjson

from graphtape_contracts import Exchange, Frame, Request, sse
from graphtape_contracts.json_value import Json, is_object
from graphtape_contracts.parsing.identifiers import UUID
from graphtape_mock.console.curl import HARMLESS_HEADERS
from graphtape_mock.recordings.recording import RUN_PATHS
from graphtape_mock.recordings.try_json import object_in

TAG = "graphtape"
"""The key of the tag in the metadata of a repeated run."""
OURS = "drift"
"""The value of the tag."""

_PLACEHOLDER = re.compile(rb"\[redacted-[0-9]+\]")
_ASKED_BY_POST = ("/assistants/search", "/assistants/count")
_ASSISTANT = re.compile(rf"/assistants/{UUID}")
_ID = re.compile(UUID)

_PAIR = rb'"%s"\s*:\s*"%s"' % (TAG.encode(), OURS.encode())
_SPACE = rb"(?:\s|(?<=[\r\n])data:)*"  # LangGraph.js writes JSON over several lines of an event.
_COMMA = _SPACE + rb"," + _SPACE
_TAGGED = re.compile(_COMMA + _PAIR + rb"|" + _PAIR + _COMMA + rb"|" + _PAIR)
"""Matches the tag and an adjacent comma. In a JSON string, escaped quotes prevent a match."""


def is_run(request: Request) -> bool:
    """Return whether *request* streams a stateless run or waits for it."""
    return request.method == "POST" and request.path.partition("?")[0] in RUN_PATHS


def can_be_repeated(request: Request) -> bool:
    """Return whether *request* can be repeated: a stateless run, or a query about assistants.

    Recorded threads and runs no longer exist, and a request that changes the deployment must not
    be repeated.
    """
    path = urlsplit(request.path).path
    if request.method == "GET":
        return _ID.search(_ASSISTANT.sub("", path)) is None
    return is_run(request) or (request.method == "POST" and path in _ASKED_BY_POST)


def is_redacted(request: Request) -> bool:
    """Return whether a secret in *request* was replaced, so that it can't be repeated."""
    return _PLACEHOLDER.search(request.path.encode() + b"\n" + request.body) is not None


def to_repeat(recorded: Request) -> Request:
    """Return the request that repeats the *recorded* one."""
    headers = tuple((name, text) for name, text in recorded.headers if name in HARMLESS_HEADERS)
    body = recorded.body
    if is_run(recorded) and (fields := object_in(body)):
        body = orjson.dumps(_tagged(fields))
    return replace(recorded, headers=headers, body=body)


def _tagged(body: Json) -> Json:
    fields: Json = {"on_disconnect": "cancel"} | body
    fields.pop("webhook", None)
    metadata: object = fields.get("metadata", {})
    if is_object(metadata):
        fields["metadata"] = {TAG: OURS} | metadata
    return fields


def as_recorded(recorded: Request, answered: Exchange) -> Exchange:
    """Return *answered* with the *recorded* request, and without the tag in the response.

    As in a recording, a body that is not a stream is one frame.
    """
    if answered.is_stream:
        frames = [_untagged(frame, first=n == 0) for n, frame in enumerate(answered.frames)]
    else:
        body = _TAGGED.sub(b"", answered.body)
        frames = [Frame(answered.frames[-1].at, body)] if body else []
    return replace(answered, request=recorded, frames=tuple(frames))


def _untagged(frame: Frame, *, first: bool) -> Frame:
    raw = _TAGGED.sub(b"", frame.raw)
    if raw == frame.raw:
        return frame
    return sse.frame(raw, frame.at, first=first, torn=frame.torn)

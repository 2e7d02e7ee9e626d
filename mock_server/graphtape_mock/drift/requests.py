"""Decides which recorded requests can be repeated, and how they are changed for it.

- The metadata of a run are tagged, so that the run can be recognised as ours; the tag is removed
  from the response.
- `on_disconnect` is set to `cancel`, unless the request sets it.
- Webhooks are dropped, so that their receivers are not notified.
- Headers that may be secret are not sent as recorded; the key comes from the environment.
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
OURS = "drift"

_PLACEHOLDER = re.compile(rb"\[redacted-[0-9]+\]")
_ASKED_BY_POST = ("/assistants/search", "/assistants/count")
_ASSISTANT = re.compile(rf"/assistants/{UUID}")
_ID = re.compile(UUID)

_PAIR = rb'"%s"\s*:\s*"%s"' % (TAG.encode(), OURS.encode())
_SPACE = rb"(?:\s|(?<=[\r\n])data:)*"  # LangGraph.js writes JSON over many lines of an event.
_COMMA = _SPACE + rb"," + _SPACE
_TAGGED = re.compile(_COMMA + _PAIR + rb"|" + _PAIR + _COMMA + rb"|" + _PAIR)
"""The tag with one of the commas around it. In a string of JSON its quotes are escaped."""


def is_run(request: Request) -> bool:
    """Return whether *request* is a stateless run, streamed or waited for."""
    return request.method == "POST" and request.path.partition("?")[0] in RUN_PATHS


def can_be_repeated(request: Request) -> bool:
    """Return whether *request* can be repeated at any time: a run, or a read of assistants.

    The threads and runs of the recording no longer exist, and nothing is changed in a deployment.
    """
    path = urlsplit(request.path).path
    if request.method == "GET":
        return _ID.search(_ASSISTANT.sub("", path)) is None
    return is_run(request) or (request.method == "POST" and path in _ASKED_BY_POST)


def is_redacted(request: Request) -> bool:
    """Return whether a secret in *request* was redacted, so that it cannot be repeated."""
    return _PLACEHOLDER.search(request.path.encode() + b"\n" + request.body) is not None


def to_repeat(recorded: Request) -> Request:
    """Return the request to make in order to repeat the *recorded* one."""
    headers = tuple((name, text) for name, text in recorded.headers if name in HARMLESS_HEADERS)
    body = recorded.body
    if is_run(recorded) and (asked := object_in(body)):
        body = orjson.dumps(_tagged(asked))
    return replace(recorded, headers=headers, body=body)


def _tagged(body: Json) -> Json:
    asked: Json = {"on_disconnect": "cancel"} | body
    asked.pop("webhook", None)
    metadata: object = asked.get("metadata", {})
    if is_object(metadata):
        asked["metadata"] = {TAG: OURS} | metadata
    return asked


def as_recorded(recorded: Request, answered: Exchange) -> Exchange:
    """Return what was *answered* as the response to the *recorded* request, without the tag.

    The body of a response that is not a stream is one frame, as in a recording.
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

"""Selects the recorded requests that can be repeated, and prepares them.

- A tag is added to the metadata of a run, and removed from the response before it is compared or
  written to a recording.
- `on_disconnect` is set to cancel the run when the connection closes, unless the request sets it.
- `webhook` is removed, because the service at that URL expects only real runs.
- Headers that may be secret are not sent as recorded. The API key comes from the environment.
"""

import re
from dataclasses import replace

import orjson

from graphtape_contracts import Exchange, Frame, Request, sse
from graphtape_contracts.json_value import Json, is_object
from graphtape_mock.deployment.curl import HARMLESS_HEADERS
from graphtape_mock.recordings.recording import RUN_PATHS
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.redaction.found import PLACEHOLDERS

TAG = "graphtape"
"""The key of the tag in the metadata of a repeated run."""
OURS = "drift"
"""The value of the tag."""

_ASSISTANT = r"/assistants/(?!(?:search|count)(?:/|$))[\w\[-][\w.\[\]-]*"
"""The path of an assistant, with its UUID, its name, or a placeholder for either."""
_REPEATED = {
    "GET": re.compile(
        rf"/info|/ok|/openapi\.json|{_ASSISTANT}(/schemas|/graph|/subgraphs(/[\w.-]+)?)?", re.A
    ),
    "POST": re.compile(
        rf"{'|'.join(RUN_PATHS)}|/assistants/search|/assistants/count|{_ASSISTANT}/versions", re.A
    ),
}
"""The paths of the requests that can be repeated, by method: runs and queries."""
_OF_A_SERVER = re.compile(r"/(assistants|crons|runs|store|threads)(/|$)")
"""The beginning of the paths of other LangGraph endpoints."""

_PAIR = rb'"%s"\s*:\s*"%s"' % (TAG.encode(), OURS.encode())
_SPACE = rb"(?:\s|(?<=[\r\n])data:)*"  # LangGraph.js writes JSON over several lines of an event.
_COMMA = _SPACE + rb"," + _SPACE
_TAGGED = re.compile(_COMMA + _PAIR + rb"|" + _PAIR + _COMMA + rb"|" + _PAIR)
"""Matches the tag and an adjacent comma. A tag in a JSON string has escaped quotes: no match."""


def is_run(request: Request) -> bool:
    """Return whether *request* streams a stateless run or waits for it."""
    return request.method == "POST" and _target(request) in RUN_PATHS


def can_be_repeated(request: Request) -> bool:
    """Return whether *request* can be repeated: a stateless run, or a query about assistants.

    Recorded threads and runs no longer exist, and a request that changes the deployment must not
    be repeated.
    """
    repeated = _REPEATED.get(request.method)
    return repeated is not None and repeated.fullmatch(_target(request)) is not None


def is_known(request: Request) -> bool:
    """Return whether *request* is for an endpoint of LangGraph. No other request is ever made."""
    return can_be_repeated(request) or _OF_A_SERVER.match(_target(request)) is not None


def _target(request: Request) -> str:
    return request.path.partition("?")[0]


def is_redacted(request: Request) -> bool:
    """Return whether a secret in *request* was replaced, so that it can't be repeated."""
    return PLACEHOLDERS.search(request.path.encode() + b"\n" + request.body) is not None


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

"""Request fields that change the response but not which recorded run matches.

Each `RequestField` is called with the frames of a recorded run, the body of the recorded request
and the body of the new one, and returns the frames as the server would have sent them.
"""

from typing import Any

import orjson

from graphtape_contracts import Frame, sse
from graphtape_contracts.json_value import Json, is_object, objects_in
from graphtape_mock.replay.recorded_event import RecordedEvent, event_of, frame_of
from graphtape_mock.replay.request_echo import is_start_of_run, with_input, with_tags
from graphtape_mock.replay.request_field import Frames, RequestField, depends_on

_NEVER_TAKEN = frozenset(("run_id", "thread_id", "assistant_id"))
_TASK_ONLY = frozenset(
    (
        "langgraph_step",
        "langgraph_node",
        "langgraph_triggers",
        "langgraph_path",
        "langgraph_checkpoint_ns",
        "checkpoint_ns",
        "checkpoint_id",
    )
)
_FEEDBACK_SECONDS = 3.0
"""The time for which the server tries to reach LangSmith for `feedback_keys`."""


def user_metadata(body: Json) -> Json:
    """Return the metadata that a run request adds to its events, in the order of the wire."""
    config: Any = body.get("config")
    of_config = config.get("metadata") if is_object(config) else None
    merged: Json = {"created_by": "system"}
    for part in (of_config, body.get("metadata")):
        if is_object(part):
            merged |= part
    return {key: value for key, value in merged.items() if key not in _NEVER_TAKEN}


@depends_on(user_metadata)
def with_metadata(frames: Frames, old: Json, new: Json, eol: sse.Eol) -> Frames:
    """Put the metadata of the request into messages, events, tasks and debug.

    Observed on 0.16.7: `created_by`, then `config.metadata`, then `metadata`, then the keys that
    the server adds. Of equal keys the first fixes the place and the last the value, but the
    server does not overwrite `graph_id`. Tasks show no keys that identify a task.
    """
    if old == new:
        return frames
    return [_with_metadata(frame, old, new, eol) for frame in frames]


def _with_metadata(frame: Frame, old: Json, new: Json, eol: sse.Eol) -> Frame:
    event = event_of(frame)
    if event is None or '"run_attempt"' not in (frame.data or ""):
        return frame
    changed = False
    is_task = event.base in ("tasks", "debug")
    for found in objects_in(event.data):
        if "run_attempt" in found and "created_by" in found:
            own = {key: value for key, value in found.items() if key not in old}
            added = {
                key: value if key == "graph_id" else own.get(key, value)
                for key, value in new.items()
                if not (is_task and key in _TASK_ONLY)
            }
            found.clear()
            found |= added | {k: v for k, v in own.items() if k not in added}
            changed = True
    return frame_of(event, eol) if changed else frame


def _may_not_start(body: Json) -> bool:
    config = body.get("config")
    limit = config.get("recursion_limit") if is_object(config) else None
    return isinstance(limit, int | float) and limit < 1


@depends_on(_may_not_start)
def with_recursion_limit(frames: Frames, old: bool, new: bool, eol: sse.Eol) -> Frames:
    """Fail a run whose `recursion_limit` is below 1.

    Other limits are ignored: a recording does not show whether they suffice.
    """
    if old or not new:
        return frames
    kept = [frame for frame in frames if frame.event == "metadata"][:1]
    at = kept[-1].at if kept else 0.0
    return [*kept, _error(at, "ValueError", "recursion_limit must be at least 1", eol)]


def _fails_for_durability(body: Json) -> bool:
    return body.get("durability") == "sync" and body.get("on_completion") != "keep"


@depends_on(_fails_for_durability)
def with_durability(frames: Frames, old: bool, new: bool, eol: sse.Eol) -> Frames:
    """Fail a run with `durability: "sync"` that does not keep its thread.

    Observed on 0.16.7, on both endpoints, with every graph tried.
    """
    if old or not new:
        return frames
    kept = [frame for frame in frames if frame.event == "metadata"][:1]
    kept += [f for f in frames if (event := event_of(f)) and is_start_of_run(event)][:1]
    at = kept[-1].at if kept else 0.0
    text = "'AsyncPregelLoop' object has no attribute '_put_checkpoint_fut'"
    return [*kept, _error(at, "AttributeError", text, eol)]


def _has_feedback_keys(body: Json) -> bool:
    return bool(body.get("feedback_keys"))


@depends_on(_has_feedback_keys)
def with_feedback(frames: Frames, old: bool, new: bool, eol: sse.Eol) -> Frames:
    """End a run with `feedback_keys` in an error, as a server without LangSmith does."""
    if old or not new:
        return frames
    if any(frame.event == "error" for frame in frames):
        return frames
    at = (frames[-1].at if frames else 0.0) + _FEEDBACK_SECONDS
    text = "An internal error occurred"
    return [*frames, _error(at, "LangSmithConnectionError", text, eol)]


def _error(at: float, name: str, message: str, eol: sse.Eol) -> Frame:
    return frame_of(RecordedEvent(at, "error", {"error": name, "message": message}), eol)


def delay_of(body: Json) -> float:
    """Return the seconds by which a run request delays its run; a negative number means none."""
    value = body.get("after_seconds", 0)
    return max(0.0, float(value)) if isinstance(value, int | float) else 0.0


def without_event_ids(frames: Frames, eol: sse.Eol) -> Frames:
    """Remove the ids of events from a stream that was recorded as resumable."""
    return [
        frame
        if frame.id is None or frame.event is None or frame.data is None
        else sse.frame(sse.encode_event(frame.event, frame.data, eol=eol), frame.at)
        for frame in frames
    ]


REQUEST_FIELDS: tuple[RequestField[Any], ...] = (
    with_input,
    with_tags,
    with_metadata,
    with_durability,
    with_recursion_limit,
    with_feedback,
)


def apply_request_fields(frames: Frames, recorded: Json, requested: Json, eol: sse.Eol) -> Frames:
    """Return *frames* as sent in response to the body *requested* instead of *recorded*."""
    for field in REQUEST_FIELDS:
        frames = field(frames, recorded, requested, eol)
    return frames


def request_fields_key(body: Json) -> bytes:
    """Return the values of all request fields, as bytes: a key to cache responses by."""
    return orjson.dumps([field.read(body) for field in REQUEST_FIELDS])

"""Request fields that the events of a run repeat: the input as sent, and the tags.

Observed on langgraph-api 0.16.7.
"""

from collections.abc import Callable
from typing import Any

from graphtape_contracts import sse
from graphtape_contracts.json_value import Json, is_list, is_object, objects_in
from graphtape_mock.replay.recorded_event import RecordedEvent, event_of, frame_of
from graphtape_mock.replay.request_field import Frames, depends_on
from graphtape_mock.replay.selection import view_of

_OF_MODEL = "lc_versions"
"""A key of the metadata of model calls. Apart from tasks, only such metadata has tags."""


def shown_input(body: Json) -> Any:
    """Return the input of a run request if it has the mode `events`, which shows it; else None."""
    return body.get("input") if "events" in view_of(body).modes else None


@depends_on(shown_input)
def with_input(frames: Frames, old: Any, new: Any, eol: sse.Eol) -> Frames:
    """Put the input as sent, ids included, into the first event of the mode `events`."""

    def change(event: RecordedEvent) -> bool:
        if not is_start_of_run(event) or event.data["data"].get("input") != old:
            return False
        event.data["data"]["input"] = new
        return True

    # repr distinguishes 1, 1.0 and True.
    if repr(old) == repr(new) or not any(frame.event == "events" for frame in frames):
        return frames
    return _changed(frames, change, eol)


def is_start_of_run(event: RecordedEvent) -> bool:
    """Return whether *event* is the first one of the mode `events`."""
    match event.name, event.data:
        case "events", {"event": "on_chain_start", "parent_ids": [], "data": {}}:
            return True
        case _:
            return False


def tags_of(body: Json) -> list[str]:
    """Return the tags that a run request gives to its run."""
    config = body.get("config")
    tags = config.get("tags") if is_object(config) else None
    return list(map(str, tags)) if is_list(tags) else []


@depends_on(tags_of)
def with_tags(frames: Frames, old: list[str], new: list[str], eol: sse.Eol) -> Frames:
    """Put `config.tags` into events, and into the metadata of tasks and of models' messages.

    The tags follow those of the graph.
    """

    def merged(tags: Any) -> list[str]:
        own = [tag for tag in tags if tag not in (*old, *new)] if is_list(tags) else []
        return [*own, *new]

    def change(event: RecordedEvent) -> bool:
        is_task = event.base in ("tasks", "debug")
        changed = event.name == "events" and is_object(event.data)
        if changed:
            event.data["tags"] = merged(event.data.get("tags"))
        for found in objects_in(event.data):
            if "run_attempt" in found and (is_task or (_OF_MODEL in found and shows_messages)):
                tags = merged(found.pop("tags", None))
                found |= {"tags": tags} if tags else {}
                changed = True
        return changed

    shows_messages = any((f.event or "").partition("|")[0].startswith("messages") for f in frames)
    return frames if old == new else _changed(frames, change, eol)


def _changed(frames: Frames, change: Callable[[RecordedEvent], bool], eol: sse.Eol) -> Frames:
    """Return *frames*; a frame is encoded again if *change* returns True for its event."""
    events = ((frame, event_of(frame)) for frame in frames)
    return [
        frame_of(event, eol) if event is not None and change(event) else frame
        for frame, event in events
    ]

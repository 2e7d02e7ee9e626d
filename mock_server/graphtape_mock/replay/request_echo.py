"""What of a request comes back in the events of its run: the input as sent, and the tags.

Like the functions of `adaptation`, these take the frames of a recorded run, the body of the
request that was recorded and the one that is answered. Observed on langgraph-api 0.16.7.
"""

from collections.abc import Callable, Sequence
from typing import Any

from graphtape_contracts import Frame, sse
from graphtape_contracts.json_value import Json, is_list, is_object, objects_in
from graphtape_mock.replay.recorded_event import RecordedEvent, event_of, frame_of

Frames = Sequence[Frame]

_OF_MODEL = "lc_versions"
"""A key of metadata where a model was called: only there it has tags."""


def with_input(frames: Frames, recorded: Json, asked: Json, eol: sse.Eol) -> Frames:
    """Show the input that was sent, ids and all, where `events` begin."""
    old, new = recorded.get("input"), asked.get("input")

    def change(event: RecordedEvent) -> bool:
        if not is_start_of_run(event) or event.data["data"].get("input") != old:
            return False
        event.data["data"]["input"] = new
        return True

    return frames if repr(old) == repr(new) else _changed(frames, change, eol)


def is_start_of_run(event: RecordedEvent) -> bool:
    """Whether *event* is the first of the mode `events`."""
    match event.name, event.data:
        case "events", {"event": "on_chain_start", "parent_ids": [], "data": {}}:
            return True
        case _:
            return False


def with_tags(frames: Frames, recorded: Json, asked: Json, eol: sse.Eol) -> Frames:
    """Put `config.tags` into events, and into the metadata of tasks and of models' messages.

    They come after the tags that are there.
    """
    old, new = tags_of(recorded), tags_of(asked)

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


def tags_of(body: Json) -> list[str]:
    """Return the tags that a run request gives to its run."""
    config = body.get("config")
    tags = config.get("tags") if is_object(config) else None
    return list(map(str, tags)) if is_list(tags) else []


def _changed(frames: Frames, change: Callable[[RecordedEvent], bool], eol: sse.Eol) -> Frames:
    """Return *frames*, anew where *change* changed their event."""
    events = ((frame, event_of(frame)) for frame in frames)
    return [
        frame_of(event, eol) if event is not None and change(event) else frame
        for frame, event in events
    ]

"""Derivations: the events of a view, made from a recording with other stream modes.

Each function takes the events of a run and returns those the server would have sent for a request
with other modes. `recordings/view.py` describes how modes change the content of other modes; the
live tests compare the derived events with those of a real server.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any

from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_contracts.langchain.messages import (
    NotAddable,
    PartialMessages,
    is_message,
    messages_in,
)
from graphtape_mock.replay.errors import NotReplayable
from graphtape_mock.replay.message_flaws import flaw_of
from graphtape_mock.replay.recorded_event import RecordedEvent

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_STREAMED_ID = re.compile(rf"(?:lc_)?run-{{1,2}}{_UUID}")
_RANDOM_ID = re.compile(_UUID)


def unstreamed_ids(events: Iterable[RecordedEvent]) -> Iterator[RecordedEvent]:
    """Append `-0` to the ids of chat-model messages, as in views where models do not stream."""
    for event in events:
        for message in messages_in(event.data):
            if isinstance(message["id"], str) and _STREAMED_ID.fullmatch(message["id"]):
                message["id"] += "-0"
        yield event


def null_ids(events: Iterable[RecordedEvent], sent: Iterable[str]) -> Iterator[RecordedEvent]:
    """Set to null the id of each message that its node returned without an id.

    A recording shows only the id that the message was given afterwards. Such an id is a random
    UUID, first appears in the result of a task, and is not in *sent*, the ids from the client.
    """
    known = set(sent)
    for event in events:
        returned = list(_returned_by_node(event))
        for message in (m for part in returned for m in messages_in(part)):
            id_ = message["id"]
            if isinstance(id_, str) and id_ not in known and _RANDOM_ID.fullmatch(id_):
                message["id"] = None
        if not returned:  # The state, or the input of a task: every message in it has its id.
            known.update(m["id"] for m in messages_in(event.data) if isinstance(m["id"], str))
        yield event


def _returned_by_node(event: RecordedEvent) -> Iterator[Any]:
    if event.base == "updates":
        yield event.data
        return
    payload = _field(event.data, "payload") if event.base == "debug" else event.data
    if event.base in ("tasks", "debug") and is_object(payload) and "result" in payload:
        yield payload["result"]


def _field(data: Any, key: str) -> Any:
    return data.get(key) if is_object(data) else None


def untagged(events: Iterable[RecordedEvent]) -> Iterator[RecordedEvent]:
    """Remove `tags` from the metadata of `events`, as in views without messages."""
    for event in events:
        if event.name == "events" and is_object(metadata := _field(event.data, "metadata")):
            metadata.pop("tags", None)
        yield event


def partial_messages(events: Iterable[RecordedEvent]) -> Iterator[RecordedEvent]:
    """Replace `messages` tuples by `messages/metadata`, `/partial` and `/complete` events.

    Chunks are added up. The names of the new events have no namespace. Raises NotReplayable for a
    message that can't be added.
    """
    partial = PartialMessages()
    for event in events:
        if event.name == "metadata":
            partial = PartialMessages()  # A new attempt of the run begins.
        if event.base != "messages" or not _is_tuple(event.data):
            yield event
            continue
        message, metadata = event.data
        if flaw := flaw_of(message):
            raise NotReplayable(flaw, event.number, event.name)
        try:
            derived = partial.feed(message, metadata)
        except NotAddable as error:
            # The server adds chunks up too, and fails the run if they can't be added.
            data = {"error": error.error, "message": error.message}
            yield RecordedEvent(event.at, "error", data, event.id)
            return
        for name, data in derived:
            yield RecordedEvent(event.at, name, data, event.id)


def _is_tuple(data: Any) -> bool:
    match data:
        case [dict(), dict()]:
            return True
        case _:
            return False


def without_checkpoints(events: Iterable[RecordedEvent]) -> Iterator[RecordedEvent]:
    """Leave out checkpoints, which are sent only if the run keeps its thread."""
    for event in events:
        is_checkpoint = event.base == "debug" and _field(event.data, "type") == "checkpoint"
        if event.base != "checkpoints" and not is_checkpoint:
            yield event


def without_subgraphs(events: Iterable[RecordedEvent]) -> Iterator[RecordedEvent]:
    """Leave out the events of subgraphs.

    A message made in a subgraph is sent once, complete, when the parent graph's node returns it.
    """
    seen: set[str] = set()
    tasks: dict[str, Json] = {}
    steps: dict[str, int] = {}
    sample: Json = {}
    for event in events:
        if event.base == "messages" and _is_tuple(event.data):
            sample = sample or event.data[1]
        if event.namespace:
            continue
        match event.base, event.data:
            case "messages", [{"id": str(id_)}, _]:
                seen.add(id_)
            case "tasks", {"id": str(), "name": str(name), "input": input_, "triggers": _}:
                tasks[name] = event.data
                seen.update(m["id"] for m in messages_in(input_))
            case "debug", {"type": "task", "step": int(step), "payload": {"id": str(id_)}}:
                steps[id_] = step
            case "updates", updates if sample and is_object(updates):
                for message, task in _returned(updates, tasks):
                    if message["id"] in seen or message["type"] == "remove":
                        continue
                    seen.add(message["id"])
                    metadata = _node_metadata(sample, task, steps.get(task["id"], 0))
                    yield RecordedEvent(event.at, "messages", [message, metadata])
            case _:
                pass
        yield event


def _returned(updates: Json, tasks: dict[str, Json]) -> Iterator[tuple[Json, Json]]:
    """Yield each message in *updates* with the task that returned it."""
    for node, update in updates.items():
        if node in tasks:
            yield from ((message, tasks[node]) for message in _state_messages(update))


def _state_messages(update: Any) -> Iterator[Json]:
    for part in list(update.values()) if is_object(update) else [update]:
        candidates = part if is_list(part) else [part]
        yield from (found for found in candidates if is_message(found))


_RUN_METADATA_END = "ls_integration"
"""The first key of message metadata whose value depends on the node, not on the run."""


def _node_metadata(sample: Json, task: Json, step: int) -> Json:
    of_run = takewhile(lambda item: item[0] != _RUN_METADATA_END, sample.items())
    return dict(of_run) | {
        "ls_integration": "langgraph",
        "langgraph_step": step,
        "langgraph_node": task["name"],
        "langgraph_triggers": task["triggers"],
        "langgraph_path": ["__pregel_pull", task["name"]],
        "langgraph_checkpoint_ns": f"{task['name']}:{task['id']}",
    }

"""Streams with data of the wrong shape."""

from collections.abc import Callable
from typing import Any

from mutation import Change, Mutant, with_data, with_frames

from graphtape_contracts import Frame, sse

_MESSAGES = "python/full-tools-all-messages-noevents"
_TUPLES = "python/full-tools-all-tuple-noevents"

_Edit = Callable[[Any], Any]


def _emptied(event: str) -> Change:
    """Make a change that removes the data of the first *event*."""

    def change(frames: list[Frame]) -> list[Frame | bytes]:
        position = next(n for n, frame in enumerate(frames) if frame.event == event)
        block = sse.encode_event(event, "", frames[position].id, eol="\n")
        return [*frames[:position], block, *frames[position + 1 :]]

    return with_frames(change)


def _dropped(key: str) -> _Edit:
    return lambda data: {name: value for name, value in data.items() if name != key}


def _set(**changed: Any) -> _Edit:
    return lambda data: data | changed


def _at(place: str | int, edit: _Edit) -> _Edit:
    """Make a function that applies *edit* to the value at *place* in an object or a list."""

    def apply(data: Any) -> Any:
        changed = data.copy()
        changed[place] = edit(data[place])
        return changed

    return apply


MUTANTS = [
    Mutant(
        "data.metadata",
        "the id of the run is missing",
        "python/mode-agent-custom",
        with_data("metadata", _dropped("run_id")),
    ),
    Mutant(
        "data.values",
        "an interrupt has no id",
        "python-cases/stream-interrupt-values",
        with_data("values", _at("__interrupt__", _at(0, _dropped("id"))), -1),
    ),
    Mutant(
        "data.updates",
        "the data of updates are a list",
        "javascript/stream-docs-updates",
        with_data("updates", lambda data: [data]),
    ),
    Mutant(
        "data.updates",
        "an interrupt is a string",
        "python-cases/stream-interrupt-updates",
        with_data("updates", _set(__interrupt__=["Go on?"]), -1),
    ),
    Mutant(
        "data.updates",
        "the data of updates are an empty object",
        "aegra/stream-mode-updates",
        with_data("updates", lambda data: {}),
    ),
    Mutant(
        "data.updates",
        "the data of updates are empty",
        "aegra/stream-mode-updates",
        _emptied("updates"),
    ),
    Mutant(
        "data.messages-metadata",
        "the metadata are not inside an object",
        _MESSAGES,
        with_data("messages/metadata", lambda data: {k: v["metadata"] for k, v in data.items()}),
    ),
    Mutant(
        "data.messages-partial",
        "the message is not in a list",
        _MESSAGES,
        with_data("messages/partial", lambda data: data[0]),
    ),
    Mutant(
        "data.messages-complete",
        "the message of a tool has no tool call id",
        _MESSAGES,
        with_data("messages/complete", _at(0, _dropped("tool_call_id"))),
    ),
    Mutant(
        "data.messages",
        "a message has no metadata",
        "python/full-boom-all-tuple-noevents",
        with_data("messages", lambda data: data[:1]),
    ),
    Mutant(
        "data.messages",
        "the content is null",
        _TUPLES,
        with_data("messages", _at(0, _set(content=None))),
    ),
    Mutant(
        "data.events",
        "the metadata are a list",
        "python/full-agent-all9",
        with_data("events", _set(metadata=[])),
    ),
    Mutant(
        "data.debug",
        "the time is missing",
        "python/mode-agent-debug",
        with_data("debug", _dropped("timestamp")),
    ),
    Mutant(
        "data.tasks",
        "`triggers` is not a list",
        "javascript/stream-error-tasks",
        with_data("tasks", _set(triggers="branch:to:ok")),
    ),
    Mutant(
        "data.checkpoints",
        "`next` is missing",
        "aegra/stream-mode-checkpoints",
        with_data("checkpoints", _dropped("next")),
    ),
    Mutant(
        "data.error",
        "the message is not a string",
        "python/boom-updates",
        with_data("error", _set(message={"text": "boom"})),
    ),
    Mutant(
        "data.end",
        "the status is a number",
        "aegra/stream-mode-updates",
        with_data("end", _set(status=0)),
    ),
    Mutant(
        "data.advertised",
        "a number of the state is a string",
        "python/custom-all",
        with_data("values", _set(what="1")),
        output_schema={"type": "object", "properties": {"what": {"type": "integer"}}},
    ),
]

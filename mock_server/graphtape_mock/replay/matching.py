"""The canonical form of a run request: requests with the same form request the same run.

The form has the assistant, the input, the command, the context, `config.configurable`,
`interrupt_before` and `interrupt_after`. It leaves out stream modes and subgraphs (they select
which events of the run are shown), metadata, webhooks, durability, message ids, and the meaningless
fields that some clients add.
"""

import shlex
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import orjson

from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_mock.console.text import escape
from graphtape_mock.redaction.redactor import redact_json
from graphtape_mock.replay.ids import message_kind

_FILLED_IN = frozenset(("thread_id", "run_id", "graph_id", "assistant_id"))
"""Keys of `configurable` that the server overwrites with its own."""

_EMPTY_IN_MESSAGE = frozenset(
    (
        "additional_kwargs",
        "response_metadata",
        "name",
        "example",
        "tool_calls",
        "invalid_tool_calls",
        "usage_metadata",
    )
)


def match_form(body: Json, assistant: str) -> Json:
    """Return the canonical form of the request *body* to *assistant* (a UUID).

    Secrets in it are replaced as in a recording.
    """
    config = _object(body.get("config"))
    configurable = {
        key: value
        for key, value in _object(config.get("configurable")).items()
        if key not in _FILLED_IN and not key.startswith("langgraph_")
    }
    command = _object(body.get("command"))
    parts: Json = {
        # Any command that is not empty makes the server ignore the input.
        "input": None if command else _normalised(body.get("input")),
        "command": _normalised(command),
        "context": body.get("context"),
        "configurable": configurable,
        "interrupt_before": body.get("interrupt_before"),
        "interrupt_after": body.get("interrupt_after"),
    }
    given = {key: value for key, value in parts.items() if value not in (None, {}, [])}
    if parts["input"] in ({}, []):
        given["input"] = parts["input"]  # Unlike an empty input, no input fails the run.
    return {"assistant": assistant, **redact_json(given)}


def match_key(form: Any) -> bytes:
    """Return the canonical *form* of a request as bytes to look it up by."""
    return orjson.dumps(form, option=orjson.OPT_SORT_KEYS)


def differences(recorded: Any, requested: Any, path: str = "") -> Iterator[str]:
    """Yield the paths at which two canonical forms differ, each with both values, for a terminal.

    Paths and values are cut.
    """
    if is_object(recorded) and is_object(requested):
        for key in recorded | requested:
            below = f"{path}.{key}" if path else key
            yield from differences(recorded.get(key, _ABSENT), requested.get(key, _ABSENT), below)
    elif is_list(recorded) and is_list(requested):
        pairs = zip_longest(recorded, requested, fillvalue=_ABSENT)
        for index, (old, new) in enumerate(pairs):
            yield from differences(old, new, f"{path}[{index}]")
    elif (old := _text(recorded)) != (new := _text(requested)):
        shown = (escape(_short(text)) for text in (path, old, new))
        yield "{}: recorded {}, requested {}".format(*shown)


MAX_ARGUMENT = 2048
"""The maximum characters of an argument of `record_command`; a longer one is put in a file."""


INPUT_FILE, BODY_FILE = "input.json", "body.json"
"""The names of the files that `record_command` reads."""


def record_command(body: Json, url: str = "URL") -> str:
    """Return the command line that records the run of the request *body*, for a terminal.

    An input or a body that is too long for the command line is read from a file, such as
    `@input.json`; see `files_of_command`.
    """
    words = ["graphtape", "record", url, "--assistant", escape(str(body.get("assistant_id")))]
    words += ["--input", _argument(redact_json(body.get("input")), INPUT_FILE)]
    if more := _further_fields(body):
        words += ["--body", _argument(more, BODY_FILE)]
    return shlex.join(words)


def files_of_command(body: Json) -> dict[str, str]:
    """Return the files that the `record_command` for *body* reads: their contents by name."""
    values = {INPUT_FILE: redact_json(body.get("input")), BODY_FILE: _further_fields(body)}
    texts = {name: orjson.dumps(value).decode() for name, value in values.items()}
    return {name: text for name, text in texts.items() if len(text) > MAX_ARGUMENT}


def _further_fields(body: Json) -> Any:
    """Return the `--body` value that records the run of *body*, without secrets."""
    kept = ("command", "context", "interrupt_before", "interrupt_after")
    more = {key: body[key] for key in kept if body.get(key)}
    if configurable := _object(_object(body.get("config")).get("configurable")):
        more["config"] = {"configurable": configurable}
    return redact_json(more)


def _argument(value: Any, file: str) -> str:
    text = orjson.dumps(value).decode()
    if len(text) > MAX_ARGUMENT:
        return f"@{file}"
    # JSON has an escape for each character, so the command keeps its meaning.
    return text if text.isascii() and text.isprintable() else "".join(map(_harmless, text))


def _harmless(character: str) -> str:
    if escape(character) == character:
        return character
    units = character.encode("utf-16-be")
    pairs = (units[place : place + 2] for place in range(0, len(units), 2))
    return "".join(f"\\u{pair.hex()}" for pair in pairs)


_ABSENT = object()


def _text(value: Any) -> str:
    return "nothing" if value is _ABSENT else match_key(value).decode()


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _object(value: Any) -> Json:
    return value if is_object(value) else {}


def _normalised(value: Any) -> Any:
    """Return *value* with messages normalised: `type` for `role`, no id, no empty fields."""
    if is_list(value):
        return [_normalised(item) for item in value]
    if not is_object(value):
        return value
    found = {key: _normalised(item) for key, item in value.items()}
    if "content" not in found or not message_kind(found):
        return found
    kept = {
        key: item
        for key, item in found.items()
        if key not in ("id", "role", "type") and not (key in _EMPTY_IN_MESSAGE and not item)
    }
    return {"type": message_kind(found), **kept}

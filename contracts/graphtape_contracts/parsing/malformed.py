"""Recognizes malformed run requests, which every server refuses."""

import json
from collections.abc import Callable
from typing import Any

from graphtape_contracts.exchange import Request
from graphtape_contracts.json_value import is_object
from graphtape_contracts.parsing.nesting import is_too_deep

_BOOLEAN_WORDS = frozenset(("true", "false", "t", "f", "yes", "no", "y", "n", "on", "off"))
"""Strings that Aegra (pydantic) accepts as booleans, besides 0 and 1."""


def why_malformed(request: Request) -> str | None:
    """Return the problem with the body of a run *request*, as a noun phrase; None if there is none.

    Covers only problems for which langgraph-api 0.16.7, LangGraph.js 2.0.0 and 1.5.1 and Aegra
    0.11.0 all refuse a request. They differ on NaN, bytes that are not UTF-8, null as the value
    of a field, and more.
    """
    sent = dict(request.headers)
    if "transfer-encoding" in sent or sent.get("content-encoding", "identity") != "identity":
        return None  # The bytes are encoded.
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        return None
    if is_too_deep(text):
        return None
    try:
        # As lenient as the most lenient server: accept NaN, and integers of any length.
        body: Any = json.loads(text.removeprefix("\ufeff"), parse_int=float)
    except ValueError:
        # UTF-16 without a byte order mark decodes as UTF-8 with NULs; some servers read it.
        return None if "\0" in text else "a body that is not JSON"
    if not is_object(body):
        return "a body that is not a JSON object"
    if body.get("assistant_id") is None:
        return "a body without `assistant_id`"
    return next(
        (problem for key, (problem, is_valid) in _FIELDS.items() if not is_valid(body.get(key))),
        None,
    )


_FIELDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "assistant_id": (
        "an `assistant_id` that is not a string",
        lambda value: isinstance(value, str),
    ),
    "config": ("a `config` that is not an object", lambda value: value is None or is_object(value)),
    "metadata": (
        "a `metadata` that is not an object",
        lambda value: value is None or is_object(value),
    ),
    "stream_mode": (
        "a `stream_mode` that is a number",
        lambda value: not isinstance(value, float),
    ),
    "stream_subgraphs": (
        "a `stream_subgraphs` that is not a boolean",
        lambda value: (
            value in (None, True, False)
            or (isinstance(value, str) and value.strip().lower() in _BOOLEAN_WORDS | {"0", "1"})
        ),
    ),
    "on_completion": (
        "an unknown `on_completion`",
        lambda value: value in (None, "delete", "keep"),
    ),
}
"""For each field, the problem with an invalid value, and a function that accepts valid values."""

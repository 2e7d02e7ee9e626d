"""Requests for which no server starts a run."""

import json
from collections.abc import Callable
from typing import Any

from graphtape_contracts.exchange import Request
from graphtape_contracts.json_value import is_object
from graphtape_contracts.parsing.nesting import is_too_deep

_BOOLEAN_WORDS = frozenset(("true", "false", "t", "f", "yes", "no", "y", "n", "on", "off"))
"""Aegra takes such words, and 0 and 1, for booleans, as pydantic does."""


def why_malformed(request: Request) -> str | None:
    """Return in words what is wrong with the body of a run *request*; None if nothing is.

    Only what langgraph-api 0.16.7, LangGraph.js 2.0.0 and 1.5.1 and Aegra 0.11.0 all refuse counts
    as wrong. They differ about NaN, bytes that are no UTF-8, null in place of a field, and more.
    """
    sent = dict(request.headers)
    if "transfer-encoding" in sent or sent.get("content-encoding", "identity") != "identity":
        return None  # The bytes may not be the body itself.
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        return None
    if is_too_deep(text):
        return None
    try:
        # As lenient as the most lenient server: NaN, and integers of any length.
        body: Any = json.loads(text.removeprefix("\ufeff"), parse_int=float)
    except ValueError:
        # UTF-16 without a byte order mark is UTF-8 too, full of NUL; some read it.
        return None if "\0" in text else "a body that is no JSON"
    if not is_object(body):
        return "a body that is no JSON object"
    if body.get("assistant_id") is None:
        return "no `assistant_id`"
    return next((what for key, (what, right) in _FIELDS.items() if not right(body.get(key))), None)


_FIELDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "assistant_id": ("an `assistant_id` that is no string", lambda value: isinstance(value, str)),
    "config": ("a `config` that is no object", lambda value: value is None or is_object(value)),
    "metadata": ("a `metadata` that is no object", lambda value: value is None or is_object(value)),
    "stream_mode": (
        "a `stream_mode` that is a number",
        lambda value: not isinstance(value, float),
    ),
    "stream_subgraphs": (
        "a `stream_subgraphs` that is no boolean",
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
"""By field: what is wrong about it, and whether a value is right."""

"""Values without ids and times, to compare the responses of several runs."""

import json
import re
from typing import Any

from graphtape_contracts.json_value import is_list, is_object
from graphtape_contracts.langchain.messages import is_message
from graphtape_contracts.parsing.identifiers import HEX_ID, MODEL_MESSAGE_ID, UUID

_ID = re.compile(rf"{MODEL_MESSAGE_ID}|{UUID}(?:-\d+)?|(?<![0-9a-fA-F]){HEX_ID}(?![0-9a-f])")
"""An id that a server makes, of a message also with what stands around the UUID.

The suffix of a message's id depends on the stream modes: `lc_run--UUID` where the model streamed,
`lc_run--UUID-0` where not (langgraph-api 0.16.7).
"""
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
_EPOCHS = [(1.2e9 * unit, 2.2e9 * unit) for unit in (1, 1e3, 1e6, 1e9)]
"""Numbers that may be times: between 2008 and 2039, in seconds down to nanoseconds."""


def normal_form(value: Any) -> str:
    """Return *value* as a text that is the same for all values that differ in ids and times alone.

    The order of keys does not count, nor whether a number is written as 1 or as 1.0, nor NUL,
    which Aegra 0.11.0 drops where it stores a text. A message without an id is as one with an id:
    some combinations of stream modes show it before it gets one.
    """
    return json.dumps(_normal(value), sort_keys=True)


def _normal(value: Any) -> Any:
    if is_object(value):
        named = {_text(key): _normal(member) for key, member in value.items()}
        return named | {"id": "<id>"} if is_message(value) and value["id"] is None else named
    if is_list(value):
        return [_normal(item) for item in value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    return value


def _text(text: str) -> str:
    return _TIME.sub("<time>", _ID.sub("<id>", text)).replace("\0", "")


def _number(value: int | float) -> float | str:
    try:
        number = float(value)
    except OverflowError:
        return str(value)
    return "<time>" if any(start < number < end for start, end in _EPOCHS) else number

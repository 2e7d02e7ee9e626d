"""Normal forms of values, without ids and times, to compare the responses of several runs."""

import json
import re
from typing import Any

from graphtape_contracts.json_value import is_list, is_object
from graphtape_contracts.langchain.messages import is_message
from graphtape_contracts.parsing.identifiers import HEX_ID, MODEL_MESSAGE_ID, UUID

_ID = re.compile(rf"{MODEL_MESSAGE_ID}|{UUID}(?:-\d+)?|(?<![0-9a-fA-F]){HEX_ID}(?![0-9a-f])")
"""A generated id. The id of a message includes the prefix and the suffix of its UUID.

The suffix depends on the stream modes: the id is `lc_run--UUID` if the model streamed, and
`lc_run--UUID-0` if not (langgraph-api 0.16.7).
"""
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
_EPOCHS = [(1.2e9 * unit, 2.2e9 * unit) for unit in (1, 1e3, 1e6, 1e9)]
"""The ranges of numbers that may be times from 2008 to 2039, in s, ms, µs and ns."""


def normal_form(value: Any) -> str:
    """Return a string that is equal for all values that differ only in generated ids and times.

    It also ignores the order of keys, the difference between 1 and 1.0, and NUL characters, which
    Aegra 0.11.0 drops from strings that it stores. A message whose id is null equals one with an
    id: some combinations of stream modes show messages before they get one.
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

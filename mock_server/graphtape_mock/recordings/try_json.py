"""JSON where there may be none."""

from typing import Any

import orjson

from graphtape_contracts.json_value import Json, is_object


def object_in(raw: bytes | str | None) -> Json:
    """Return the JSON object that *raw* is, an empty one if it is none."""
    value = value_in(raw)
    return value if is_object(value) else {}


def value_in(raw: bytes | str | None) -> Any:
    """Return the JSON value that *raw* is, None if it is none."""
    try:
        return None if raw is None else orjson.loads(raw)
    except ValueError:
        return None

"""Reads JSON from data that may not be JSON."""

from typing import Any

import orjson

from graphtape_contracts.json_value import Json, is_object


def object_in(raw: bytes | str | None) -> Json:
    """Return the JSON object in *raw*; an empty one if *raw* is anything else."""
    value = value_in(raw)
    return value if is_object(value) else {}


def value_in(raw: bytes | str | None) -> Any:
    """Return the JSON value in *raw*; None if *raw* is not JSON."""
    try:
        return None if raw is None else orjson.loads(raw)
    except ValueError:
        return None

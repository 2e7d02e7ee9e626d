"""JSON where there may be none."""

from typing import Any, cast

import orjson


def object_in(raw: bytes | str | None) -> dict[str, Any]:
    """Return the JSON object that *raw* is, an empty one if it is none."""
    value = value_in(raw)
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def value_in(raw: bytes | str | None) -> Any:
    """Return the JSON value that *raw* is, None if it is none."""
    try:
        return None if raw is None else orjson.loads(raw)
    except ValueError:
        return None

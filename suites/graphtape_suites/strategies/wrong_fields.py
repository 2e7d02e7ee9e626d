"""A strategy for fields of run requests with values of any type, most of them wrong."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from graphtape_contracts.json_value import Json
from graphtape_contracts.schema import load

LEFT_ALONE = frozenset(
    (
        "webhook",  # The deployment might call it.
        "after_seconds",  # The deployment might wait that long.
        "assistant_id",
        "input",
        "metadata",  # The suites tag each run there.
    )
)
"""Fields that are never drawn: a wrong value may cost money or time, or affect other users.

`on_disconnect` is never drawn either, because background runs do not have it.
"""

VALUES: tuple[Any, ...] = (None, True, False, 0, 5, -1, 1.5, "", "x", [], ["x"], {}, {"x": 1})


@cache
def wrong_fields() -> st.SearchStrategy[Json]:
    """Return a strategy for objects with one or two fields of a run request."""
    properties = load("background-run-request.json")["properties"]
    names = sorted(properties.keys() - LEFT_ALONE)
    return st.dictionaries(st.sampled_from(names), st.sampled_from(VALUES), min_size=1, max_size=2)

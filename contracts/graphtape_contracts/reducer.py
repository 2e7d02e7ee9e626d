"""How the updates of a step change one key of a graph's state."""

import math
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from graphtape_contracts.json_value import Json, is_list
from graphtape_contracts.langchain.messages import is_message

_REMOVE_ALL = "__remove_all__"


class Reducer(StrEnum):
    """What a graph does with what a node returns for a key of the state."""

    REPLACE = "replace"
    """The new value stands in the place of the old one."""
    ADD = "add"
    """The new value is added to the old one: `operator.add`."""
    MESSAGES = "messages"
    """`add_messages`: a message takes the place of one with the same id, or comes last."""


def may_follow(reducer: Reducer, old: Any, updates: Sequence[Any], new: Any) -> bool:
    """Whether *updates*, at least one, of the value *old* may lead to *new*.

    The order of several updates is not known, as nodes that run at the same time finish in any.
    What cannot be told is let pass.
    """
    if reducer is Reducer.REPLACE:
        return new in updates
    if reducer is Reducer.ADD:
        return _may_be_sum([old, *updates], new)
    changes = [change for update in updates for change in (update if is_list(update) else [update])]
    if not is_list(old) or not is_list(new) or not all(map(is_message, [*old, *changes, *new])):
        return True
    return _may_be_merged(old, changes, new, in_order=len(updates) == 1)


def _may_be_sum(parts: Sequence[Any], new: Any) -> bool:
    if all(isinstance(part, int | float) for part in [*parts, new]):
        try:
            return math.isclose(sum(parts), new, abs_tol=1e-9)
        except OverflowError:  # An integer that no float can hold.
            return True
    if not all(is_list(part) for part in [*parts, new]):
        return True
    joined = [item for part in parts for item in part]
    if len(parts) == 2 or len(joined) != len(new):
        return bool(joined == new)
    start = len(parts[0])
    added, expected = list(new[start:]), joined[start:]
    for item in expected:
        if item not in added:
            return False
        added.remove(item)
    return bool(new[:start] == parts[0])


def _may_be_merged(
    old: Sequence[Json], changes: Sequence[Json], new: Sequence[Json], *, in_order: bool
) -> bool:
    merged = list(old)
    for change in changes:
        id_ = change["id"]
        place = next((n for n, message in enumerate(merged) if message["id"] == id_), None)
        if change["type"] == "remove":
            if id_ == _REMOVE_ALL:
                merged.clear()
            elif place is not None:
                del merged[place]
        elif place is None or id_ is None:
            merged.append(change)
        else:
            merged[place] = change
    if in_order:
        return len(merged) == len(new) and all(map(_is_same, merged, new))
    return Counter(map(_kind, merged)) == Counter(map(_kind, new))


def _is_same(message: Json, shown: Json) -> bool:
    """Whether *message* is shown as *shown*; the server gives an id to one without."""
    return _kind(message) == _kind(shown) and message["id"] in (None, shown["id"])


def _kind(message: Json) -> tuple[str, str]:
    return message["type"], repr(message["content"])

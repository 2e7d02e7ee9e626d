"""Updates lead to the values that LangGraph's own reducers make of them, and to no others."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts.reducer import Reducer, may_follow

_LISTS = st.lists(st.integers(0, 3), max_size=4)


def _message(id_: str | None, content: str = "", type_: str = "ai") -> dict[str, Any]:
    return {"type": type_, "content": content, "id": id_}


_A, _B, _NEW = _message("a", "one"), _message("b", "two"), _message("a", "three")
_UNNAMED = _message(None, "four")
_REMOVED = _message("a", type_="remove")
_CLEARED = _message("__remove_all__", type_="remove")


@settings(deadline=None)
@given(_LISTS, st.lists(_LISTS, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_lists_are_added_in_any_order(
    old: list[int], updates: list[list[int]], random: Any
) -> None:
    shuffled = random.sample(updates, len(updates))
    new = sum(shuffled, old)

    assert may_follow(Reducer.ADD, old, updates, new)
    assert not may_follow(Reducer.ADD, old, updates, [*new, 9])


@pytest.mark.parametrize(
    ("reducer", "old", "updates", "new"),
    [
        (Reducer.REPLACE, 1, [2], 2),
        (Reducer.REPLACE, 1, [2, 3], 3),
        (Reducer.ADD, 1, [2, 0.5], 3.5),
        (Reducer.ADD, 10**400, [1], 10**400 + 1),
        (Reducer.ADD, "a", ["b"], "ab"),
        (Reducer.MESSAGES, [_A], [[_B]], [_A, _B]),
        (Reducer.MESSAGES, [_A], [_B], [_A, _B]),
        (Reducer.MESSAGES, [_A, _B], [[_NEW]], [_NEW, _B]),
        (Reducer.MESSAGES, [_A], [[_UNNAMED]], [_A, _message("c", "four")]),
        (Reducer.MESSAGES, [_A, _B], [[_REMOVED]], [_B]),
        (Reducer.MESSAGES, [_B], [[_REMOVED]], [_B]),
        (Reducer.MESSAGES, [_A], [[_CLEARED, _B]], [_B]),
        (Reducer.MESSAGES, [], [[_A], [_B]], [_B, _A]),
        (Reducer.MESSAGES, [_A], [[["ai", "not a message yet"]]], [_A, _B]),
        (Reducer.MESSAGES, None, [[_A]], [_A]),
    ],
)
def test_what_may_be_is_let_pass(reducer: Reducer, old: Any, updates: list[Any], new: Any) -> None:
    assert may_follow(reducer, old, updates, new)


@pytest.mark.parametrize(
    ("reducer", "old", "updates", "new"),
    [
        (Reducer.REPLACE, 1, [2], 1),
        (Reducer.ADD, 1, [2], 2),
        (Reducer.ADD, [1], [[2]], [2]),
        (Reducer.ADD, [1], [[2], [3]], [1, 2]),
        (Reducer.ADD, [1], [[2], [3]], [1, 2, 2]),
        (Reducer.ADD, [1], [[2], [3]], [9, 2, 3]),
        (Reducer.MESSAGES, [_A], [[_B]], [_A]),
        (Reducer.MESSAGES, [_A], [[_B]], [_B, _A]),
        (Reducer.MESSAGES, [_A], [[_NEW]], [_A, _NEW]),
        (Reducer.MESSAGES, [_A], [[_B]], [_A, _message("c", "two")]),
        (Reducer.MESSAGES, [_A, _B], [[_REMOVED]], [_A, _B]),
        (Reducer.MESSAGES, [], [[_A], [_B]], [_A]),
    ],
)
def test_what_cannot_be_is_told(reducer: Reducer, old: Any, updates: list[Any], new: Any) -> None:
    assert not may_follow(reducer, old, updates, new)

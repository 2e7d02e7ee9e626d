"""Values that differ only in ids and times have the same normal form."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts.parsing.normal_form import normal_form

_ONE = "01a2020b-829e-7310-b70e-f7a23b32f635"
_OTHER = "6d1d2f2e-4a5e-4f5f-9f0f-0a0b0c0d0e0f"
_MESSAGE = {"type": "ai", "content": "hi", "id": None}

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_ONE, _OTHER),
        (f"child:{_ONE}", f"child:{_OTHER}"),
        (f"lc_run--{_ONE}", f"lc_run--{_OTHER}-0"),
        (f"run-{_ONE}", f"run-{_OTHER}"),
        ("271a4cfa079ec95e7175603ea4d59027", "17fa20d633f910705554708032033136"),
        ({_ONE: 1}, {_OTHER: 1}),
        (_MESSAGE, _MESSAGE | {"id": f"lc_run--{_ONE}"}),
        ("2026-11-22T07:14:18.360281+00:00", "2025-01-01T00:00:00Z"),
        (1795331707941, 1795331707942),
        (1795331707.5, 1795331708),
        (1, 1.0),
        ("a\0b", "ab"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ],
)
def test_ids_and_times_are_not_in_the_normal_form(one: Any, other: Any) -> None:
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 2),
        (True, 1),
        (None, ""),
        ([1, 2], [2, 1]),
        ({"a": 1}, {"a": 1, "b": 2}),
        (_MESSAGE, _MESSAGE | {"id": "fixed"}),
        (10**400, 10**401),
        ("child", "parent"),
    ],
)
def test_content_of_the_graph_is_in_the_normal_form(one: Any, other: Any) -> None:
    assert normal_form(one) != normal_form(other)


@settings(deadline=None)
@given(_JSON)
def test_every_value_has_a_normal_form(value: Any) -> None:
    assert normal_form(value) == normal_form(value)

"""Shapes have the fields and types of values, but not their content."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtape_contracts.json_value import Absent, Json, is_list, is_object
from graphtape_contracts.shape import (
    ENTRY,
    NOTHING,
    Fields,
    Shape,
    merge,
    shape_of,
    shape_of_all,
    type_of,
)
from graphtape_contracts.shape_difference import Change, Difference, differences

ID = "01a2020b-829e-7310-b70e-f7a23b32f635"
AI: Json = {"type": "ai", "content": "hi", "id": ID, "tool_calls": []}
EMPTY: Json = {}
HUMAN: Json = {"type": "human", "content": "hi", "id": None}

_KEYS = st.sampled_from(["a", "b", "type", "content", "id", ID, "Not a name!"])
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
_MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(["ai", "human", "tool"]), "content": _SCALARS, "id": _SCALARS},
    optional={"name": _SCALARS, "tool_calls": st.lists(st.just({"args": {"x": 1}}), max_size=2)},
)
_JSON = st.recursive(
    _SCALARS | _MESSAGES,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(_KEYS, values, max_size=4),
    max_leaves=12,
)
_SHAPES = st.lists(_JSON, max_size=3).map(shape_of_all)


def nested(value: Any, levels: int = 100) -> Any:
    """Return *value* inside *levels* nested arrays."""
    for _ in range(levels):
        value = [value]
    return value


def changes(before: Any, after: Any) -> list[tuple[Change, str]]:
    """Return kind and path of each difference between the shapes of two values."""
    found = differences(shape_of(before), shape_of(after))
    return [(difference.change, difference.path) for difference in found]


def unseen(value: Any, shape: Shape, kind: str = "") -> Iterator[str]:
    """Yield the types and keys of *value* that *shape* lacks."""
    yield from {type_of(value)} - shape.types
    if is_list(value):
        for item in value:
            yield from unseen(item, shape.items or NOTHING)
    if is_object(value):
        fields = shape.objects[kind]
        yield from (name for name in fields.always if name not in value)
        for key, member in value.items():
            yield from unseen(member, fields.shapes.get(key) or fields.shapes[ENTRY])


@given(_JSON.filter(lambda value: "content" not in str(value)))
def test_the_shape_of_a_value_covers_all_its_parts(value: Any) -> None:
    assert list(unseen(value, shape_of(value))) == []


@given(_SHAPES)
def test_merging_a_shape_with_itself_or_with_nothing_changes_nothing(shape: Shape) -> None:
    assert merge(shape, shape) == merge(shape, NOTHING) == merge(NOTHING, shape) == shape


@given(_SHAPES, _SHAPES)
def test_merging_shapes_is_commutative(one: Shape, other: Shape) -> None:
    assert merge(one, other) == merge(other, one)


@given(_SHAPES, _SHAPES, _SHAPES)
def test_merging_shapes_is_associative(one: Shape, two: Shape, three: Shape) -> None:
    assert merge(merge(one, two), three) == merge(one, merge(two, three))


@given(_SHAPES)
def test_a_shape_does_not_differ_from_itself(shape: Shape) -> None:
    assert list(differences(shape, shape)) == []


@given(_SHAPES, _SHAPES)
def test_a_part_of_a_merged_shape_differs_only_in_optional_parts(one: Shape, other: Shape) -> None:
    found = differences(merge(one, other), one)

    assert {difference.change for difference in found} <= {Change.UNSEEN}


@given(_SHAPES, _SHAPES)
def test_a_difference_in_one_direction_is_one_in_the_other_or_new(one: Shape, other: Shape) -> None:
    there, back = list(differences(one, other)), list(differences(other, one))

    lost = {Change.MISSING, Change.UNSEEN}
    gone = {(d.path, d.message) for d in there if d.change in lost and not d.path.endswith(".*")}
    assert gone <= {(d.path, d.message) for d in back if d.change is Change.NEW}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a text", "another"),
        (1, 2.5),
        (True, False),
        ([1, 2], [3]),
        ({"b": 1, "a": 2}, {"a": 3, "b": 4}),
        ({ID: 1}, {ID.replace("0", "1"): 1}),
        ({f"run--{ID}": 1}, {f"lc_run--{ID}-0": 1}),
        ({"271a4cfa079ec95e7175603ea4d59027": 1}, {"17fa20d633f910705554708032033136": 1}),
        ({"What is this?": 1, "2": 2}, {"And that?": 3}),
        (AI, AI | {"content": "a longer text", "id": "another"}),
        (
            [AI | {"tool_calls": [{"name": "x", "args": {"city": "Paris"}}]}],
            [AI | {"tool_calls": [{"name": "y", "args": {"town": "Rome", "days": 2}}]}],
        ),
        (AI | {"response_metadata": {"x": 1}}, AI | {"response_metadata": {"model_name": "x"}}),
        (
            AI | {"content": [{"type": "text", "text": "hi"}]},
            AI | {"content": [{"type": "tool_use", "input": {"x": 1}}]},
        ),
        ([HUMAN, AI, HUMAN], [AI, HUMAN]),
    ],
)
def test_values_with_different_content_have_one_shape(one: Any, other: Any) -> None:
    assert shape_of(one) == shape_of(other)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {}, [(Change.MISSING, "$.a")]),
        ({}, {"a": {"b": 1}}, [(Change.NEW, "$.a")]),
        ([{"a": 1}, EMPTY], [EMPTY], [(Change.UNSEEN, "$[*].a")]),
        ([{"a": 1}], [{"a": 1}, EMPTY], [(Change.SOMETIMES, "$[*].a")]),
        ({"a": ""}, {"a": 1}, [(Change.RETYPED, "$.a")]),
        ({"a": ""}, {"a": None}, [(Change.RETYPED, "$.a")]),
        (["", 1], ["", None], [(Change.WIDENED, "$[*]")]),
        (["", None], [""], []),
        (["", None], [None], []),
        ({"a": None}, {"a": {"b": 1}}, [(Change.FILLED, "$.a")]),
        ({"a": []}, {"a": [1]}, []),
        ({"a": [1]}, {"a": []}, []),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {}}}, [(Change.MISSING, "$.a.b.c")]),
        ({ID: {"a": 1}}, {ID: {"a": ""}}, [(Change.RETYPED, "$.*.a")]),
        ({ID: {"a": 1}}, {}, []),
        ({}, {ID: 1}, [(Change.NEW, "$.*")]),
        ([HUMAN, AI], [HUMAN], [(Change.UNSEEN, "$[*]")]),
        ([HUMAN], [HUMAN, AI], [(Change.NEW, "$[*]")]),
        ([AI], [{"lc": 1, "kwargs": {"x": 1}}], [(Change.RETYPED, "$[*]")]),
        ([AI], [HUMAN], [(Change.RETYPED, "$[*]")]),
        (AI, AI | {"content": ["x"]}, [(Change.RETYPED, "$.content")]),
        (nested("a"), nested(1), []),
        ({}, Absent.EMPTY, [(Change.RETYPED, "$")]),
    ],
)
def test_changes_that_may_break_a_client_are_reported(
    before: Any, after: Any, expected: list[tuple[Change, str]]
) -> None:
    assert changes(before, after) == expected


def test_a_difference_has_the_types_before_and_after() -> None:
    before = shape_of([{"a": 1}, {"a": None}, HUMAN, AI])
    after = shape_of([{"a": ""}, AI | {"b": 1}])

    assert list(differences(before, after)) == [
        Difference(Change.UNSEEN, "$[*]", "human message", "none of it", "human"),
        Difference(
            Change.RETYPED, "$[*].a", "number or null", "string", types=frozenset(("string",))
        ),
        Difference(Change.NEW, "$[*].b", "absent", "number", "ai"),
    ]


def test_several_types_are_shown_as_a_list_with_null_last() -> None:
    before, after = shape_of([[]]), shape_of([[], None, 1, {}, AI])

    (difference,) = differences(before, after)

    assert (difference.before, difference.after) == (
        "array",
        "object, ai message, array, number or null",
    )


def test_opaque_content_is_compared_by_type() -> None:
    (difference,) = differences(shape_of(AI), shape_of(AI | {"content": {"text": "hi"}}))

    assert (difference.before, difference.after) == ("string", "object")


def test_a_shape_separates_fields_by_the_type_of_messages() -> None:
    assert shape_of([HUMAN, {"a": 1}]).items == Shape(
        frozenset(("object",)),
        objects={
            "": Fields(frozenset("a"), {"a": shape_of(1)}),
            "human": Fields(
                frozenset(("type", "content", "id")),
                {"type": shape_of(""), "content": shape_of(""), "id": shape_of(None)},
            ),
        },
    )

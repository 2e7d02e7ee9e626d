"""Tests of `graphtape_contracts.langchain.merge`. The literal expectations were observed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts.langchain.merge import (
    Content,
    NotAddable,
    merge_artifacts,
    merge_content,
    merge_dicts,
    merge_lists,
)
from graphtape_contracts.langchain.partial_json import JsonValue


def text_block(index: int, text: str) -> JsonValue:
    """Make a content block."""
    return {"type": "text", "text": text, "index": index}


indexed_texts = st.lists(st.builds(text_block, st.integers(0, 2), st.text()))


@settings(deadline=None)
@given(indexed_texts, indexed_texts, indexed_texts)
def test_merging_lists_is_associative(
    one: list[JsonValue], two: list[JsonValue], three: list[JsonValue]
) -> None:
    left_first = merge_lists(merge_lists([], one), two)
    right_first = merge_lists(merge_lists([], two), three)

    assert merge_lists(left_first, three) == merge_lists(merge_lists([], one), right_first)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("a", "b", "ab"),
        ("", [{"type": "text"}], ["", {"type": "text"}]),
        ("a", ["b"], ["a", "b"]),
        (["a"], "b", ["ab"]),
        ([{"type": "text"}], "b", [{"type": "text"}, "b"]),
        ([{"type": "text"}], "", [{"type": "text"}]),
        ([], "lost", []),
        (["a"], ["b"], ["a", "b"]),
    ],
)
def test_strings_and_lists_of_blocks_are_concatenated(
    left: Content, right: Content, expected: Content
) -> None:
    assert merge_content(left, right) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": None}, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"a": None}, {"a": 1}),
        ({"a": "x"}, {"a": "x"}, {"a": "xx"}),
        ({"id": "x"}, {"id": "x"}, {"id": "x"}),
        ({"id": "x"}, {"id": "y"}, {"id": "xy"}),
        ({"model_provider": "x"}, {"model_provider": "x"}, {"model_provider": "x"}),
        ({"output_version": "v1"}, {"output_version": "v1"}, {"output_version": "v1"}),
        ({"index": "lc_1"}, {"index": "lc_2"}, {"index": "lc_1"}),
        ({"index": "a"}, {"index": "b"}, {"index": "ab"}),
        ({"a": 1}, {"a": 2}, {"a": 3}),
        ({"a": 2}, {"a": 2}, {"a": 2}),
        ({"a": 0.5}, {"a": 0.5}, {"a": 0.5}),
        ({"a": True}, {"a": True}, {"a": True}),
        ({"created": 1}, {"created": 2}, {"created": 2}),
        ({"a": {"b": "c"}}, {"a": {"b": "d"}}, {"a": {"b": "cd"}}),
        ({"a": [1]}, {"a": [2]}, {"a": [1, 2]}),
    ],
)
def test_objects_are_merged_key_by_key(
    left: dict[str, JsonValue], right: dict[str, JsonValue], expected: dict[str, JsonValue]
) -> None:
    assert merge_dicts(left, right) == expected


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            0.5,
            0.25,
            "Additional kwargs key p already exists in left dict and value has unsupported type "
            "<class 'float'>.",
        ),
        (
            True,
            False,
            "Additional kwargs key p already exists in left dict and value has unsupported type "
            "<class 'bool'>.",
        ),
        (
            1,
            "1",
            'additional_kwargs["p"] already exists in this message, but with a different type.',
        ),
    ],
    ids=["floats", "booleans", "types"],
)
def test_values_that_cannot_be_merged_raise_the_error_of_the_server(
    old: JsonValue, new: JsonValue, message: str
) -> None:
    with pytest.raises(NotAddable) as caught:
        merge_dicts({"p": old}, {"p": new})

    assert (caught.value.error, caught.value.message) == ("TypeError", message)
    assert str(caught.value) == f"expected two chunks of one message, got TypeError: {message}"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"index": 0, "t": "a"}, {"index": 0, "t": "b"}, [{"index": 0, "t": "ab"}]),
        ({"index": "lc_0", "t": "a"}, {"index": "lc_0"}, [{"index": "lc_0", "t": "a"}]),
        ({"index": 0}, {"index": 1}, [{"index": 0}, {"index": 1}]),
        ({"index": "a"}, {"index": "a"}, [{"index": "a"}, {"index": "a"}]),
        ({"index": None}, {"index": None}, [{"index": None}, {"index": None}]),
        ({}, {"index": 0}, [{}, {"index": 0}]),
        ("a", {"index": 0}, ["a", {"index": 0}]),
        ({"index": 0, "id": "x"}, {"index": 0, "id": ""}, [{"index": 0, "id": "x"}]),
        ({"index": 0}, {"index": 0, "id": "x"}, [{"index": 0, "id": "x"}]),
        ({"index": 0, "id": "x"}, {"index": 0, "id": "x"}, [{"index": 0, "id": "x"}]),
        (
            {"index": 0, "id": "x"},
            {"index": 0, "id": "y"},
            [{"index": 0, "id": "x"}, {"index": 0, "id": "y"}],
        ),
        ({"index": 0, "type": "a"}, {"index": 0, "type": "b"}, [{"index": 0, "type": "a"}]),
        (
            {"index": 0, "type": "text"},
            {"index": 0, "type": "non_standard", "value": {"type": "x", "v": 1}},
            [{"index": 0, "type": "text", "extras": {"v": 1}}],
        ),
        (
            {"index": 0, "type": "non_standard", "value": {"v": "a"}},
            {"index": 0, "type": "non_standard", "value": {"type": "x", "v": "b"}},
            [{"index": 0, "type": "non_standard", "value": {"v": "ab"}}],
        ),
    ],
)
def test_items_with_the_same_index_are_merged_and_others_appended(
    left: JsonValue, right: JsonValue, expected: list[JsonValue]
) -> None:
    assert merge_lists([left], [right]) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (None, None, None),
        (None, 0, 0),
        (0, None, 0),
        ("a", "b", "ab"),
        ({"a": "b"}, {"a": "c"}, {"a": "bc"}),
        ([1], [1], [1, 1]),
        (2, 2, 2),
    ],
)
def test_artifacts_of_one_type_are_merged(
    left: JsonValue, right: JsonValue, expected: JsonValue
) -> None:
    assert merge_artifacts(left, right) == expected


@pytest.mark.parametrize(
    ("left", "right", "error", "message"),
    [
        (
            1,
            "a",
            "TypeError",
            "left and right are of different types. "
            "Left type:  <class 'int'>. Right type: <class 'str'>.",
        ),
        (
            1,
            2,
            "ValueError",
            "Unable to merge left=1 and right=2. Both must be of type str, dict, or list, "
            "or else be two equal objects.",
        ),
    ],
)
def test_artifacts_that_cannot_be_merged_raise_the_error_of_the_server(
    left: JsonValue, right: JsonValue, error: str, message: str
) -> None:
    with pytest.raises(NotAddable) as caught:
        merge_artifacts(left, right)

    assert (caught.value.error, caught.value.message) == (error, message)

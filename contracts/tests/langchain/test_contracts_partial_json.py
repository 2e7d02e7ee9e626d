"""Tests of `graphtape_contracts.langchain.partial_json`. The literal expectations were observed."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts.langchain.partial_json import JsonValue, parse_partial_json

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)
json_objects = st.dictionaries(st.text(), json_values)
UNFINISHED: list[tuple[str, JsonValue]] = [
    ("{", {}),
    ('{"city', {}),
    ('{"city": ', {}),
    ('{"city": "Pa', {"city": "Pa"}),
    ('{"a": 1, "b": tru', {"a": 1}),
    ('{"a": 1, "b": -', {"a": 1}),
    ('{"a": 1.', {"a": 1}),
    ('{"a": [1, {"b": 2', {"a": [1, {"b": 2}]}),
    ('{"a": [1, {"b": ', {"a": [1, {}]}),
    ('{"a": {"b": 1}, "c": {', {"a": {"b": 1}, "c": {}}),
    ('[1, "a', [1, "a"]),
    ('"a', "a"),
]


@settings(deadline=None)
@given(json_values, st.booleans())
def test_complete_json_is_parsed(value: JsonValue, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)

    assert parse_partial_json(text) == value


@settings(deadline=None)
@given(st.data())
def test_each_prefix_of_an_object_parses_to_an_object_with_its_first_keys(
    data: st.DataObject,
) -> None:
    value = data.draw(json_objects)
    text = json.dumps(value)
    length = data.draw(st.integers(1, len(text)))

    parsed = parse_partial_json(text[:length])

    assert isinstance(parsed, dict)
    assert list(parsed) == list(value)[: len(parsed)]


@pytest.mark.parametrize(
    ("text", "expected"),
    UNFINISHED,
)
def test_open_parts_are_closed_and_incomplete_tokens_are_dropped(
    text: str, expected: JsonValue
) -> None:
    assert parse_partial_json(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": "b\\', {"a": "b"}),
        ('{"a": "b\\\\', {"a": "b\\"}),
        ('{"a": "b\\"', {"a": 'b"'}),
        ('{"a": 1, "b": "c\\u00e', {"a": 1}),
        ('{"a": "b\nc', {"a": "b\nc"}),
        ('{"a": "}]', {"a": "}]"}),
    ],
    ids=["backslash", "two-backslashes", "quote", "half-an-escape", "line-feed", "brackets"],
)
def test_incomplete_escapes_at_the_end_of_a_string_are_dropped(
    text: str, expected: JsonValue
) -> None:
    assert parse_partial_json(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [('{"a": [1] "b": [2', {"a": [1]}), ("[[1] [", [[1]]), ("[[1], [x", [[1], []])],
)
def test_malformed_text_is_cut_where_its_open_brackets_still_match(
    text: str, expected: JsonValue
) -> None:
    assert parse_partial_json(text) == expected


@pytest.mark.parametrize("text", ["}", "[}", '{"a": 1]', "{}}"])
def test_an_unmatched_closing_bracket_makes_the_whole_text_null(text: str) -> None:
    assert parse_partial_json(text) is None


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "-1e999"])
def test_a_number_that_json_does_not_have_is_null(number: str) -> None:
    assert parse_partial_json(f'{{"a": {number}') == {"a": None}


@pytest.mark.parametrize("text", ["", " ", "nope", ', "a": 1'])
def test_text_without_a_json_prefix_raises_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        parse_partial_json(text)


def test_text_nested_too_deeply_raises_an_error() -> None:
    with pytest.raises(RecursionError):
        parse_partial_json("[" * 100_000)

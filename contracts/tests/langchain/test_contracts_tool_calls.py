"""Tests of `graphtape_contracts.langchain.tool_calls`. The literal expectations were observed."""

import json
from typing import Any

import pytest

from graphtape_contracts.langchain.merge import Content, Object
from graphtape_contracts.langchain.partial_json import JsonValue
from graphtape_contracts.langchain.tool_calls import (
    chunks_of_raw_calls,
    finish_blocks,
    parse_tool_calls,
    tool_call_chunk,
)

BLOCKS: list[tuple[Content, Content]] = [
    ("text", "text"),
    (["text", {"type": "text"}], ["text", {"type": "text"}]),
    (
        [{"type": "tool_call_chunk", "id": "c1", "index": 1, "extras": {"z": 1}}],
        [{"type": "tool_call", "name": "f", "args": {}, "id": "c1", "extras": {"z": 1}}],
    ),
    ([{"type": "tool_call_chunk", "id": "?"}], [{"type": "tool_call_chunk", "id": "?"}]),
    ([{"type": "tool_call_chunk"}], [{"type": "tool_call_chunk"}]),
    ([{"type": "server_tool_call"}], [{"type": "server_tool_call", "args": {}}]),
    (
        [{"type": "server_tool_call_chunk", "args": '{"a": 1}', "index": 0}],
        [{"type": "server_tool_call", "args": {"a": 1}, "index": 0}],
    ),
    (
        [{"type": "server_tool_call_chunk", "args": '{"a'}],
        [{"type": "server_tool_call_chunk", "args": '{"a'}],
    ),
    (
        [{"type": "server_tool_call_chunk", "args": "[]"}],
        [{"type": "server_tool_call_chunk", "args": "[]"}],
    ),
    (
        [{"type": "server_tool_call", "args": {"a": 1}}],
        [{"type": "server_tool_call", "args": {"a": 1}}],
    ),
]
"""Pairs of contents: before and after `finish_blocks`."""


def head(**fields: Any) -> Object:
    """Make a whole tool call."""
    whole: Object = {"name": "f", "args": {}, "id": "c1", "type": "tool_call"}
    return whole | fields


@pytest.mark.parametrize("piece", ["not an object", {}])
def test_a_tool_call_chunk_from_any_value_has_all_keys(piece: JsonValue) -> None:
    assert json.dumps(tool_call_chunk(piece)) == json.dumps(
        {"name": None, "args": None, "id": None, "index": None, "type": "tool_call_chunk"}
    )


@pytest.mark.parametrize("args", [None, "", "{", '{"a'])
def test_missing_arguments_are_empty(args: str | None) -> None:
    valid, invalid = parse_tool_calls([tool_call_chunk({"name": "f", "args": args, "id": "c1"})])

    assert (valid, invalid) == ([head()], [])


def test_a_missing_name_is_empty() -> None:
    valid, _ = parse_tool_calls([tool_call_chunk({"args": "{}"})])

    assert valid == [head(name="", id=None)]


@pytest.mark.parametrize("args", ["[1", "nope", "}", '"s"', "[" * 100_000, 7])
def test_arguments_that_are_not_an_object_make_an_invalid_call(args: JsonValue) -> None:
    valid, invalid = parse_tool_calls([tool_call_chunk({"name": "f", "args": args, "id": "c1"})])

    assert valid == []
    assert json.dumps(invalid) == json.dumps(
        [{"name": "f", "args": args, "id": "c1", "error": None, "type": "invalid_tool_call"}]
    )


def test_raw_calls_of_a_provider_become_tool_call_chunks() -> None:
    raw: JsonValue = [
        {"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}},
        {"index": 1},
    ]

    assert chunks_of_raw_calls(raw) == [
        tool_call_chunk({"name": "f", "args": "{}", "id": "a", "index": 0}),
        tool_call_chunk({"index": 1}),
    ]


@pytest.mark.parametrize(
    "raw",
    [None, "text", [1], [{"function": None}], [{"function": {"name": "f"}}]],
    ids=repr,
)
def test_raw_calls_of_another_shape_are_ignored(raw: JsonValue) -> None:
    assert chunks_of_raw_calls(raw) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    BLOCKS,
)
def test_blocks_of_tool_call_chunks_become_whole_calls(content: Content, expected: Content) -> None:
    finished = finish_blocks(content, [head(), head(id=None)])

    assert json.dumps(finished) == json.dumps(expected)


def test_arguments_that_are_nested_too_deeply_stay_text() -> None:
    block: Object = {"type": "server_tool_call_chunk", "args": "[" * 200_000}

    assert finish_blocks([block], []) == [block]
    assert parse_tool_calls([tool_call_chunk({"args": "[" * 200_000})])[0] == []

"""Tests of `graphtape_contracts.parsing.message_assembly`."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts.langchain.chunks import add_chunks
from graphtape_contracts.parsing.message_assembly import MessageAssembly, tool_calls_of

Piece = dict[str, Any]

BLOCKS = st.lists(
    st.text(max_size=3)
    | st.fixed_dictionaries(
        {"type": st.just("text"), "text": st.text(max_size=3)},
        optional={"index": st.integers(0, 2)},
    ),
    max_size=3,
)


def chunk(content: Any, *calls: Piece, **fields: Any) -> Piece:
    """Make a chunk of a message."""
    return {"type": "AIMessageChunk", "content": content, "tool_call_chunks": [*calls], **fields}


def part(args: Any, index: Any = 0, name: Any = None, id_: Any = None) -> Piece:
    """Make a chunk of a tool call."""
    return {"name": name, "args": args, "id": id_, "index": index}


def total(*pieces: Piece) -> MessageAssembly:
    """Add up the *pieces*."""
    added = MessageAssembly()
    for piece in pieces:
        added.add(piece)
    return added


@given(st.lists(st.text(max_size=3) | BLOCKS, min_size=1))
@settings(deadline=None)
def test_the_content_equals_that_of_the_added_chunks(contents: list[Any]) -> None:
    first, *rest = [chunk(content) for content in contents]
    summed = first
    for piece in rest:
        summed = add_chunks(summed, piece)

    content = total(first, *rest).content

    assert content == summed["content"]


def test_content_in_blocks_has_no_text() -> None:
    assert total(chunk("a"), chunk("b")).text == "ab"
    assert total(chunk("a"), chunk(["b"])).text is None
    assert total(chunk("a"), chunk(["b"])).content == ["a", "b"]


@pytest.mark.parametrize(
    "contents",
    [[None], ["a", 7], [[{"index": 0, "text": 1.5}], [{"index": 0, "text": 2.5}]], [None, "a", []]],
)
def test_chunks_that_cannot_be_added_have_no_content(contents: list[Any]) -> None:
    added = total(*[chunk(content) for content in contents])

    assert added.content is None
    assert added.text is None


@given(st.lists(st.dictionaries(st.text(), st.integers()), min_size=1, max_size=3), st.data())
@settings(deadline=None)
def test_the_tool_calls_equal_those_of_the_added_chunks(
    args: list[Any], data: st.DataObject
) -> None:
    calls: list[list[Piece]] = []
    for index, arguments in enumerate(args):
        text = json.dumps(arguments)
        cut = data.draw(st.integers(0, len(text)))
        head = part(text[:cut], index, f"f{index}", f"call_{index}")
        calls.append([head, part(text[cut:], index)])
    heads, tails = [head for head, _ in calls], [tail for _, tail in calls]

    added = total(chunk("", *heads), chunk("", *tails))

    assert added.calls == [(f"f{n}", arguments, f"call_{n}") for n, arguments in enumerate(args)]


@pytest.mark.parametrize(
    "calls",
    [
        [],
        [part('{"a": 1')],
        [part("[1]")],
        [part("{}", index=None)],
        [part("{}", index=None), part("{}")],
        [part("{}", name=7)],
        [part("{}", id_="call_1"), part("{}", id_="call_2")],
        [7],
    ],
)
def test_incomplete_or_malformed_tool_calls_are_unknown(calls: list[Any]) -> None:
    assert total(chunk("", *calls)).calls is None


def test_a_tool_call_needs_no_id_and_no_arguments() -> None:
    assert total(chunk("", part("", name="f"))).calls == [("f", {}, None)]


def test_a_repeated_id_does_not_start_another_tool_call() -> None:
    pieces = [part("{", name="f", id_="call_1"), part("}", id_="call_1")]

    assert total(chunk("", *pieces)).calls == [("f", {}, "call_1")]


def test_a_message_may_have_no_chunks_of_tool_calls() -> None:
    assert total({"content": "a", "tool_call_chunks": None}).calls is None


def test_a_message_is_open_until_its_last_chunk() -> None:
    first, last = chunk("a", chunk_position=None), chunk("", chunk_position="last")

    assert total(first).is_open
    assert not total(first, last).is_open
    assert not total(chunk("a")).is_open


def test_the_tool_calls_of_a_whole_message_are_read() -> None:
    head = {"name": "f", "args": {"a": 1}, "id": "call_1", "type": "tool_call"}

    assert tool_calls_of({"tool_calls": [head]}) == [("f", {"a": 1}, "call_1")]
    assert tool_calls_of({"tool_calls": [7]}) is None
    assert tool_calls_of({}) is None

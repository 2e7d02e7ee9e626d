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
def test_the_content_is_that_of_the_sum_of_chunks(contents: list[Any]) -> None:
    first, *rest = [chunk(content) for content in contents]
    summed = first
    for piece in rest:
        summed = add_chunks(summed, piece)

    content = total(first, *rest).content

    assert content == summed["content"]


def test_only_a_text_is_a_text() -> None:
    assert total(chunk("a"), chunk("b")).text == "ab"
    assert total(chunk("a"), chunk(["b"])).text is None
    assert total(chunk("a"), chunk(["b"])).content == ["a", "b"]


@pytest.mark.parametrize(
    "contents",
    [[None], ["a", 7], [[{"index": 0, "text": 1.5}], [{"index": 0, "text": 2.5}]], [None, "a", []]],
)
def test_what_cannot_be_added_up_has_no_content(contents: list[Any]) -> None:
    added = total(*[chunk(content) for content in contents])

    assert added.content is None
    assert added.text is None


@given(st.lists(st.dictionaries(st.text(), st.integers()), min_size=1, max_size=3), st.data())
@settings(deadline=None)
def test_the_calls_are_those_of_the_sum_of_chunks(args: list[Any], data: st.DataObject) -> None:
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
def test_calls_that_are_not_whole_are_not_known(calls: list[Any]) -> None:
    assert total(chunk("", *calls)).calls is None


def test_a_call_without_an_id_or_arguments_is_known() -> None:
    assert total(chunk("", part("", name="f"))).calls == [("f", {}, None)]


def test_a_call_whose_id_comes_again_is_one_call() -> None:
    pieces = [part("{", name="f", id_="call_1"), part("}", id_="call_1")]

    assert total(chunk("", *pieces)).calls == [("f", {}, "call_1")]


def test_pieces_of_calls_may_be_missing() -> None:
    assert total({"content": "a", "tool_call_chunks": None}).calls is None


def test_it_is_open_until_the_piece_that_is_marked_as_the_last() -> None:
    first, last = chunk("a", chunk_position=None), chunk("", chunk_position="last")

    assert total(first).is_open
    assert not total(first, last).is_open
    assert not total(chunk("a")).is_open


def test_the_calls_of_a_message_are_read() -> None:
    head = {"name": "f", "args": {"a": 1}, "id": "call_1", "type": "tool_call"}

    assert tool_calls_of({"tool_calls": [head]}) == [("f", {"a": 1}, "call_1")]
    assert tool_calls_of({"tool_calls": [7]}) is None
    assert tool_calls_of({}) is None

"""Tests of `graphtape_contracts.langchain.chunks`. The literal expectations were observed."""

import json
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts.langchain.chunks import Message, add_chunks
from graphtape_contracts.langchain.merge import NotAddable

EMPTY: Message = {
    "content": "",
    "additional_kwargs": {},
    "response_metadata": {},
    "type": "AIMessageChunk",
    "name": None,
    "id": "lc_run--1",
    "tool_calls": [],
    "invalid_tool_calls": [],
    "usage_metadata": None,
    "tool_call_chunks": [],
    "chunk_position": None,
}


def ai(content: Any = "", **fields: Any) -> Message:
    """Make a chunk of an AI message."""
    return EMPTY | {"content": content} | fields


def piece(args: str | None, index: int | None = 0, **fields: Any) -> Message:
    """Make a tool call chunk."""
    empty = {"name": None, "args": args, "id": None, "index": index, "type": "tool_call_chunk"}
    return empty | fields


def plain(kind: str, content: str = "", **fields: Any) -> Message:
    """Make a chunk of a message whose type is not `ai`."""
    common = ("content", "additional_kwargs", "response_metadata", "type", "name", "id")
    return {key: EMPTY[key] for key in common} | {"type": kind, "content": content} | fields


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1))
def test_the_sum_contains_all_text(texts: list[str]) -> None:
    total = reduce(add_chunks, [ai(text) for text in texts])

    assert total == ai("".join(texts))


@settings(deadline=None)
@given(st.lists(st.text() | st.lists(st.text()), min_size=3, max_size=3))
def test_addition_is_associative_except_for_empty_lists(contents: list[Any]) -> None:
    one, two, three = (ai(content or "x") for content in contents)

    left_first = add_chunks(add_chunks(one, two), three)
    right_first = add_chunks(one, add_chunks(two, three))

    assert "".join(left_first["content"]) == "".join(right_first["content"])


@settings(deadline=None)
@given(st.dictionaries(st.text(), st.integers(0, 9) | st.text()), st.data())
def test_arguments_split_anywhere_add_up_to_the_tool_call(
    args: dict[str, int | str], data: st.DataObject
) -> None:
    text = json.dumps(args)
    cut = data.draw(st.integers(0, len(text)))
    first = ai(tool_call_chunks=[piece(text[:cut], name="f", id="call_1")])
    second = ai(tool_call_chunks=[piece(text[cut:])])

    total = add_chunks(first, second)

    assert total["tool_call_chunks"] == [piece(text, name="f", id="call_1")]
    assert total["tool_calls"] == [{"name": "f", "args": args, "id": "call_1", "type": "tool_call"}]


def test_addition_does_not_modify_the_chunks() -> None:
    left = ai(["a"], tool_call_chunks=[piece("{")], additional_kwargs={"k": {"l": "a"}})
    right = ai("b", tool_call_chunks=[piece("}")], additional_kwargs={"k": {"l": "b"}})
    before = json.dumps([left, right])

    add_chunks(left, right)

    assert json.dumps([left, right]) == before


def test_keys_are_in_the_order_that_servers_send() -> None:
    total = add_chunks(ai("a", name="bob", chunk_position="last", extra=1), ai("b"))

    assert json.dumps(total) == json.dumps(ai("ab", chunk_position="last"))


def test_missing_fields_of_a_chunk_count_as_empty() -> None:
    bare = {"type": "AIMessageChunk", "content": "a"}

    assert add_chunks(bare, bare) == ai("aa", id=None)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("lc_run--1", "msg_1", "msg_1"),
        ("msg_1", "lc_run--1", "msg_1"),
        ("msg_1", "msg_2", "msg_1"),
        ("lc_1", "lc_run--1", "lc_run--1"),
        ("lc_run--1", "lc_run--2", "lc_run--1"),
        ("run-1", "lc_run--1", "run-1"),
        ("", "lc_1", "lc_1"),
        (None, "", None),
    ],
)
def test_the_id_of_the_provider_wins_over_those_of_langchain(
    left: str | None, right: str | None, expected: str | None
) -> None:
    assert add_chunks(ai(id=left), ai(id=right))["id"] == expected


def test_token_counts_are_summed_and_known_ones_come_first() -> None:
    counts = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}
    left = counts | {"output_token_details": {"reasoning": 5}, "x": 1}
    right = counts | {"input_token_details": {"y": 1, "cache_read": 2}, "x": 2}

    total = add_chunks(ai(usage_metadata=left), ai(usage_metadata=right))

    assert json.dumps(total["usage_metadata"]) == json.dumps(
        {
            "input_tokens": 2,
            "output_tokens": 4,
            "total_tokens": 6,
            "input_token_details": {"cache_read": 2, "y": 1},
            "output_token_details": {"reasoning": 5},
            "x": 3,
        }
    )


def test_details_of_token_counts_are_summed() -> None:
    usage = {"input_tokens": 1, "input_token_details": {"audio": 1, "deep": {"er": 1}}}

    total = add_chunks(ai(usage_metadata=usage), ai(usage_metadata=usage))

    assert total["usage_metadata"] == {
        "input_tokens": 2,
        "input_token_details": {"audio": 2, "deep": {"er": 2}},
    }


@pytest.mark.parametrize(("left", "right"), [(None, {"a": 1}), ({"a": 1}, None)])
def test_the_token_counts_of_one_chunk_are_copied(left: Any, right: Any) -> None:
    total = add_chunks(ai(usage_metadata=left), ai(usage_metadata=right))

    assert total["usage_metadata"] == {"a": 1}


def test_token_counts_that_are_not_integers_raise_the_error_of_the_server() -> None:
    cost = ai(usage_metadata={"cost": 0.5})

    with pytest.raises(NotAddable) as caught:
        add_chunks(cost, cost)

    assert caught.value.error == "ValueError"
    assert caught.value.message == (
        "Unknown value types: [<class 'float'>, <class 'float'>]. "
        "Only dict and int values are supported."
    )


def test_the_last_chunk_in_format_v1_turns_blocks_into_whole_calls() -> None:
    start = ai(
        [
            {"type": "tool_call_chunk", "id": "c1", "name": "f", "args": "{", "index": 1},
            {"type": "server_tool_call_chunk", "id": "s", "args": '{"q"', "index": 2},
        ],
        response_metadata={"output_version": "v1"},
        tool_call_chunks=[piece("{", 1, name="f", id="c1")],
    )
    end = ai(
        [
            {"type": "tool_call_chunk", "args": "}", "index": 1},
            {"type": "server_tool_call_chunk", "args": ":1}", "index": 2},
        ],
        tool_call_chunks=[piece("}", 1)],
        chunk_position="last",
    )

    total = add_chunks(start, end)

    assert total["content"] == [
        {"type": "tool_call", "name": "f", "args": {}, "id": "c1"},
        {"type": "server_tool_call", "id": "s", "args": {"q": 1}, "index": 2},
    ]


@pytest.mark.parametrize(
    ("version", "position"), [("v1", None), ("v0", "last")], ids=["not-the-last", "other-format"]
)
def test_blocks_are_not_whole_calls_before_the_last_chunk_of_format_v1(
    version: str, position: str | None
) -> None:
    block = {"type": "tool_call_chunk", "id": "c1", "name": "f", "args": "{}"}
    start = ai([block], response_metadata={"output_version": version})
    end = ai(tool_call_chunks=[piece("{}", id="c1")], chunk_position=position)

    assert add_chunks(start, end)["content"] == [block]


@pytest.mark.parametrize("kind", ["HumanMessageChunk", "SystemMessageChunk"])
def test_the_sum_of_other_chunks_has_no_name(kind: str) -> None:
    total = add_chunks(plain(kind, "a", name="x", id="1"), plain(kind, "b", id="2"))

    assert json.dumps(total) == json.dumps(plain(kind, "ab", id="1"))


def test_the_sum_of_function_chunks_has_their_name() -> None:
    chunk = plain("FunctionMessageChunk", "a", name="f")

    assert add_chunks(chunk, chunk) == plain("FunctionMessageChunk", "aa", name="f")


def test_the_sum_of_chat_chunks_has_their_role() -> None:
    chunk = plain("ChatMessageChunk", "a", role="r")

    assert add_chunks(chunk, chunk) == plain("ChatMessageChunk", "aa", role="r")


@pytest.mark.parametrize(("status", "total"), [("success", "success"), ("error", "error")])
def test_tool_chunks_merge_artifacts_and_fail_if_one_fails(status: str, total: str) -> None:
    own = {"tool_call_id": "1", "artifact": {"a": "b"}}
    left = plain("ToolMessageChunk", "a", **own, status=status)
    right = plain("ToolMessageChunk", "b", **own, status="success")

    expected = {"tool_call_id": "1", "artifact": {"a": "bb"}, "status": total}
    assert add_chunks(left, right) == plain("ToolMessageChunk", "ab", **expected)


@pytest.mark.parametrize(
    ("left", "right", "error", "message"),
    [
        (
            plain("ToolMessageChunk", tool_call_id="1"),
            plain("ToolMessageChunk", tool_call_id="2"),
            "ValueError",
            "Cannot concatenate ToolMessageChunks with different names.",
        ),
        (
            plain("ChatMessageChunk", role="a"),
            plain("ChatMessageChunk", role="b"),
            "ValueError",
            "Cannot concatenate ChatMessageChunks with different roles.",
        ),
        (
            ai(),
            plain("HumanMessageChunk"),
            "TypeError",
            'unsupported operand type(s) for +: "AIMessageChunk" and "HumanMessageChunk"',
        ),
        (plain("ai"), plain("ai"), "TypeError", 'unsupported operand type(s) for +: "ai" and "ai"'),
    ],
    ids=["call-ids", "roles", "types", "no-chunks"],
)
def test_chunks_of_different_messages_are_not_addable(
    left: Message, right: Message, error: str, message: str
) -> None:
    with pytest.raises(NotAddable) as caught:
        add_chunks(left, right)

    assert (caught.value.error, caught.value.message) == (error, message)

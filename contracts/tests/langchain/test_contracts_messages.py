"""Tests of `graphtape_contracts.langchain.messages`. The literal expectations were observed."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts.langchain.messages import (
    Message,
    NotAddable,
    PartialMessages,
    as_message,
    is_chunk,
    is_message,
    messages_in,
)

Events = list[tuple[str, Any]]

METADATA = {"langgraph_node": "agent"}


def common(kind: str, content: Any, id_: str = "lc_run--1") -> Message:
    """Return the fields that all messages have."""
    return {
        "content": content,
        "additional_kwargs": {},
        "response_metadata": {},
        "type": kind,
        "name": None,
        "id": id_,
    }


def message(content: Any, id_: str = "lc_run--1", **fields: Any) -> Message:
    """Make a whole AI message."""
    own: Message = {"tool_calls": [], "invalid_tool_calls": [], "usage_metadata": None}
    return common("ai", content, id_) | own | fields


def chunk(content: Any, id_: str = "lc_run--1", **fields: Any) -> Message:
    """Make a chunk of an AI message."""
    own: Message = {"type": "AIMessageChunk", "tool_call_chunks": [], "chunk_position": None}
    return message(content, id_) | own | fields


def piece(args: str, name: str | None = None, **fields: Any) -> Message:
    """Make a chunk with a tool call chunk."""
    empty = {"name": name, "args": args, "id": None, "index": 0, "type": "tool_call_chunk"}
    return chunk("", tool_call_chunks=[empty], **fields)


def feed(*messages: Message) -> Events:
    """Feed *messages* to a new `PartialMessages`; return all events."""
    partial = PartialMessages()
    return [event for each in messages for event in partial.feed(each, METADATA)]


def announced(id_: str = "lc_run--1") -> tuple[str, Any]:
    """Return the `messages/metadata` event of a message."""
    return ("messages/metadata", {id_: {"metadata": METADATA}})


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("AIMessageChunk", True),
        ("ToolMessageChunk", True),
        ("ai", False),
        ("tool", False),
        ("remove", False),
    ],
)
def test_a_chunk_is_recognized_by_its_type(kind: str, expected: bool) -> None:
    assert is_chunk(common(kind, "")) is expected


def test_an_ai_chunk_as_a_message_has_no_fields_of_a_chunk() -> None:
    shown = as_message(chunk("a", chunk_position="last", extra=1))

    assert json.dumps(shown) == json.dumps(message("a"))


@pytest.mark.parametrize(
    ("kind", "plain", "own"),
    [
        ("HumanMessageChunk", "human", {}),
        ("SystemMessageChunk", "system", {}),
        ("FunctionMessageChunk", "function", {}),
        ("ChatMessageChunk", "chat", {"role": "r"}),
        (
            "ToolMessageChunk",
            "tool",
            {"tool_call_id": "1", "artifact": None, "status": "success"},
        ),
    ],
)
def test_a_chunk_as_a_message_has_the_fields_of_its_type(
    kind: str, plain: str, own: Message
) -> None:
    shown = as_message(common(kind, "a") | own | {"extra": 1})

    assert json.dumps(shown) == json.dumps(common(plain, "a") | own)


def test_an_invalid_tool_call_has_its_keys_in_another_order_in_a_message() -> None:
    head = {"name": "g", "args": "[1", "id": "c2", "error": None, "type": "invalid_tool_call"}

    shown = as_message(chunk("", invalid_tool_calls=[head]))

    assert json.dumps(shown["invalid_tool_calls"]) == json.dumps(
        [{"type": "invalid_tool_call", "id": "c2", "name": "g", "args": "[1", "error": None}]
    )


def test_a_whole_message_is_returned_unchanged() -> None:
    whole = message("a", extra=1)

    assert as_message(whole) is whole


def test_a_streamed_message_is_announced_once_and_then_grows() -> None:
    events = feed(chunk("It "), chunk("is "), chunk("sunny", chunk_position="last"))

    assert events == [
        announced(),
        ("messages/partial", [message("It ")]),
        ("messages/partial", [message("It is ")]),
        ("messages/partial", [message("It is sunny")]),
    ]


def test_a_message_that_was_not_streamed_is_complete() -> None:
    events = feed(message("static", "static-1", extra=1))

    assert events == [
        announced("static-1"),
        ("messages/complete", [message("static", "static-1", extra=1)]),
    ]


def test_interleaved_messages_grow_separately() -> None:
    events = feed(chunk("a", "1"), chunk("x", "2"), chunk("b", "1"), chunk("y", "2"))

    assert events == [
        announced("1"),
        ("messages/partial", [message("a", "1")]),
        announced("2"),
        ("messages/partial", [message("x", "2")]),
        ("messages/partial", [message("ab", "1")]),
        ("messages/partial", [message("xy", "2")]),
    ]


def test_the_metadata_is_that_of_the_first_chunk() -> None:
    partial = PartialMessages()

    first = partial.feed(chunk("a"), {"step": 1})
    second = partial.feed(chunk("b"), {"step": 2})

    assert first[0] == ("messages/metadata", {"lc_run--1": {"metadata": {"step": 1}}})
    assert [name for name, _ in second] == ["messages/partial"]


def test_a_tool_call_grows_argument_by_argument() -> None:
    def calls(args: Message) -> list[Message]:
        return [{"name": "weather", "args": args, "id": None, "type": "tool_call"}]

    first = piece("", "weather", tool_calls=calls({}))
    events = feed(first, piece('{"city'), piece('": "Pa'), piece('ris"}'))

    assert [data[0]["tool_calls"] for _, data in events[1:]] == [
        calls({}),
        calls({}),
        calls({"city": "Pa"}),
        calls({"city": "Paris"}),
    ]


def test_a_second_stream_under_one_id_is_appended() -> None:
    events = feed(chunk("a", chunk_position="last"), chunk("b"))

    assert events[-1] == ("messages/partial", [message("ab")])


def test_chunks_after_a_whole_message_with_their_id_make_a_prompt_template() -> None:
    events = feed(message("first", "same"), chunk("a", "same"), chunk("b", "same"))

    template: Message = {
        "name": None,
        "input_variables": [],
        "optional_variables": [],
        "output_parser": None,
        "partial_variables": {},
        "metadata": None,
        "tags": None,
        "messages": [
            common("ai", "first", "same"),
            common("AIMessageChunk", "a", "same"),
            common("AIMessageChunk", "b", "same"),
        ],
        "validate_template": False,
    }
    assert [name for name, _ in events] == [
        "messages/metadata",
        "messages/complete",
        "messages/partial",
        "messages/partial",
    ]
    assert json.dumps(events[-1][1]) == json.dumps([template])
    assert events[-2][1][0]["messages"] == template["messages"][:2]


def test_a_whole_message_cannot_follow_chunks_with_its_id() -> None:
    partial = PartialMessages()
    partial.feed(chunk("a"), METADATA)

    with pytest.raises(NotAddable, match="unsupported operand"):
        partial.feed(message("b"), METADATA)


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (['{"e": ', '"\\ud83d'], "str is not valid UTF-8: surrogates not allowed"),
        (['{"e": ', "1234567890123456789012345"], "Integer exceeds 64-bit range"),
    ],
    ids=["half-an-emoji", "big-integer"],
)
def test_arguments_that_cannot_be_encoded_raise_the_error_of_the_server(
    args: list[str], text: str
) -> None:
    partial = PartialMessages()
    partial.feed(piece(args[0]), METADATA)

    with pytest.raises(NotAddable) as caught:
        partial.feed(piece(args[1]), METADATA)

    assert (caught.value.error, caught.value.message) == ("TypeError", text)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("123"), st.text())))
def test_the_last_event_of_each_message_has_all_its_text(pieces: list[tuple[str, str]]) -> None:
    events = feed(*(chunk(text, id_) for id_, text in pieces))

    last = {
        data[0]["id"]: data[0]["content"] for name, data in events if name == "messages/partial"
    }
    assert last == {
        id_: "".join(text for other, text in pieces if other == id_) for id_, _ in pieces
    }


@pytest.mark.parametrize("kind", ["human", "ai", "tool", "remove", "AIMessageChunk"])
def test_a_message_has_a_type_content_and_id(kind: str) -> None:
    assert is_message({"type": kind, "content": "", "id": None})


@pytest.mark.parametrize(
    "value",
    [
        None,
        "human",
        {"type": "human", "content": "x"},
        {"type": "human", "id": "x"},
        {"content": "x", "id": "x"},
        {"type": 1, "content": "x", "id": "x"},
        {"type": "text", "content": "x", "id": "x"},
    ],
    ids=["null", "text", "no id", "no content", "no type", "odd type", "type of no message"],
)
def test_other_values_are_not_messages(value: object) -> None:
    assert not is_message(value)


def test_messages_are_found_at_any_depth() -> None:
    human = {"type": "human", "content": "hi", "id": "h"}
    tool = {"type": "tool", "content": "", "id": "t"}

    assert list(messages_in({"node": {"messages": [human, [tool]]}})) == [human, tool]

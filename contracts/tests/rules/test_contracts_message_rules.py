"""Valid streams of messages are not reported, and malformed data does not crash the rules."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from captured import captured
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts import End, Exchange, Frame, Request, Response, sse
from graphtape_contracts.checker import check, parse_head
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Finding
from graphtape_contracts.parsing.bounded_dict import MAX_ENTRIES
from graphtape_contracts.parsing.event import Event, event_of
from graphtape_contracts.parsing.nesting import DEEPEST
from graphtape_contracts.rule import EventRule, Report
from graphtape_contracts.rules import langchain, message_assembly, messages, messages_tuple

RULES = [
    rule
    for family in (messages, messages_tuple, message_assembly, langchain)
    for rule in family.RULES
]
RUN = "01a20208-2729-776a-acba-1e37338bd21e"
ID = "lc_run--01a20208-2a9f-726a-8cfe-f0a60985eb8d"
METADATA = ("metadata", {"run_id": RUN, "attempt": 1})

Shown = tuple[str, Any]


def judged(shown: Iterable[Shown], dialect: Dialect | None = Dialect.PYTHON) -> list[str]:
    """Return the ids of the rules of these families that a stream of *shown* violates."""
    frames: list[Frame] = []
    for name, data in shown:
        frames += sse.decode(sse.encode_event(name, json.dumps(data)))
    request = Request("POST", "/runs/stream", (), b'{"assistant_id":"a"}')
    response = Response(200, (("content-type", "text/event-stream"),))
    exchange = Exchange(request, response, tuple(frames), End.COMPLETE)
    return [finding.rule for finding in check(exchange, RULES, dialect=dialect)]


def message(content: Any, id_: str = ID, **fields: Any) -> dict[str, Any]:
    """Make an AI message."""
    own: dict[str, Any] = {"content": content, "type": "ai", "id": id_, "tool_calls": []}
    return own | fields


def announced(id_: str = ID, **metadata: Any) -> Shown:
    """Make the `messages/metadata` event of a message."""
    return "messages/metadata", {id_: {"metadata": metadata}}


def partial(content: Any, id_: str = ID, **fields: Any) -> Shown:
    """Make a `messages/partial` event."""
    return "messages/partial", [message(content, id_, **fields)]


def complete(content: Any, id_: str = ID) -> Shown:
    """Make a `messages/complete` event."""
    return "messages/complete", [message(content, id_)]


def chunk(content: Any, id_: str = ID, place: str = "messages", **fields: Any) -> Shown:
    """Make a `messages` event with a chunk."""
    own: dict[str, Any] = {"type": "AIMessageChunk", "tool_call_chunks": []}
    return place, [message(content, id_) | own | fields, {}]


def values(*shown: dict[str, Any]) -> Shown:
    """Make a `values` event."""
    return "values", {"messages": list(shown)}


@pytest.mark.parametrize(
    "contents",
    [
        ["", "a", "a", "a b"],
        ["a", ["a", {"type": "image"}], ["a b", {"type": "image"}, {"type": "text", "text": "c"}]],
        ["a", [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]],
        ["", []],
        ["", [{"type": "text", "text": "a"}]],
        [[], "a"],
        [[{"text": "a"}, {"text": "b"}], [{"text": "a more"}, {"text": "b more"}, {"text": "c"}]],
        [[{"thinking": "a"}], [{"thinking": "a b"}], [{"thinking": "a b"}, {"text": "c"}]],
        ["a", None],
        [None, "a"],
        [7, ["a"]],
    ],
)
def test_contents_that_grow_are_not_reported(contents: list[Any]) -> None:
    assert judged([METADATA, announced(), *map(partial, contents)]) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a", "b"),
        ("ab", "a"),
        ("a", []),
        ("a", [{"type": "image"}]),
        ("a", ["b"]),
        (["a"], "a"),
        (["a", "b"], ["a"]),
        ([{"text": "a"}], [{"text": "b"}]),
        ([{"text": "a"}], [7]),
    ],
)
def test_contents_that_lose_text_are_reported(before: Any, after: Any) -> None:
    shown = [METADATA, announced(), partial(before), partial(after)]

    assert judged(shown) == ["messages.partials-grow"]


def test_after_a_retry_messages_may_start_again() -> None:
    attempt = [announced("given", run_id=RUN), partial("one", "given"), complete("x", "given")]
    tuples_ = [chunk("a"), chunk("", chunk_position="last")]
    events = [("events", {"event": "on_chain_start", "run_id": "r", "name": "graph"})]
    again = ("metadata", {"run_id": RUN, "attempt": 2})
    first = [("events", {"event": "on_chain_start", "run_id": RUN, "name": "graph"})]

    assert judged([METADATA, *attempt, *tuples_, *first, again, *attempt, *tuples_, *events]) == []


def test_announced_messages_may_be_missing_at_the_end() -> None:
    assert judged([METADATA, announced()]) == []
    assert judged([METADATA, announced(), ("metadata", {"run_id": RUN, "attempt": 2})]) == []


def test_a_joined_stream_may_start_in_the_middle_of_a_message() -> None:
    assert judged([partial("a b")], dialect=None) == ["messages.metadata-first"]
    joined = captured("python/resumable-keep-join-mid")

    assert check(joined, RULES) == []


def test_a_prompt_template_in_place_of_a_message_is_ignored() -> None:
    template: Shown = ("messages/partial", [{"input_variables": [], "messages": []}])

    assert judged([METADATA, announced("given"), complete("a", "given"), template]) == []


@pytest.mark.parametrize("dialect", [Dialect.JAVASCRIPT, None])
def test_only_python_servers_must_announce_whole_messages(dialect: Dialect | None) -> None:
    shown = [METADATA, complete("hi", "h1"), announced(), partial("a"), complete("a")]

    assert judged(shown, dialect) == []


def test_a_tool_call_may_become_invalid() -> None:
    head: Any = {"name": "f", "args": {}, "id": "call_1"}
    invalid = {"name": "f", "args": '{"a": oops', "id": "call_1"}
    shown = [partial("", tool_calls=[head]), partial("", invalid_tool_calls=[invalid, 7])]

    assert judged([METADATA, announced(), *shown]) == []


@pytest.mark.parametrize("written", ["my own", 7.5, None, ["x"]])
def test_a_graph_may_overwrite_the_metadata(written: Any) -> None:
    own = {"run_id": written, "run_attempt": written}
    _, (piece, _) = chunk("a")

    assert judged([METADATA, announced(**own), partial("a"), ("messages", [piece, own])]) == []


def test_messages_are_not_compared_with_missing_metadata() -> None:
    metadata = announced(run_id="01a20208-0000-7000-8000-000000000000", run_attempt=3)

    assert judged([("metadata", 7), metadata, partial("a")]) == []


def test_a_model_may_stream_twice_under_an_id_that_is_not_langchains() -> None:
    once = [chunk("a", "given"), chunk("", "given", chunk_position="last")]

    assert judged([METADATA, *once, *once, values(message("a", "given"))]) == []


def test_only_events_with_a_namespace_are_compared_with_their_messages() -> None:
    _, data = chunk("a", place="messages|child:1")
    data[1] = {"langgraph_checkpoint_ns": "child:1|leaf:2"}
    odd = [data[0], {"langgraph_checkpoint_ns": 7}]
    shown = [("messages", data), ("messages|child:1", data), ("messages|child:1", odd)]

    assert "messages-tuple.namespace" not in judged([METADATA, *shown])


def test_chunks_are_compared_only_after_the_last_one() -> None:
    early, late = values(message("x")), values(message("a b"))
    first, last = chunk("a", chunk_position=None), chunk(" b", chunk_position="last")

    assert judged([METADATA, first, early, last, late, values(message("c"))]) == []
    assert judged([METADATA, first, early, last, early]) == ["message-assembly.chunks"]


def test_blocks_are_added_up_for_python_servers_only() -> None:
    shown = [METADATA, chunk(["a"]), chunk(["b"]), values(message("a b"))]

    assert judged(shown) == ["message-assembly.chunks"]
    assert judged(shown, Dialect.JAVASCRIPT) == []


def test_the_removal_of_a_message_is_not_compared() -> None:
    removal = message("", type="remove")

    assert judged([METADATA, announced(), partial("a"), values(removal)]) == []
    assert judged([METADATA, chunk("a"), values(removal)]) == []


def test_values_may_be_nested_deeply() -> None:
    found: list[Finding] = []
    (rule,) = [
        r
        for r in message_assembly.RULES
        if isinstance(r, EventRule) and r.id == "message-assembly.chunks"
    ]
    base = captured("python/full-agent-all-tuple-noevents")
    watch = rule.judge(parse_head(base.request, base.response), Report(rule, found))
    next(watch)
    for number, frame in enumerate(base.frames[:8], 1):
        watch.send(event_of(frame, number) or End.COMPLETE)
    deep: list[Any] = []
    for _ in range(DEEPEST):
        deep = [deep]

    watch.send(Event(9, base.frames[1], "values", (), deep))

    assert found == []


def test_dropped_messages_are_not_reported() -> None:
    many = [f"lc_run--01a20208-{n:04x}-7000-8000-000000000000" for n in range(MAX_ENTRIES + 1)]
    shown = [event for id_ in many for event in (announced(id_), partial("a", id_))]

    assert judged([METADATA, *shown, partial("b", many[0]), partial("c", "never announced")]) == []


KEYS = (
    *("content", "type", "id", "event", "run_id", "data", "chunk", "output", "metadata", "name"),
    *("parent_ids", "tool_calls", "tool_call_chunks", "messages", "text", "args", "index", ID),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner | st.sampled_from(["ai", ID, "on_chat_model_stream", "on_chat_model_end"]),
            max_size=5,
        )
    ),
    max_leaves=12,
)
NAMES = (
    *("metadata", "messages", "messages|a:1", "messages/metadata", "messages/partial"),
    *("messages/complete", "events", "values", "updates"),
)


@given(st.lists(st.tuples(st.sampled_from(NAMES), JSON), max_size=12))
@settings(deadline=None)
def test_malformed_message_data_crashes_no_rule(shown: list[Shown]) -> None:
    for dialect in (Dialect.PYTHON, Dialect.JAVASCRIPT, None):
        assert judged(shown, dialect) is not None

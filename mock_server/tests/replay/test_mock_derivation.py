"""Derivation: events as the server would have sent them for other modes.

test_mock_selection.py tests the derivation of whole recordings.
"""

from collections.abc import Iterable
from typing import Any

import pytest

from graphtape_mock.replay import derivation
from graphtape_mock.replay.recorded_event import RecordedEvent

UUID = "01a2020c-117f-72c4-ada3-f0d92ad9d43f"
OTHER = "edcc5c47-4eb9-48c3-a3b3-3f5bc968e997"


def message(id_: object, content: str = "", kind: str = "ai") -> dict[str, Any]:
    return {"content": content, "type": kind, "id": id_}


def event(name: str, data: Any) -> RecordedEvent:
    return RecordedEvent(0.5, name, data)


def data_of(events: Iterable[RecordedEvent]) -> list[Any]:
    return [event.data for event in events]


@pytest.mark.parametrize(
    ("id_", "derived"),
    [
        (f"lc_run--{UUID}", f"lc_run--{UUID}-0"),
        (f"run--{UUID}", f"run--{UUID}-0"),
        (f"run-{UUID}", f"run-{UUID}-0"),
        (f"lc_run--{UUID}-0", f"lc_run--{UUID}-0"),
        (UUID, UUID),
        ("mine", "mine"),
        (None, None),
    ],
)
def test_models_that_do_not_stream_number_their_messages(id_: object, derived: object) -> None:
    (found,) = derivation.unstreamed_ids([event("values", {"messages": [message(id_)]})])

    assert found.data == {"messages": [message(derived)]}


@pytest.mark.parametrize(
    "result",
    [
        event("updates", {"node": [message(UUID)]}),
        event("tasks", {"id": "t", "name": "node", "result": {"messages": [message(UUID)]}}),
        event("debug", {"type": "task_result", "payload": {"result": [message(UUID)]}}),
        event("updates|child:1", {"node": message(UUID)}),
    ],
    ids=lambda event: event.name,
)
def test_an_id_that_first_appears_in_a_result_was_none(result: RecordedEvent) -> None:
    (found,) = derivation.null_ids([result], sent=[])

    assert UUID not in str(found.data)
    assert "'id': None" in str(found.data)


def test_every_copy_of_a_result_has_no_id_but_the_state_has_one() -> None:
    events = [
        event("updates", {"node": message(UUID)}),
        event("tasks", {"result": message(UUID)}),
        event("values", {"messages": [message(UUID)]}),
    ]

    ids = [str(data).count(UUID) for data in data_of(derivation.null_ids(events, sent=[]))]

    assert ids == [0, 0, 1]


@pytest.mark.parametrize("id_", ["mine", f"lc_run--{UUID}", None])
def test_an_id_that_is_not_random_was_given_by_the_node(id_: object) -> None:
    (found,) = derivation.null_ids([event("updates", {"node": message(id_)})], sent=[])

    assert found.data == {"node": message(id_)}


def test_an_id_that_the_client_sent_is_kept() -> None:
    (found,) = derivation.null_ids([event("updates", {"node": message(UUID)})], sent=[UUID])

    assert found.data == {"node": message(UUID)}


@pytest.mark.parametrize(
    "known",
    [
        event("values", {"messages": [message(UUID)]}),
        event("tasks", {"name": "node", "input": [message(UUID)], "triggers": []}),
        event("debug", {"type": "task", "payload": {"input": [message(UUID)]}}),
    ],
    ids=["state", "task input", "debug input"],
)
def test_an_id_that_was_in_the_state_before_is_kept(known: RecordedEvent) -> None:
    result = event("updates", {"node": message(UUID)})

    *_, found = derivation.null_ids([known, result], sent=[])

    assert found.data == {"node": message(UUID)}


@pytest.mark.parametrize("name", ["debug", "tasks"])
def test_data_that_is_no_object_is_left_alone(name: str) -> None:
    assert data_of(derivation.null_ids([event(name, 7)], sent=[])) == [7]


def test_tags_go_from_the_metadata_of_events_only() -> None:
    tagged = {"tags": ["t"], "metadata": {"tags": ["t"], "a": 1}}
    events = [event("events", tagged), event("custom", {"metadata": {"tags": ["t"]}})]

    assert data_of(derivation.untagged(events)) == [
        {"tags": ["t"], "metadata": {"a": 1}},
        {"metadata": {"tags": ["t"]}},
    ]


@pytest.mark.parametrize("data", [{"metadata": None}, {}, 7])
def test_events_without_metadata_are_left_alone(data: Any) -> None:
    assert data_of(derivation.untagged([event("events", data)])) == [data]


def chunk(content: str, id_: str = UUID) -> list[Any]:
    return [message(id_, content, "AIMessageChunk"), {"langgraph_node": "agent"}]


def test_chunks_become_partial_messages_that_grow() -> None:
    events = [event("messages", chunk("a")), event("messages|child:1", chunk("b"))]

    found = list(derivation.partial_messages(events))

    assert [e.name for e in found] == ["messages/metadata", "messages/partial", "messages/partial"]
    assert [e.data[0]["content"] for e in found[1:]] == ["a", "ab"]


def test_a_further_attempt_sums_up_anew() -> None:
    attempt = [event("metadata", {}), event("messages", chunk("a"))]

    found = list(derivation.partial_messages([*attempt, *attempt]))

    assert [e.data[0]["content"] for e in found if e.name == "messages/partial"] == ["a", "a"]


def test_chunks_without_a_sum_fail_the_run() -> None:
    events = [
        event("messages", chunk("a")),
        event("messages", [message(UUID, "b", "ToolMessageChunk") | {"tool_call_id": "c"}, {}]),
        event("values", {}),
    ]

    *_, last = derivation.partial_messages(events)

    assert (last.name, last.data["error"]) == ("error", "TypeError")


@pytest.mark.parametrize("data", ["text", [{}], [{}, {}, {}], [{}, 1]])
def test_a_messages_event_that_is_no_tuple_is_left_alone(data: Any) -> None:
    events = [event("messages", data)]

    assert list(derivation.partial_messages(events)) == events
    assert list(derivation.without_subgraphs(events)) == events


def test_checkpoints_go_and_what_else_debug_says_stays() -> None:
    events = [
        event("checkpoints", {}),
        event("debug", {"type": "checkpoint"}),
        event("debug", {"type": "task"}),
        event("debug", 7),
        event("values", {}),
    ]

    assert list(derivation.without_checkpoints(events)) == events[2:]


SAMPLE = {"created_by": "system", "run_attempt": 1, "ls_integration": "x", "langgraph_node": "leaf"}
TASK = {"id": "t1", "name": "child", "input": {"messages": [message("in")]}, "triggers": ["go"]}


def test_a_message_of_a_subgraph_is_shown_whole_where_the_graph_gets_it() -> None:
    update = event("updates", {"child": {"messages": [message("in"), message("made", "hi")]}})
    events = [
        event("tasks", TASK),
        event("debug", {"type": "task", "step": 3, "payload": {"id": "t1"}}),
        event("messages|child:t1", [message("made", "h", "AIMessageChunk"), SAMPLE]),
        event("updates|child:t1", {"leaf": {}}),
        update,
    ]

    *_, shown, last = derivation.without_subgraphs(events)

    assert last == update
    assert shown == event(
        "messages",
        [
            message("made", "hi"),
            {
                "created_by": "system",
                "run_attempt": 1,
                "ls_integration": "langgraph",
                "langgraph_step": 3,
                "langgraph_node": "child",
                "langgraph_triggers": ["go"],
                "langgraph_path": ["__pregel_pull", "child"],
                "langgraph_checkpoint_ns": "child:t1",
            },
        ],
    )


def test_what_is_inside_subgraphs_is_left_out() -> None:
    events = [event("values", {}), event("values|child:1", {}), event("custom|a:1|b:2", 7)]

    assert list(derivation.without_subgraphs(events)) == events[:1]


@pytest.mark.parametrize(
    "update",
    [
        {"child": {"messages": [message("seen")]}},
        {"child": [message("gone", kind="remove")]},
        {"child": {"messages": message("in")}},
        {"child": {"other": 7}},
        {"child": None},
        {"unknown": {"messages": [message("new")]}},
        {"__interrupt__": []},
        [],
    ],
    ids=["streamed", "remove", "input", "data", "nothing", "no task", "interrupt", "odd"],
)
def test_only_messages_that_are_new_are_shown(update: Any) -> None:
    events = [
        event("tasks", TASK),
        event("messages", [message("seen"), SAMPLE]),
        event("updates", update),
    ]

    assert list(derivation.without_subgraphs(events)) == events


def test_an_update_may_be_a_list_of_messages() -> None:
    events = [
        event("tasks", TASK),
        event("messages|child:t1", [message("x"), SAMPLE]),
        event("updates", {"child": [message("made")]}),
    ]

    shown = [e.data[0]["id"] for e in derivation.without_subgraphs(events) if e.name == "messages"]

    assert shown == ["made"]


@pytest.mark.parametrize("data", [7, None, [], {}, {"triggers": []}, {"type": "task"}])
@pytest.mark.parametrize("name", ["tasks", "debug", "updates", "messages"])
def test_odd_data_is_left_alone(name: str, data: Any) -> None:
    events = [event("messages", [message("x"), SAMPLE]), event(name, data)]

    assert list(derivation.without_subgraphs(events)) == events


def test_without_a_tuple_there_is_no_message_to_show() -> None:
    events = [event("tasks", TASK), event("updates", {"child": message("made")})]

    assert list(derivation.without_subgraphs(events)) == events

"""Requests with options other than the view, or with options in equivalent forms."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from comparison import Case, Comparison
from run_cases import MODES, option_cases, read_inputs

INPUTS = read_inputs()
ENDPOINTS = ["stream", "wait"]

SHOWN: tuple[dict[str, Any], ...] = (
    {},
    {"stream_mode": ["messages", "updates"]},
    {"stream_mode": ["messages-tuple", "debug"], "stream_subgraphs": True},
    {"stream_mode": ["events", "tasks", "custom"]},
    {"stream_mode": ["updates", "custom"], "stream_subgraphs": True},
)
"""Views that together show every effect of an option."""

FORMS: tuple[dict[str, Any], ...] = (
    *({"stream_mode": mode} for mode in MODES),
    {"stream_mode": ["values", "values", "updates", "values"]},
    {"stream_mode": ["updates", "values"]},
    {"stream_mode": ["debug", "messages", "values", "custom"]},
    {"stream_mode": "values", "stream_subgraphs": False, "stream_resumable": False},
    {"assistant_id": "fe096781-5601-53d2-b2f6-0d3403f7e9ca"},
    {"assistant_id": "FE096781560153D2B2F60D3403F7E9CA"},
)
"""Equivalent forms: a mode as a string, repeated or reordered modes, an assistant's UUID."""

CLIENTS: dict[str, dict[str, Any]] = {
    "Python SDK, stream": {
        "stream_mode": "values",
        "stream_subgraphs": False,
        "stream_resumable": False,
    },
    "Python SDK, all arguments": {
        "stream_mode": ["updates", "messages-tuple"],
        "stream_subgraphs": True,
        "stream_resumable": False,
        "config": {"tags": ["a"], "recursion_limit": 25, "configurable": {}},
        "metadata": {"source": "test"},
        "command": {},
        "on_disconnect": "continue",
        "on_completion": "delete",
        "if_not_exists": "create",
    },
    "JavaScript SDK": {"on_disconnect": "continue", "stream_mode": ["values", "messages"]},
    "Python RemoteGraph": {
        "stream_mode": ["values", "updates"],
        "stream_subgraphs": False,
        "stream_resumable": False,
        "if_not_exists": "create",
        "config": {
            "configurable": {},
            "metadata": {
                "langgraph_step": 1,
                "langgraph_node": "remote",
                "langgraph_triggers": ["branch:to:remote"],
                "langgraph_path": ["__pregel_pull", "remote"],
                "langgraph_checkpoint_ns": "remote:0e3a3e36-7b3c-4f4e-9d2b-0b1c5d7e8f90",
            },
        },
    },
    "JavaScript RemoteGraph": {
        "stream_mode": ["values", "messages-tuple", "updates"],
        "stream_subgraphs": True,
        "if_not_exists": "create",
        "config": {"tags": [], "metadata": {}, "configurable": {}, "recursion_limit": 25},
    },
}
"""Fields that each client sends in addition to assistant and input."""

OPTIONS: dict[str, dict[str, Any]] = {
    "resumable": {"stream_resumable": True},
    "metadata": {"metadata": {"tenant": "é", "deep": {"a": [1, None]}, "created_by": "me"}},
    "config metadata": {"config": {"metadata": {"a": 1, "langgraph_node": "mine"}}},
    "both metadata": {
        "metadata": {"b": 2, "graph_id": "mine", "run_id": "mine", "thread_id": "mine"},
        "config": {"metadata": {"a": 1, "b": 1}, "tags": ["x"]},
    },
    "async": {"durability": "async"},
    "exit": {"durability": "exit"},
    "sync": {"durability": "sync"},
    "checkpoint during": {"checkpoint_during": False},
    "delay": {"after_seconds": 0.5},
    "ignored": {
        "thread_id": "x",
        "run_id": 5,
        "multitask_strategy": "reject",
        "if_not_exists": "create",
        "raise_error": True,
        "output_keys": ["x"],
        "anything": {"else": True},
    },
    "nothing": {"config": {}, "context": {}, "metadata": {}, "command": None, "feedback_keys": []},
    "server's own": {
        "config": {
            "configurable": {"thread_id": "x", "run_id": "y", "langgraph_auth_user": {"a": 1}}
        }
    },
    "disconnect": {"on_disconnect": "cancel"},
    "tags": {"config": {"tags": ["b", "a", "b"]}},
    "feedback": {"feedback_keys": ["thumb"]},
}

RUNS = ("agent", "tools", "subgraphs", "interrupt", "failing")

KEPT: tuple[dict[str, Any], ...] = tuple(
    {"on_completion": "keep", "stream_mode": mode, "stream_subgraphs": subgraphs}
    for mode in ("values", "updates", "messages", "messages-tuple", "events", "tasks", "custom")
    for subgraphs in (False, True)
)
"""Options of a run that keeps its thread. No recording has the mode `checkpoints`."""

HELLO = "Hello! My name is Bagatur and I am 26 years old."
MESSAGES: tuple[list[dict[str, Any]], ...] = (
    [{"role": "user", "content": HELLO, "id": "11111111-2222-4333-8444-555555555555"}],
    [{"type": "human", "content": HELLO, "id": 'my "first" message\n'}],
    [{"role": "human", "content": HELLO, "additional_kwargs": {}, "name": None, "id": None}],
)
"""The message of the input `agent`, with other ids and in other forms than recorded."""

CONVERSATION: list[dict[str, Any]] = [
    {"type": "system", "content": "Be brief."},
    {"type": "human", "content": "Hello!", "id": "0"},
    {"type": "ai", "content": "Hello. Who are you?", "id": "ai-1", "tool_calls": []},
    {"role": "user", "content": "My name is Ada.", "id": "0123456789abcdef0123456789abcdef"},
]
"""The messages of the input `agent-conversation`, with other ids than recorded."""


def check(
    comparison: Comparison, group: str, mocks: Mapping[str, str], cases: Iterable[Case]
) -> None:
    differences = comparison.differences_of_all(group, mocks, list(cases))

    assert not differences, "\n".join(differences)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("name", RUNS)
def test_an_option_has_the_same_effect_as_on_the_server(
    name: str, endpoint: str, mocks: Mapping[str, str], comparison: Comparison
) -> None:
    options = [option | shown for option in OPTIONS.values() for shown in SHOWN]
    cases = option_cases(f"/runs/{endpoint}", INPUTS[name], [*options, *KEPT])
    check(comparison, "options", mocks, cases)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_requests_of_clients_get_the_responses_of_the_server(
    endpoint: str, mocks: Mapping[str, str], comparison: Comparison
) -> None:
    cases = (
        case
        for name in RUNS
        for case in option_cases(f"/runs/{endpoint}", INPUTS[name], CLIENTS.values())
    )
    check(comparison, "clients' requests", mocks, cases)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_modes_can_be_requested_in_equivalent_forms(
    endpoint: str, mocks: Mapping[str, str], comparison: Comparison
) -> None:
    cases = option_cases(f"/runs/{endpoint}", INPUTS["agent"], FORMS)
    check(comparison, "options", mocks, cases)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_message_ids_of_a_request_are_returned(
    endpoint: str, mocks: Mapping[str, str], comparison: Comparison
) -> None:
    asked = [INPUTS["agent"] | {"input": {"messages": messages}} for messages in MESSAGES]
    asked += [INPUTS["agent-conversation"] | {"input": {"messages": CONVERSATION}}]
    cases = (case for body in asked for case in option_cases(f"/runs/{endpoint}", body, SHOWN))
    check(comparison, "ids of messages", mocks, cases)

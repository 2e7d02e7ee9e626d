"""Matching: the differences between run requests that make them different runs."""

import shlex
from typing import Any
from uuid import UUID

import click
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_mock.cli import record as command_module
from graphtape_mock.record.requests import RecordingRequest, make_recording_request, read_json
from graphtape_mock.recordings.assistant_id import assistant_key
from graphtape_mock.replay.matching import (
    differences,
    match_form,
    match_key,
    record_command,
)

Json = dict[str, Any]

AGENT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"
BASE: Json = {
    "assistant_id": "agent",
    "input": {"messages": [{"role": "user", "content": "hi"}]},
}
KEY = "sk-abcdefghijklmnop1234"


def key(body: Json) -> bytes:
    return match_key(match_form(body, assistant_key(body["assistant_id"])))


def messages(*found: Json) -> Json:
    return {"input": {"messages": list(found)}}


SAME: dict[str, Json] = {
    "role human": messages({"role": "human", "content": "hi"}),
    "type human": messages({"type": "human", "content": "hi"}),
    "keys in another order": messages({"content": "hi", "role": "user"}),
    "id of a message": messages({"role": "user", "content": "hi", "id": "any"}),
    "no id": messages({"role": "user", "content": "hi", "id": None}),
    "empty fields of a message": messages(
        {
            "type": "human",
            "content": "hi",
            "additional_kwargs": {},
            "response_metadata": {},
            "name": None,
            "example": False,
        }
    ),
    "assistant by its id": {"assistant_id": AGENT},
    "assistant in upper case": {"assistant_id": AGENT.upper()},
    "one mode": {"stream_mode": "updates"},
    "modes": {"stream_mode": ["values", "updates"]},
    "subgraphs": {"stream_subgraphs": True},
    "resumable": {"stream_resumable": True},
    "metadata": {"metadata": {"a": 1}},
    "metadata in config": {"config": {"metadata": {"langgraph_checkpoint_ns": "a:1"}}},
    "empty config": {"config": {}},
    "empty configurable": {"config": {"configurable": {}}},
    "tags and recursion limit": {"config": {"tags": [], "recursion_limit": 25}},
    "ids that the server overwrites": {
        "config": {
            "configurable": {"thread_id": "t", "run_id": "r", "graph_id": "g", "assistant_id": "a"}
        }
    },
    "what a parent graph adds": {"config": {"configurable": {"langgraph_auth_user": {"a": 1}}}},
    "webhook": {"webhook": "https://server.test/hook"},
    "durability": {"durability": "exit"},
    "feedback": {"feedback_keys": ["a"]},
    "on completion": {"on_completion": "keep"},
    "on disconnect": {"on_disconnect": "cancel"},
    "delay": {"after_seconds": 1},
    "if not exists": {"if_not_exists": "create"},
    "multitask strategy": {"multitask_strategy": "enqueue"},
    "empty command": {"command": {}},
    "null command": {"command": None},
    "empty context": {"context": {}},
    "no interrupts": {"interrupt_before": [], "interrupt_after": None},
    "fields of no meaning": {"raise_error": False, "unknown": 1},
}

OTHER: dict[str, Json] = {
    "assistant": {"assistant_id": "other"},
    "assistant in another case": {"assistant_id": "Agent"},
    "content": messages({"role": "user", "content": "ho"}),
    "role": messages({"role": "system", "content": "hi"}),
    "name of a message": messages({"role": "user", "content": "hi", "name": "bob"}),
    "tool calls": messages({"role": "user", "content": "hi", "tool_calls": [{"id": "1"}]}),
    "one more message": messages(*[{"role": "user", "content": "hi"}] * 2),
    "other input": {"input": {"messages": [{"role": "user", "content": "hi"}], "n": 1}},
    "no input": {"input": None},
    "empty input": {"input": {}},
    "command": {"command": {"goto": "a"}},
    "context": {"context": {"user": "u"}},
    "configurable": {"config": {"configurable": {"user": "u"}}},
    "interrupt before": {"interrupt_before": ["a"]},
    "interrupt after": {"interrupt_after": "*"},
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_means_nothing_is_not_part_of_the_key(change: Json) -> None:
    assert key(BASE | change) == key(BASE)


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER)
def test_what_makes_another_run_is_part_of_the_key(change: Json) -> None:
    assert key(BASE | change) != key(BASE)


def test_all_that_make_another_run_are_different_runs() -> None:
    assert len({key(BASE | change) for change in OTHER.values()}) == len(OTHER)


def test_null_input_is_no_input_and_an_empty_one_is_one() -> None:
    absent: Json = {"assistant_id": "agent"}

    assert key(absent) == key(absent | {"input": None}) != key(absent | {"input": {}})


def test_a_command_makes_the_input_meaningless() -> None:
    command = {"assistant_id": "agent", "command": {"goto": "a"}}

    assert key(command | {"input": {"n": 1}}) == key(command | {"input": {}}) == key(command)


def test_messages_in_a_command_are_written_in_one_form() -> None:
    first, second = (
        {"assistant_id": "agent", "command": {"update": {"messages": [message]}}}
        for message in ({"role": "user", "content": "a"}, {"type": "human", "content": "a"})
    )

    assert key(first) == key(second)


def test_an_object_that_only_looks_like_a_message_is_kept_whole() -> None:
    first, second = (BASE | {"input": {"content": "a", "id": id_}} for id_ in ("1", "2"))

    assert key(first) != key(second)


def test_secrets_are_equal_to_their_placeholders() -> None:
    asked = BASE | {"config": {"configurable": {"api_key": KEY, "user": "u"}}}
    recorded = BASE | {"config": {"configurable": {"api_key": "[redacted-1]", "user": "u"}}}

    assert key(asked) == key(recorded)
    assert KEY.encode() not in key(asked)


def test_a_config_that_is_no_object_says_nothing() -> None:
    assert key(BASE | {"config": 7}) == key(BASE | {"config": {"configurable": "text"}})


@pytest.mark.parametrize(
    "spelling", ["agent", AGENT, AGENT.upper(), UUID(AGENT).hex, f"{{{AGENT}}}"]
)
def test_a_graph_and_its_assistant_are_one(spelling: str) -> None:
    assert assistant_key(spelling) == AGENT


@pytest.mark.parametrize(
    ("recorded", "asked", "paths"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["a: recorded 1, requested 2"]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, ["a.b[1]: recorded 2, requested 3"]),
        ({"a": [1]}, {"a": [1, 2]}, ["a[1]: recorded nothing, requested 2"]),
        (
            {"a": 1},
            {"b": 1},
            ["a: recorded 1, requested nothing", "b: recorded nothing, requested 1"],
        ),
        ({"a": True}, {"a": 1}, ["a: recorded true, requested 1"]),
        ({"a": 1.0}, {"a": 1}, ["a: recorded 1.0, requested 1"]),
        ({"a": "nothing"}, {}, ['a: recorded "nothing", requested nothing']),
        ({"a": None}, {}, ["a: recorded null, requested nothing"]),
        ({"a": {}}, {"a": []}, ["a: recorded {}, requested []"]),
        ({"a": "x" * 99}, {}, [f'a: recorded "{"x" * 56}..., requested nothing']),
    ],
    ids=str,
)
def test_differences_name_the_path_and_both_values(
    recorded: Json, asked: Json, paths: list[str]
) -> None:
    assert list(differences(recorded, asked)) == paths


values = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 1.0, -0.0, 0.0, "", "a"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=1), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(values, values)
@settings(deadline=None)
def test_values_differ_somewhere_just_if_their_keys_differ(first: Any, second: Any) -> None:
    assert bool(list(differences(first, second))) is (match_key(first) != match_key(second))


COMMANDS: list[Json] = [
    BASE,
    {"assistant_id": AGENT},
    {"assistant_id": "agent", "input": 'it\'s "quoted" \\ $HOME `x` é\n'},
    BASE | {"stream_mode": "updates", "metadata": {"a": 1}, "config": {"tags": ["x"]}},
    BASE | {"context": {"user": "u"}, "interrupt_before": "*", "interrupt_after": ["a"]},
    BASE | {"config": {"configurable": {"user": "it's me"}, "tags": []}},
    {"assistant_id": "agent", "input": None, "command": {"goto": "a"}},
]


@pytest.mark.parametrize("body", COMMANDS, ids=str)
def test_the_command_records_the_same_run(body: Json) -> None:
    job = job_of(record_command(body, "http://server.test"))

    assert key({"assistant_id": job.assistant, **job.body}) == key(body)


def job_of(command: str) -> RecordingRequest:
    """Return the run request of a `graphtape record` command line; click refuses bad ones."""
    program, name, *arguments = shlex.split(command)
    context: click.Context = command_module.record.make_context("record", arguments)
    given_: Json = context.params
    fields = {"input": read_json(given_["input_"], "--input")}
    body = read_json(given_["body"] or "{}", "--body")

    assert (program, name, given_["url"]) == ("graphtape", "record", "http://server.test")
    return make_recording_request(given_["assistant"], fields, body, None, "here")


def test_the_command_holds_no_secrets() -> None:
    body = {"assistant_id": "agent", "input": {"key": KEY}, "context": {"password": "hunter22"}}

    command = record_command(body)

    assert KEY not in command
    assert "hunter22" not in command
    assert command.startswith("graphtape record URL --assistant agent --input ")


def test_the_key_is_the_same_however_the_request_was_encoded() -> None:
    pretty = orjson.dumps(BASE, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)

    assert key(orjson.loads(pretty)) == key(BASE)

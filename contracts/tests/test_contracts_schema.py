import subprocess
import sys
from collections.abc import Iterator
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from graphtape_contracts.json_value import show
from graphtape_contracts.schema import first_error, load, names

RUN = {"assistant_id": "agent"}
REQUESTS = [name for name in names() if name.endswith("-request.json")]

ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("run-request.json", {}),
    ("run-request.json", {"input": None, "command": None}),
    ("run-request.json", {"input": [1], "on_disconnect": "cancel"}),
    ("run-request.json", {"thread_id": 1, "interrupt_before": {}, "anything": None}),
    ("run-request.json", {"stream_mode": []}),
    ("run-request.json", {"stream_mode": "messages-tuple"}),
    ("run-request.json", {"stream_mode": ["values", "values"]}),
    ("run-request.json", {"config": {"recursion_limit": 1.0}}),
    ("run-request.json", {"config": {"recursion_limit": 2.0**70, "metadata": "x", "foo": 1}}),
    ("run-request.json", {"command": {"goto": [{"node": "a", "input": None}], "update": None}}),
    ("run-request.json", {"command": {"goto": ["a"], "resume": 0, "other": 1}}),
    ("run-request.json", {"webhook": "x"}),
    ("run-request.json", {"after_seconds": -1.5, "feedback_keys": []}),
    ("background-run-request.json", {"on_disconnect": 5}),
]
REFUSED = [
    ({"assistant_id": None}, "type", ("assistant_id",)),
    ({"metadata": None}, "type", ("metadata",)),
    ({"config": None}, "type", ("config",)),
    ({"config": {"tags": [1]}}, "type", ("config", "tags", 0)),
    ({"config": {"recursion_limit": 1.5}}, "type", ("config", "recursion_limit")),
    ({"config": {"recursion_limit": True}}, "type", ("config", "recursion_limit")),
    ({"config": {"a\0": 1}}, "pattern", ("config",)),
    ({"config": {"configurable": {"\\u0000": 1}}}, "pattern", ("config", "configurable")),
    ({"context": {"\\U0000": 1}}, "pattern", ("context",)),
    ({"context": None}, "type", ("context",)),
    ({"command": {"goto": 5}}, "anyOf", ("command",)),
    ({"command": {"goto": {"node": "a"}}}, "anyOf", ("command",)),
    ({"command": {"update": "x"}}, "anyOf", ("command",)),
    ({"stream_mode": None}, "anyOf", ("stream_mode",)),
    ({"stream_mode": "Values"}, "anyOf", ("stream_mode",)),
    ({"stream_mode": ["values", "tools"]}, "anyOf", ("stream_mode",)),
    ({"webhook": ""}, "minLength", ("webhook",)),
    ({"webhook": "x" * 65537}, "maxLength", ("webhook",)),
    ({"feedback_keys": "a"}, "type", ("feedback_keys",)),
    ({"stream_subgraphs": None}, "type", ("stream_subgraphs",)),
    ({"stream_resumable": 1}, "type", ("stream_resumable",)),
    ({"on_completion": "Keep"}, "enum", ("on_completion",)),
    ({"on_disconnect": "stop"}, "enum", ("on_disconnect",)),
    ({"after_seconds": "5"}, "type", ("after_seconds",)),
    ({"durability": None}, "type", ("durability",)),
    ({"checkpoint_during": None}, "type", ("checkpoint_during",)),
]
OTHERS_REFUSED: list[tuple[str, Any, str]] = [
    ("run-request.json", [], "type"),
    ("run-request.json", {}, "required"),
    ("run-batch-request.json", [], "minItems"),
    ("run-batch-request.json", [{}], "required"),
    ("run-cancel-request.json", {}, "oneOf"),
    ("run-cancel-request.json", {"status": "x"}, "enum"),
    ("run-cancel-request.json", {"status": "all", "thread_id": "t", "run_ids": []}, "oneOf"),
    ("assistants-search-request.json", {"limit": 0}, "minimum"),
    ("assistants-search-request.json", {"limit": 1001}, "maximum"),
    ("assistants-search-request.json", {"select": ["x"]}, "enum"),
    ("assistants-count-request.json", {"graph_id": None}, "type"),
    ("assistant-create-request.json", {}, "required"),
    ("assistant-create-request.json", {"graph_id": "a", "name": None}, "type"),
    ("thread-create-request.json", {"ttl": {"ttl": "x"}}, "type"),
    ("thread-create-request.json", {"supersteps": [{"updates": [{}]}]}, "required"),
]
MESSAGES = [
    ({"metadata": None}, 'null is not of type "object"'),
    ({"webhook": ""}, '"" is shorter than 1 character'),
    ({"on_completion": "x"}, '"x" is not one of "delete" or "keep"'),
    ({"durability": "x"}, '"x" is not one of "sync", "async" or "exit"'),
    ({"stream_mode": "é"}, "\"é\" is valid under none of the schemas of 'anyOf'"),
]

DESCRIBING = {"description", "$ref"}
"""The keys of a property that describe it, directly or by reference."""
CONDITIONS = ("if", "then", "else", "examples")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def properties(node: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the properties in a schema, except in conditions, which only narrow others."""
    if isinstance(node, dict):
        schema = cast(dict[str, Any], node)
        found = schema.get("properties", {})
        yield from ((key, value) for key, value in found.items() if value is not False)
        for keyword, value in schema.items():
            yield from [] if keyword in CONDITIONS else properties(value)
    elif isinstance(node, list):
        for item in cast(list[object], node):
            yield from properties(item)


@pytest.mark.parametrize("name", names())
def test_every_schema_is_a_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(load(name))

    assert load(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", names())
def test_every_schema_and_property_has_a_description(name: str) -> None:
    schema = load(name)

    assert schema["$id"] == f"https://graphtape.invalid/schemas/{name}"
    assert {"title", "description"} <= schema.keys()
    assert [key for key, value in properties(schema) if not DESCRIBING & value.keys()] == []


@pytest.mark.parametrize(("name", "fields"), ACCEPTED)
def test_a_run_request_that_the_server_accepts_is_valid(name: str, fields: dict[str, Any]) -> None:
    assert first_error(name, RUN | fields) is None


@pytest.mark.parametrize(("fields", "keyword", "path"), REFUSED)
def test_a_run_request_that_the_server_refuses_is_invalid(
    fields: dict[str, Any], keyword: str, path: tuple[str | int, ...]
) -> None:
    error = first_error("run-request.json", RUN | fields)

    assert error is not None
    assert (error.keyword, error.instance_path) == (keyword, path)


@pytest.mark.parametrize(("name", "instance", "keyword"), OTHERS_REFUSED)
def test_other_invalid_requests_are_rejected_by_their_schemas(
    name: str, instance: object, keyword: str
) -> None:
    error = first_error(name, instance)

    assert error is not None
    assert error.keyword == keyword


@pytest.mark.parametrize(("fields", "message"), MESSAGES)
def test_an_error_message_shows_values_as_json(fields: dict[str, Any], message: str) -> None:
    error = first_error("run-request.json", RUN | fields)

    assert error is not None
    assert error.message == message


def test_an_error_names_keyword_schema_and_value_in_the_layout_of_the_server() -> None:
    error = first_error("assistants-search-request.json", {"select": ["b", {"z": 1, "a": [None]}]})

    assert str(error).split("\n\n")[1:] == [
        'Failed validating "enum" in schema["properties"]["select"]["items"]',
        'On instance["select"][0]:\n    "b"',
    ]


def test_an_error_at_the_root_shows_the_keys_in_order() -> None:
    error = first_error("run-request.json", {"b": 1, "a": {"d": "é", "c": []}})

    assert str(error).endswith('On instance:\n    {"a":{"c":[],"d":"é"},"b":1}')


def test_a_value_nested_too_deeply_is_not_shown() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    assert show(deep) == "(nested too deeply to show)"


def test_a_keyword_without_a_message_of_its_own_has_that_of_the_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("graphtape_contracts.schema._MESSAGES", {})

    error = first_error("run-batch-request.json", [])

    assert error is not None
    assert error.message == "[] should be non-empty"


@given(value=json_values)
def test_a_flag_must_be_a_boolean(value: object) -> None:
    error = first_error("run-request.json", RUN | {"stream_subgraphs": value})

    assert (error is None) == isinstance(value, bool)


@given(value=json_values)
def test_an_input_may_be_any_json(value: object) -> None:
    assert first_error("run-request.json", RUN | {"input": value}) is None


def test_importing_the_schemas_does_not_import_the_validator() -> None:
    code = "import sys, graphtape_contracts.schema; print('jsonschema' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"

"""Schemas of responses allow their own examples and reject changed ones."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator

from graphtape_contracts.json_value import Json
from graphtape_contracts.schema import Validator, first_error, folder, load, names, registry


def examples(node: object, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the examples in a schema, each after the JSON pointer of its subschema."""
    if isinstance(node, dict):
        schema = cast(Json, node)
        yield from ((pointer, example) for example in schema.get("examples", []))
        for key, value in schema.items():
            yield from [] if key == "examples" else examples(value, f"{pointer}/{key}")


EXAMPLES = [(name, pointer, value) for name in names() for pointer, value in examples(load(name))]


def example(name: str, place: int = 0, /, **changed: Any) -> Any:
    """Return the *place*-th example of a schema, with the keys *changed*."""
    chosen = load(f"{name}.json")["examples"][place]
    return chosen | changed if changed else chosen


def without(key: str, value: Json) -> Json:
    return {name: part for name, part in value.items() if name != key}


HUMAN, AI, CALL = example("human-message"), example("ai-message"), example("tool-call")
META, CHUNK = example("message-stream-metadata"), example("message-chunk")
START, RESULT, DEBUG = example("tasks"), example("tasks", 1), example("debug")
STATE, ENVELOPE = example("checkpoints"), example("checkpoints", 2)
INTERRUPT = example("interrupt")

REFUSED: dict[str, list[Any]] = {
    "ai-message": [HUMAN, without("tool_calls", AI), AI | {"invalid_tool_calls": None}, "Hello"],
    "assistant": [without(key, example("assistant")) for key in ("graph_id", "config", "version")]
    + [[example("assistant")], example("assistant", version="1")],
    "assistant-graph": [
        [],
        {"nodes": []},
        {"nodes": [{}], "edges": []},
        {"nodes": [], "edges": [{"source": "a"}]},
        {"nodes": ["a"], "edges": []},
    ],
    "assistant-schemas": [{}, {"graph_id": None}, {"graph_id": "a", "output_schema": "{}"}],
    "chat-message": [HUMAN, without("role", example("chat-message"))],
    "checkpoint": [{}, {"thread_id": "a"}, example("checkpoint", thread_id=1), "a", []],
    "checkpoints": [
        without("next", STATE),
        STATE | {"next": "agent"},
        STATE | {"tasks": [{"name": "agent"}]},
        STATE | {"metadata": None},
        without("step", ENVELOPE),
        without("id", ENVELOPE),
        [],
    ],
    "content": [None, 5, {}, [None], [["a"]], [{"type": 1}]],
    "content-block": ["text", {"type": None}, {"type": "text", "text": 5}, {"index": {}}],
    "debug": [without(key, DEBUG) for key in ("step", "timestamp", "type", "payload")]
    + [
        DEBUG | {"step": "1"},
        DEBUG | {"payload": without("id", START)},
        DEBUG | {"type": "task_result"},
        DEBUG | {"type": "checkpoint"},
        DEBUG | {"type": "new", "payload": []},
    ],
    "end": ["success", {"status": None}, []],
    "error": [
        {"error": "ValueError"},
        {"message": "no"},
        {"error": None, "message": "no"},
        {"error": {"name": "ValueError"}, "message": "no"},
        "no",
    ],
    "events": [without(key, example("events")) for key in ("event", "name", "run_id")]
    + [example("events", tags="a"), example("events", parent_ids=[1]), "on_chain_start"],
    "function-message": [HUMAN, example("function-message", name=None)],
    "http-error": [{}, {"detail": None}, {"error": 5}, "Not Found", []],
    "human-message": [
        AI,
        without("content", HUMAN),
        HUMAN | {"content": None},
        HUMAN | {"id": 5},
        HUMAN | {"additional_kwargs": None},
        without("response_metadata", HUMAN),
    ],
    "info": [{}, {"version": "1"}, {"version": "1", "flags": {}}, example("info", version=1)],
    "interrupt": [{}, {"id": "a"}, {"value": 1}, {"id": 1, "value": 1}, "a"],
    "invalid-tool-call": [{"args": {}}, {"type": "tool_call"}, {"error": 5}, None],
    "message": [
        without("type", HUMAN),
        HUMAN | {"type": None},
        HUMAN | {"type": "tool"},
        HUMAN | {"type": "ai"},
        HUMAN | {"type": "developer", "content": None},
        AI | {"tool_calls": [{}]},
        AI | {"usage_metadata": []},
        CHUNK | {"tool_call_chunks": None},
        [HUMAN],
    ],
    "message-chunk": [AI, without("tool_call_chunks", CHUNK), CHUNK | {"chunk_position": 1}],
    "message-stream-metadata": [
        without(key, META)
        for key in ("langgraph_node", "langgraph_step", "langgraph_checkpoint_ns")
    ]
    + [META | {"langgraph_step": "1"}, META | {"run_attempt": "1"}, None],
    "messages": [
        [],
        [CHUNK],
        [CHUNK, None],
        [META, CHUNK],
        [without("id", CHUNK), META],
        [CHUNK | {"id": None}, META],
        [CHUNK["content"], META],
        {"0": CHUNK, "1": META},
    ],
    "messages-complete": [[], HUMAN, [without("id", HUMAN)], [HUMAN | {"id": None}], ["Hello"]],
    "messages-metadata": [{}, {"a": META}, {"a": {"metadata": None}}, {"a": None}, [META]],
    "messages-partial": [
        [],
        AI,
        [AI | {"id": None}],
        ["Hello"],
        [{"input_variables": []}],
        [{"input_variables": None, "messages": []}],
    ],
    "metadata": [{}, {"run_id": "a"}, {"attempt": 1}, example("metadata", attempt="1"), None],
    "ok": [{}, {"ok": False}, {"ok": "true"}, True, "ok"],
    "remove-message": [HUMAN, example("remove-message", id=None)],
    "run": [
        without(key, example("run")) for key in ("run_id", "thread_id", "assistant_id", "status")
    ]
    + [example("run", status=None), [example("run")]],
    "system-message": [HUMAN, without("content", example("system-message"))],
    "tasks": [
        without("id", START),
        START | {"triggers": "a"},
        START | {"name": None},
        without("error", RESULT),
        without("result", RESULT),
        RESULT | {"interrupts": None},
        RESULT | {"interrupts": [{}]},
        RESULT | {"error": 5},
        None,
    ],
    "thread": [without(key, example("thread")) for key in ("thread_id", "status", "metadata")]
    + [example("thread", status=None), None],
    "thread-state": [without(key, example("thread-state")) for key in ("values", "next", "tasks")]
    + [example("thread-state", next="a"), example("thread-state", interrupts=[None])],
    "tool-call": [{}, without("args", CALL), CALL | {"args": "{}"}, CALL | {"name": None}, "call"],
    "tool-call-chunk": [{"args": {}}, {"index": 1.5}, {"type": "tool_call"}, "{"],
    "tool-message": [HUMAN, example("tool-message", tool_call_id=None)],
    "updates": [{}, [], None, 5, {"__interrupt__": None}, {"__interrupt__": [{"id": "a"}]}],
    "usage": [5, {"input_tokens": "5"}, {"output_token_details": 5}],
    "values": [{"__interrupt__": [{"value": 1}]}, {"__interrupt__": [{"id": "a"}]}],
    "wait-output": [{"__error__": {}}, {"__error__": {"error": "a"}}, {"__interrupt__": [{}]}],
}
ANY_JSON = ["custom.json"]
ALLOWED: list[tuple[str, Any]] = [
    ("message", without("name", HUMAN) | {"example": False, "new": {}}),
    ("message", without("id", HUMAN)),
    ("message", HUMAN | {"type": "new", "content": [{"type": "new", "new": None}, {}, "text"]}),
    ("message", CHUNK | {"type": "NewMessageChunk"}),
    ("message", AI | {"tool_calls": [without("type", CALL)], "usage_metadata": {"new": 1}}),
    ("messages", [CHUNK, META, "new"]),
    # Values that a request can set through its metadata, tested with langgraph-api 0.16.7.
    ("messages", [CHUNK, META | {"tags": 5, "graph_id": 9, "ls_model_name": {}}]),
    ("messages-metadata", {"a": {"metadata": META, "new": 1}}),
    ("messages-complete", [{"input_variables": [], "messages": [without("type", HUMAN)]}]),
    ("metadata", example("metadata", thread_id="a")),
    ("updates", {"node": 5, "__metadata__": {"cached": True}}),
    ("values", {"__interrupt__": "mine"}),
    ("values", {"__interrupt__": ["mine", 5]}),
    ("values", {"__error__": 1}),
    ("wait-output", {"__error__": "mine"}),
    ("tasks", RESULT | {"result": [["messages", []]], "error": "ValueError('no')"}),
    ("tasks", without("input", START)),
    ("debug", DEBUG | {"type": "new", "payload": {}}),
    ("events", without("data", example("events", event="on_custom_event"))),
    ("run", example("run", status="new")),
    ("assistant", without("context", example("assistant"))),
]


@pytest.mark.parametrize("name", names())
def test_every_schema_has_examples(name: str) -> None:
    assert [found for found, _, _ in EXAMPLES if found == name]


@pytest.mark.parametrize(("name", "pointer", "value"), EXAMPLES)
def test_an_example_matches_its_own_schema(name: str, pointer: str, value: object) -> None:
    schema = {"$ref": f"{load(name)['$id']}#{pointer}"}
    validator = cast(Validator, Draft202012Validator(schema, registry=registry()))

    assert list(validator.iter_errors(value)) == []


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values]
)
def test_a_value_that_a_client_could_not_read_is_rejected(name: str, value: object) -> None:
    assert first_error(f"{name}.json", value) is not None


@pytest.mark.parametrize(("name", "value"), ALLOWED)
def test_additions_by_a_server_or_graph_are_allowed(name: str, value: object) -> None:
    assert first_error(f"{name}.json", value) is None


def test_every_response_schema_rejects_something_unless_any_json_is_valid() -> None:
    answers = {name for name in names() if not name.endswith("-request.json")} - {
        *ANY_JSON,
        "command.json",  # Part of a request, not of a response: see the tests of requests.
        "config.json",
        "recording.json",
        "stream-event.json",
    }

    assert {f"{name}.json" for name in REFUSED} == answers


def test_the_folder_contains_the_schemas() -> None:
    assert sorted(file.name for file in folder().iterdir()) == names()

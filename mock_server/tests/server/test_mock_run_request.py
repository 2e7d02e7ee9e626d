from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts import Exchange, Request, Response
from graphtape_mock.recordings.assistant_id import default_id
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.replay.run_request import RunRequest
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.errors import ApiError, ServerCrash
from graphtape_mock.server.run_request import (
    MAX_CACHED,
    MAX_CACHED_BODY,
    RunRequestParser,
    parse_batch,
    parse_run,
)

UNKNOWN = "11111111-1111-4111-8111-111111111111"
AGENT = default_id("agent")
RUN = Exchange(Request("POST", "/runs/stream", (), b'{"assistant_id":"agent"}'), Response(200), ())
CATALOGUE = AssistantCatalogue([Recording("one", (RUN,))])
BOTH = {"context": {"a": 1}, "config": {"configurable": {"b": 1}}}


def body(**fields: Any) -> bytes:
    return orjson.dumps({"assistant_id": "agent"} | fields)


def parse(**fields: Any) -> RunRequest:
    return parse_run(body(**fields), CATALOGUE)


def error_of(content: bytes, *, background: bool = False) -> ApiError:
    with pytest.raises(ApiError) as caught:
        parse_run(content, CATALOGUE, background=background)
    return caught.value


def test_a_bare_request_gets_the_defaults_of_the_server() -> None:
    request = parse()

    assert request.body == {"assistant_id": "agent"}
    assert (request.assistant_id, request.assistant, request.graph_id) == ("agent", AGENT, "agent")
    assert (request.input, request.command, request.webhook) == (None, None, None)
    assert (request.config, request.context, request.metadata) == ({}, {}, {})
    assert request.stream_modes == ("values",)
    assert (request.subgraphs, request.resumable) == (False, False)
    assert (request.interrupt_before, request.interrupt_after) == (None, None)
    assert (request.on_disconnect, request.on_completion) == ("continue", "delete")
    assert (request.after_seconds, request.feedback_keys) == (0, ())
    assert request.durability == "async"


def test_every_field_is_understood() -> None:
    request = parse(
        input={"a": 1},
        command={"goto": "b"},
        config={"tags": ["t"], "configurable": {"c": 1}},
        metadata={"m": 1},
        stream_mode=["updates", "values", "updates"],
        stream_subgraphs=True,
        stream_resumable=True,
        interrupt_before="*",
        interrupt_after=["x"],
        on_disconnect="cancel",
        on_completion="keep",
        after_seconds=1.5,
        webhook="https://10.0.0.1/hook",
        feedback_keys=["k"],
        durability="exit",
    )

    assert (request.input, request.command) == ({"a": 1}, {"goto": "b"})
    assert request.config == {"tags": ["t"], "configurable": {"c": 1}}
    assert request.metadata == {"m": 1}
    assert request.stream_modes == ("updates", "values")
    assert (request.subgraphs, request.resumable) == (True, True)
    assert (request.interrupt_before, request.interrupt_after) == ("*", ["x"])
    assert (request.on_disconnect, request.on_completion) == ("cancel", "keep")
    assert (request.after_seconds, request.feedback_keys) == (1.5, ("k",))
    assert (request.webhook, request.durability) == ("https://10.0.0.1/hook", "exit")


@pytest.mark.parametrize(
    ("asked", "modes"),
    [([], ("values",)), ("debug", ("debug",)), (["tasks", "tasks"], ("tasks",))],
)
def test_stream_modes_are_a_string_or_a_list(asked: object, modes: tuple[str, ...]) -> None:
    assert parse(stream_mode=asked).stream_modes == modes


@pytest.mark.parametrize(("during", "durability"), [(True, "async"), (False, "exit")])
def test_checkpoint_during_stands_in_for_durability(during: bool, durability: str) -> None:
    assert parse(checkpoint_during=during).durability == durability


def test_an_empty_command_is_no_command() -> None:
    assert parse(command={}).command is None


def test_keys_of_the_server_are_stripped_but_stay_in_the_body_as_sent() -> None:
    fields: dict[str, Any] = {
        "metadata": {"run_id": "x", "mine": 1},
        "config": {"metadata": {"thread_id": "x", "mine": 2}, "configurable": {"run": 3}},
    }
    fields["config"]["configurable"]["__after_seconds__"] = 5

    request = parse(**fields)

    assert request.metadata == {"mine": 1}
    assert request.config == {"metadata": {"mine": 2}, "configurable": {"run": 3}}
    assert request.body == {"assistant_id": "agent"} | fields


def test_a_configurable_that_is_stripped_empty_may_go_with_a_context() -> None:
    request = parse(context={"a": 1}, config={"configurable": {"__after_seconds__": 5}})

    assert request.context == {"a": 1}


@pytest.mark.parametrize(
    "spelling", [AGENT, AGENT.upper(), AGENT.replace("-", ""), f"{{{AGENT}}}", f"urn:uuid:{AGENT}"]
)
def test_an_assistant_may_be_named_by_its_uuid_in_any_spelling(spelling: str) -> None:
    request = parse(assistant_id=spelling)

    assert (request.assistant_id, request.assistant, request.graph_id) == (spelling, AGENT, "agent")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"assistant_id":"agent"',
        b"{'assistant_id':'agent'}",
        b'{"assistant_id":"agent","input":NaN}',
        b'{"assistant_id":"agent","input":1E400}',
        b'\xef\xbb\xbf{"assistant_id":"agent"}',
        '{"assistant_id":"agent"}'.encode("utf-16"),
        b'{"assistant_id":"agent","input":"\xff"}',
        b'{"assistant_id":"agent","input":"\\ud800"}',
        b'{"assistant_id":"agent","input":' + b"[" * 2000 + b"]" * 2000 + b"}",
    ],
)
def test_what_is_no_json_is_refused(content: bytes) -> None:
    refusal = error_of(content)

    assert (refusal.status, refusal.detail) == (422, "Invalid JSON in request body")


@pytest.mark.parametrize(
    "content",
    [
        b' \n{"assistant_id":"agent"} ',
        b'{"assistant_id":"x","assistant_id":"agent"}',
        b'{"assistant_id":"agent","input":1e-400}',
        b'{"assistant_id":"agent","input":123456789012345678901234567890}',
        b'{"assistant_id":"agent","config":{"recursion_limit":1180591620717411303424}}',
        b'{"assistant_id":"agent","input":' + b"[" * 254 + b"]" * 254 + b"}",
        b'{"assistant_id":"agent","input":[' + b"[]," * 300 + b'{"a":{}}]}',
    ],
)
def test_odd_json_is_accepted(content: bytes) -> None:
    assert parse_run(content, CATALOGUE).assistant == AGENT


def test_json_of_more_levels_than_the_server_validates_is_refused() -> None:
    refusal = error_of(b'{"assistant_id":"agent","input":' + b"[" * 255 + b"]" * 255 + b"}")

    assert (refusal.status, refusal.detail) == (400, "Recursion limit reached")


def test_what_the_schema_forbids_is_refused_and_shown() -> None:
    refusal = error_of(body(metadata=None))

    assert refusal.status == 422
    assert refusal.detail.endswith('On instance["metadata"]:\n    null')


@pytest.mark.parametrize("name", ["x", "", "Agent", " agent"])
def test_an_unknown_graph_is_refused_with_the_names_of_the_known(name: str) -> None:
    refusal = error_of(body(assistant_id=name))

    assert refusal.status == 422
    assert refusal.detail == (
        f"Invalid assistant: '{name}'. Must be either:\n- A valid assistant UUID, or\n"
        "- One of the registered graphs: agent"
    )


@pytest.mark.parametrize(
    ("fields", "status", "detail"),
    [
        ({"assistant_id": UNKNOWN}, 404, "Thread or assistant not found."),
        ({"command": {"resume": 1}}, 400, "You must provide a thread_id when resuming."),
        (BOTH, 400, "Cannot specify both configurable and context. "),
        ({"checkpoint": "x"}, 400, "dictionary update sequence element #0 has length 1; 2 is"),
        ({"checkpoint_id": "x"}, 422, "Invalid checkpoint ID"),
        ({"webhook": "/ok"}, 422, "Loopback webhooks"),
    ],
)
def test_a_request_that_contradicts_itself_is_refused(
    fields: dict[str, Any], status: int, detail: str
) -> None:
    refusal = error_of(body(**fields))

    assert refusal.status == status
    assert refusal.detail.startswith(detail)


@pytest.mark.parametrize(
    "fields",
    [
        {"checkpoint": True},
        {"checkpoint": [1]},
        {"checkpoint_id": 1},
        {"checkpoint_id": [1]},
        {"langsmith_tracer": "x"},
        {"config": {"metadata": "x"}},
        {"after_seconds": 1e12},
        {"after_seconds": -1e12},
        {"after_seconds": 1e300},
    ],
)
def test_what_breaks_the_server_breaks_the_mock(fields: dict[str, Any]) -> None:
    refusal = error_of(body(**fields))

    assert isinstance(refusal, ServerCrash)


@pytest.mark.parametrize(
    "fields",
    [
        {"checkpoint": {"a": 1}},
        {"checkpoint": ["ab"]},
        {"checkpoint": None},
        {"checkpoint_id": UNKNOWN},
        {"checkpoint_id": None},
        {"langsmith_tracer": {}},
        {"config": {"metadata": None}},
        {"command": {"resume": 0}},
        {"after_seconds": -5},
    ],
)
def test_what_only_looks_wrong_is_accepted(fields: dict[str, Any]) -> None:
    assert parse(**fields).assistant == AGENT


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"assistant_id": "x", "checkpoint_id": 1}, 422),
        ({"command": {"resume": 1}, "checkpoint_id": "x"}, 422),
        ({"command": {"resume": 1}, "checkpoint": True}, 400),
        ({"assistant_id": UNKNOWN, "checkpoint": True}, 500),
        ({"assistant_id": UNKNOWN, "webhook": "/x"}, 422),
        ({"assistant_id": UNKNOWN, "after_seconds": 1e12}, 404),
        ({"assistant_id": UNKNOWN, "config": {"metadata": "x"}}, 404),
    ],
)
def test_the_first_check_of_the_server_decides(fields: dict[str, Any], status: int) -> None:
    assert error_of(body(**fields)).status == status


def test_only_a_run_that_is_waited_for_has_its_on_disconnect_checked() -> None:
    content = body(on_disconnect="stop")

    assert error_of(content).status == 422
    assert parse_run(content, CATALOGUE, background=True).on_disconnect == "stop"


def test_a_batch_is_several_requests() -> None:
    content = orjson.dumps([{"assistant_id": "agent", "input": n} for n in (1, 2)])

    assert [request.input for request in parse_batch(content, CATALOGUE)] == [1, 2]


def test_a_batch_with_one_bad_request_is_refused() -> None:
    content = orjson.dumps([{"assistant_id": "agent"}, {"assistant_id": UNKNOWN}])

    with pytest.raises(ApiError, match="404: Thread or assistant not found"):
        parse_batch(content, CATALOGUE)


@given(content=st.binary(max_size=200))
@settings(deadline=None)
def test_bytes_that_are_no_run_request_are_refused_and_never_break_the_parser(
    content: bytes,
) -> None:
    assert error_of(content).status == 422


def test_a_parsed_request_is_cached_until_the_assistants_change() -> None:
    catalogue = AssistantCatalogue([Recording("one", (RUN,))])
    parser = RunRequestParser(catalogue)

    first, second = parser.parse(body()), parser.parse(body())
    catalogue.replace([Recording("one", (RUN,))])

    assert first is second
    assert parser.parse(body()) is not first


def test_a_long_request_is_parsed_every_time() -> None:
    parser, long = RunRequestParser(CATALOGUE), body(input="x" * MAX_CACHED_BODY)

    assert parser.parse(long).body == parser.parse(long).body
    assert parser.parse(long) is not parser.parse(long)


def test_the_request_used_least_recently_is_dropped_from_the_cache() -> None:
    parser = RunRequestParser(CATALOGUE)
    first, second = (parser.parse(body(input=n)) for n in (0, 1))
    for n in range(2, MAX_CACHED):
        parser.parse(body(input=n))
    parser.parse(body(input=0))

    parser.parse(body(input=MAX_CACHED))

    assert parser.parse(body(input=0)) is first
    assert parser.parse(body(input=1)) is not second


def test_a_created_assistant_of_a_graph_that_is_gone_is_refused() -> None:
    catalogue = AssistantCatalogue([Recording("one", (RUN,))])
    catalogue.create({"graph_id": "agent", "assistant_id": UNKNOWN})
    catalogue.replace([])

    with pytest.raises(ApiError, match="Invalid assistant: 'agent'"):
        parse_run(body(assistant_id=UNKNOWN), catalogue)

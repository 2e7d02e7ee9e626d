"""Recordings in which one JSON value was dropped, replaced or given another type.

Each is answered, or refused with its name and a reason: never an error of ours.
"""

import copy
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts import Exchange, Frame, Request, Response
from graphtape_contracts.json_value import is_list, is_object
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_mock.recordings.assistant_id import default_id
from graphtape_mock.recordings.file import parse
from graphtape_mock.recordings.recording import BrokenRecording, Recording
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.errors import NotReplayable
from graphtape_mock.replay.library import Library
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.recorded_deployment import BadRecordedResponse
from graphtape_mock.server.run_request import parse_run

Call = Callable[..., Exchange]

NAME = "damaged"
MODES = [[mode] for mode in STREAM_MODES] + [["messages", "values"], list(STREAM_MODES)]
VALUES: list[Any] = [None, True, 0, -1.5, "", "text", "\u20ac\r\n", [], {}, [[]], [{}], {"id": 1}]
OTHERS = [
    ("GET", "/info", b""),
    ("POST", "/assistants/search", b"{}"),
    ("POST", "/assistants/count", b"{}"),
    ("GET", "/openapi.json", b""),
]


@cache
def bundled() -> list[list[Any]]:
    """Return the lines of each bundled recording, decoded."""
    files = sorted(bundled_recordings().glob("*.jsonl"))
    return [[orjson.loads(line) for line in file.read_bytes().splitlines()] for file in files]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each container in *value* with each of its keys or indexes."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        items: Iterable[tuple[Any, Any]] = ()
        if is_object(found):
            items = list(found.items())
        elif is_list(found):
            items = list(enumerate(found))
        for key, inner in items:
            yield found, key
            waiting.append(inner)


@st.composite
def damaged_recordings(draw: st.DrawFn) -> tuple[list[Any], bytes]:
    """Return the lines of a bundled recording, and its bytes with one value damaged."""
    lines = draw(st.sampled_from(bundled()))
    number = draw(st.integers(0, len(lines) - 1))
    damaged = copy.deepcopy(lines)
    found = list(places(damaged[number]))
    container, key = found[draw(st.integers(0, len(found) - 1))]
    if draw(st.booleans()):
        del container[key]
    else:
        container[key] = draw(st.sampled_from(VALUES))
    return lines, b"\n".join(map(orjson.dumps, damaged)) + b"\n"


def request_of(lines: list[Any]) -> dict[str, Any]:
    """Return the body of the first recorded run."""
    requests = [line["request"] for line in lines if "exchange" in line]
    bodies: list[dict[str, Any]] = [r["json"] for r in requests if r["path"].startswith("/runs/")]
    return bodies[0]


def load(content: bytes) -> Mock | str:
    """Return a mock of a recording, or the reason why it can't be loaded."""
    try:
        return Mock(Library([parse(content, NAME, NAME)]), ReplayOptions(speed=0))
    except (BrokenRecording, BadRecordedResponse) as error:
        return str(error)


def is_refusal(answered: Exchange) -> bool:
    """Return whether a response says why no recording has it, or that it has no such assistant."""
    detail = str(orjson.loads(answered.body)["detail"])
    return answered.response.status in (404, 422) and (
        "record" in detail.lower() or "assistant" in detail
    )


@given(damaged_recordings(), st.sampled_from(MODES), st.booleans(), st.booleans())
@settings(deadline=None)
def test_each_view_is_shown_or_refused_with_the_name_and_a_reason(
    call: Call,
    damaged: tuple[list[Any], bytes],
    modes: list[str],
    subgraphs: bool,
    keep: bool,
) -> None:
    lines, content = damaged
    mock = load(content)
    if isinstance(mock, str):
        assert NAME in mock
        return
    body = request_of(lines) | {"stream_mode": modes, "stream_subgraphs": subgraphs}
    body |= {"on_completion": "keep"} if keep else {}
    runs = [("POST", path, orjson.dumps(body)) for path in ("/runs/stream", "/runs/wait", "/runs")]

    answers = [call(mock, *request) for request in (*runs, *OTHERS)]

    assert [a.body for a in answers if a.response.status != 200 and not is_refusal(a)] == []
    assert [entry.problem for entry in mock.journal.entries if entry.problem] == []


def test_an_assistant_whose_config_is_text_is_refused_when_it_is_loaded(
    make_run: Callable[..., Exchange],
) -> None:
    assistant_id = default_id("agent")
    fields = {"assistant_id": assistant_id, "graph_id": "agent", "config": "text"}
    asked = Request("GET", f"/assistants/{assistant_id}")
    assistant = Exchange(asked, Response(200), (Frame(0.0, orjson.dumps(fields)),))

    with pytest.raises(BadRecordedResponse, match=f"'damaged'.*{asked.path}"):
        Mock(Library([Recording(NAME, (make_run([]), assistant))]), ReplayOptions())


def chunk(**changes: Any) -> dict[str, Any]:
    """Return a chunk of a message with *changes*; a value of ... removes the key."""
    whole = {"content": "a", "type": "AIMessageChunk", "id": "lc_run--1"} | changes
    return {key: value for key, value in whole.items() if value is not ...}


@pytest.mark.parametrize(
    ("message", "key", "got"),
    [
        (chunk(content=...), "content", "none"),
        (chunk(content=7), "content", "a number"),
        (chunk(type=...), "type", "none"),
        (chunk(type=None), "type", "null"),
        (chunk(id=...), "id", "none"),
        (chunk(id={}), "id", "an object"),
        (chunk(response_metadata=[]), "response_metadata", "an array"),
        (chunk(additional_kwargs="x"), "additional_kwargs", "text"),
        (chunk(usage_metadata=True), "usage_metadata", "a boolean"),
        (chunk(tool_call_chunks={}), "tool_call_chunks", "an object"),
        (chunk(invalid_tool_calls=[1]), "invalid_tool_calls", "an array"),
        (chunk(type="ToolMessageChunk"), "tool_call_id", "none"),
    ],
    ids=str,
)
def test_a_message_that_can_not_be_added_up_is_refused_with_its_frame(
    message: dict[str, Any],
    key: str,
    got: str,
    make_run: Callable[..., Exchange],
    serve_runs: Callable[..., Mock],
    call: Call,
) -> None:
    events: list[tuple[str, Any]] = [("metadata", {}), ("messages", [message, {}])]
    mock = serve_runs(make_run(events, stream_mode=["messages-tuple"]))
    asked = {"assistant_id": "agent", "stream_mode": ["messages"]}

    answered = call(mock, "POST", "/runs/stream", orjson.dumps(asked))

    detail = orjson.loads(answered.body)["detail"]
    assert answered.response.status == 404
    assert "'run'" in detail
    assert f'frame 2 (messages): expected "{key}"' in detail
    assert f"got {got}." in detail
    assert mock.journal.entries[0].miss == detail


def test_a_whole_message_needs_no_more_than_type_id_and_content(
    make_run: Callable[..., Exchange], serve_runs: Callable[..., Mock], call: Call
) -> None:
    events = [("messages", [chunk(type="human", usage_metadata=7), {}])]
    mock = serve_runs(make_run(events, stream_mode=["messages-tuple"]))
    asked = {"assistant_id": "agent", "stream_mode": ["messages"]}

    assert call(mock, "POST", "/runs/stream", orjson.dumps(asked)).response.status == 200


def test_the_place_is_said_before_the_recording_is_known() -> None:
    assert str(NotReplayable("expected more", 3, "values")) == "frame 3 (values): expected more"


@pytest.mark.parametrize(
    "run_id", ["01a20000-0000-7000-8000-000000000000", "01a20000-0000-7000-8000-000000000001"]
)
def test_ids_that_are_equal_or_look_like_stand_ins_are_kept_apart(
    run_id: str,
    make_run: Callable[..., Exchange],
    serve_runs: Callable[..., Mock],
) -> None:
    metadata = {"run_id": run_id, "thread_id": run_id}
    run = make_run([("metadata", {"run_id": run_id}), ("tasks", {"metadata": metadata})])
    mock = serve_runs(run)

    response = mock.replay.respond(
        parse_run(b'{"assistant_id":"agent"}', mock.catalogue), "/runs/stream"
    )

    assert len({response.run_id, response.thread_id, run_id}) == 3
    assert run_id.encode() not in response.body()

"""Echo: the input and the tags of a request, in the events of its run."""

from typing import Any

import orjson
import pytest

from understudy_contracts import Frame, sse
from understudy_mock.echo import tags_of, with_input, with_tags

Json = dict[str, Any]

EOL: sse.Eol = "\r\n"
START: Json = {"event": "on_chain_start", "data": {"input": {"a": 1}}, "parent_ids": []}


def frame_of(name: str, data: Any) -> Frame:
    return sse.frame(sse.encode_event(name, orjson.dumps(data).decode(), eol=EOL), 0.5)


def data_of(frame: Frame) -> Any:
    return orjson.loads(frame.data or "")


def tagged(name: str, data: Json, *tags: str, recorded: tuple[str, ...] = ()) -> Any:
    """Return *data* as it is with the config.tags *tags*, in a stream that shows messages."""
    frames = [frame_of(name, data), frame_of("messages", [{}, {}])]
    old, new = ({"config": {"tags": list(of)}} for of in (recorded, tags))
    return data_of(with_tags(frames, old, new, EOL)[0])


def test_events_begin_with_the_input_as_sent() -> None:
    frames = [frame_of("events", START)]

    (changed,) = with_input(frames, {"input": {"a": 1}}, {"input": {"b": 2.0}}, EOL)

    assert data_of(changed) == START | {"data": {"input": {"b": 2.0}}}
    assert changed.at == 0.5


@pytest.mark.parametrize(
    "data",
    [
        START | {"parent_ids": ["1"]},
        START | {"event": "on_chain_end"},
        START | {"data": {"input": {"a": 2}}},
        START | {"data": 5},
        [],
    ],
    ids=["inner", "end", "another input", "no data", "no event"],
)
def test_nothing_else_shows_the_input(data: Any) -> None:
    frames = [frame_of("events", data), frame_of("values", START), sse.frame(b": x\r\n\r\n")]

    assert with_input(frames, {"input": {"a": 1}}, {"input": 2}, EOL) == frames


def test_the_recorded_input_leaves_the_frames_as_they_are() -> None:
    frames = [frame_of("events", START)]

    assert with_input(frames, {"input": {"a": 1}}, {"input": {"a": 1}}, EOL) is frames


def test_events_have_the_tags_after_their_own() -> None:
    event = {"event": "on_chain_end", "tags": ["seq:step:1", "b"]}

    assert tagged("events", event, "a", "b")["tags"] == ["seq:step:1", "a", "b"]


@pytest.mark.parametrize("name", ["tasks", "debug", "tasks|child:1"])
def test_tasks_have_the_tags_last(name: str) -> None:
    task = {"metadata": {"run_attempt": 1, "graph_id": "agent"}}

    assert list(tagged(name, task, "a", "a")["metadata"].items())[-1] == ("tags", ["a", "a"])


@pytest.mark.parametrize(
    ("metadata", "tags"),
    [
        ({"run_attempt": 1, "lc_versions": {}}, ["a"]),
        ({"run_attempt": 1, "lc_versions": {}, "tags": ["own"]}, ["own", "a"]),
        ({"run_attempt": 1}, None),
        ({"lc_versions": {}}, None),
    ],
    ids=["model", "model with tags", "node", "no metadata of a run"],
)
def test_messages_of_models_have_the_tags(metadata: Json, tags: list[str] | None) -> None:
    assert tagged("messages", {"m": {"metadata": metadata}}, "a")["m"]["metadata"].get("tags") == (
        tags
    )


def test_events_tell_the_tags_of_models_only_beside_messages() -> None:
    event = {"event": "on_chat_model_end", "metadata": {"run_attempt": 1, "lc_versions": {}}}
    frames = [frame_of("events", event)]

    (changed,) = with_tags(frames, {}, {"config": {"tags": ["a"]}}, EOL)

    assert data_of(changed) == event | {"tags": ["a"]}
    assert tagged("events", event, "a")["metadata"]["tags"] == ["a"]


def test_recorded_tags_give_way() -> None:
    task = {"metadata": {"run_attempt": 1, "tags": ["a", "own"]}}

    assert tagged("tasks", task, recorded=("a", "b"))["metadata"]["tags"] == ["own"]
    assert "tags" not in tagged("tasks", task, recorded=("a", "own"))["metadata"]


def test_the_recorded_tags_leave_the_frames_as_they_are() -> None:
    frames = [frame_of("events", START), sse.frame(b": x\r\n\r\n")]

    assert with_tags(frames, {}, {"config": {}}, EOL) is frames
    assert with_tags(frames[1:], {}, {"config": {"tags": ["a"]}}, EOL) == frames[1:]


@pytest.mark.parametrize("body", [{}, {"config": 5}, {"config": {}}, {"config": {"tags": "x"}}])
def test_a_request_may_have_no_tags(body: Json) -> None:
    assert tags_of(body) == []

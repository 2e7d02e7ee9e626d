"""Request fields that events repeat: the input as sent, and the tags."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from graphtape_contracts import Exchange, Frame
from graphtape_mock.replay.recorded_event import RecordedEvent
from graphtape_mock.replay.request_echo import is_start_of_run, tags_of, with_input, with_tags

MakeRun = Callable[..., Exchange]
Json = dict[str, Any]

START: Json = {"event": "on_chain_start", "data": {"input": {"n": 1}}, "parent_ids": [], "tags": []}
NONE: Json = {}
TAGS = {"config": {"tags": ["new"]}}


def with_events(input_: Json) -> Json:
    """Return a request with the mode `events`."""
    return {"input": input_, "stream_mode": "events"}


def data_of(frame: Frame) -> Any:
    return orjson.loads(frame.data or "")


@pytest.mark.parametrize(
    ("name", "data", "is_start"),
    [
        ("events", START, True),
        ("values", START, False),
        ("events", START | {"parent_ids": ["p"]}, False),
        ("events", START | {"event": "on_chain_end"}, False),
        ("events", 7, False),
    ],
    ids=["start", "mode", "child", "end", "odd"],
)
def test_a_run_starts_with_the_first_chain(name: str, data: Any, is_start: bool) -> None:
    assert is_start_of_run(RecordedEvent(0.0, name, data)) is is_start


def test_the_input_comes_back_as_it_was_sent(make_run: MakeRun) -> None:
    frames = make_run([("metadata", {}), ("events", START), ("values", {"n": 1})]).frames

    echoed = with_input(frames, with_events({"n": 1}), with_events({"n": 1.0}), "\r\n")

    assert [frame.data for frame in echoed[::2]] == [frame.data for frame in frames[::2]]
    assert echoed[1].data == str(frames[1].data).replace('"n":1', '"n":1.0')


@pytest.mark.parametrize("data", [{"input": {"n": 2}}, {}])
def test_an_input_that_is_not_the_recorded_one_stays(data: Json, make_run: MakeRun) -> None:
    frames = make_run([("events", START | {"data": data})]).frames

    assert with_input(frames, with_events({"n": 1}), with_events({"n": 3}), "\r\n") == [*frames]


def test_the_recorded_input_changes_nothing(make_run: MakeRun) -> None:
    frames = make_run([("events", START)]).frames

    assert with_input(frames, with_events({"n": 1}), with_events({"n": 1}), "\r\n") is frames


@pytest.mark.parametrize(
    ("body", "tags"),
    [
        ({}, []),
        ({"config": 7}, []),
        ({"config": {"tags": "text"}}, []),
        ({"config": {"tags": ["a", "b", "a"]}}, ["a", "b", "a"]),
        ({"config": {"tags": [1]}}, ["1"]),
    ],
    ids=str,
)
def test_tags_of_a_request_are_taken_as_they_are(body: Json, tags: list[str]) -> None:
    assert tags_of(body) == tags


def test_tags_come_after_those_that_are_there(make_run: MakeRun) -> None:
    events = [("events", START | {"tags": ["seq:1", "old"]}), ("events", {"event": "x"})]
    frames = make_run(events).frames

    tagged = with_tags(frames, {"config": {"tags": ["old"]}}, TAGS, "\r\n")

    assert [data_of(frame)["tags"] for frame in tagged] == [["seq:1", "new"], ["new"]]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tasks", {"metadata": {"run_attempt": 1}}),
        ("debug", {"payload": {"metadata": {"run_attempt": 1}}}),
        ("messages", [{}, {"run_attempt": 1, "lc_versions": NONE}]),
    ],
)
def test_tags_are_in_the_metadata_of_tasks_and_models(
    name: str, data: Any, make_run: MakeRun
) -> None:
    (frame,) = make_run([(name, data)]).frames

    (tagged,) = with_tags([frame], {}, TAGS, "\r\n")
    (again,) = with_tags([tagged], TAGS, {}, "\r\n")

    assert '"run_attempt":1' in str(tagged.data)
    assert '"tags":["new"]' in str(tagged.data)
    assert again.data == frame.data


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("messages", [{}, {"run_attempt": 1}]),
        ("values", {"run_attempt": 1, "lc_versions": {}}),
        ("events", 7),
        ("metadata", {"attempt": 1}),
    ],
    ids=["no model", "no messages", "odd", "metadata"],
)
def test_nothing_else_has_tags(name: str, data: Any, make_run: MakeRun) -> None:
    frames = make_run([(name, data)]).frames

    assert with_tags(frames, {}, TAGS, "\r\n") == [*frames]


def test_the_recorded_tags_change_nothing(make_run: MakeRun) -> None:
    frames = make_run([("events", START)]).frames

    assert with_tags(frames, TAGS, TAGS, "\r\n") is frames

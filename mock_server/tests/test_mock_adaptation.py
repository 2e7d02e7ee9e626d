"""Adaptation: what fields of a request do to a run that was recorded without them."""

from collections.abc import Callable, Iterable
from typing import Any

import orjson
import pytest

from understudy_contracts import Exchange, Frame, sse
from understudy_mock.adaptation import (
    adapt,
    adaptation_key,
    user_metadata,
    with_delay,
    with_durability,
    with_feedback,
    with_metadata,
    without_event_ids,
)
from understudy_mock.projection import request_body

Captured = Callable[[str], Exchange]
Masked = Callable[[Iterable[Frame]], list[tuple[str, str]]]
Json = dict[str, Any]

OF_SERVER = {"created_by": "system", "run_attempt": 1, "graph_id": "agent", "run_id": "r"}


def frames_of(*events: tuple[str, Any], eol: sse.Eol = "\r\n") -> list[Frame]:
    return [
        sse.frame(sse.encode_event(name, orjson.dumps(data).decode(), eol=eol), at / 10)
        for at, (name, data) in enumerate(events)
    ]


def heartbeat(at: float) -> Frame:
    return sse.frame(sse.encode_comment(), at)


def metadata_of(frame: Frame) -> Any:
    return list(orjson.loads(frame.data or "")["metadata"].items())


@pytest.mark.parametrize(
    ("body", "metadata"),
    [
        ({}, {"created_by": "system"}),
        ({"metadata": {"a": 1}}, {"created_by": "system", "a": 1}),
        (
            {"config": {"metadata": {"a": 0, "b": 1}}, "metadata": {"a": 2}},
            {"created_by": "system", "a": 2, "b": 1},
        ),
        ({"metadata": {"created_by": "me"}}, {"created_by": "me"}),
        (
            {"metadata": {"run_id": 1, "thread_id": 2, "assistant_id": 3}},
            {"created_by": "system"},
        ),
        ({"config": 7, "metadata": "text"}, {"created_by": "system"}),
    ],
    ids=str,
)
def test_metadata_of_a_request_is_merged(body: Json, metadata: Json) -> None:
    assert list(user_metadata(body).items()) == list(metadata.items())


def test_metadata_stands_where_the_server_puts_it() -> None:
    frames = frames_of(("events", {"metadata": OF_SERVER | {"langgraph_step": 1}}))
    asked = {"config": {"metadata": {"c": 1}}, "metadata": {"m": 2}}

    (frame,) = with_metadata(frames, {}, asked, "\r\n")

    assert metadata_of(frame) == [
        ("created_by", "system"),
        ("c", 1),
        ("m", 2),
        ("run_attempt", 1),
        ("graph_id", "agent"),
        ("run_id", "r"),
        ("langgraph_step", 1),
    ]


def test_what_the_server_says_wins_but_for_the_graph() -> None:
    frames = frames_of(("events", {"metadata": OF_SERVER}))

    (frame,) = with_metadata(
        frames, {}, {"metadata": {"run_attempt": 9, "graph_id": "mine"}}, "\r\n"
    )

    assert dict(metadata_of(frame)) == OF_SERVER | {"graph_id": "mine"}


@pytest.mark.parametrize(
    ("name", "shown"), [("tasks", ["m"]), ("debug", ["m"]), ("events", ["langgraph_node", "m"])]
)
def test_tasks_show_no_keys_that_name_a_task(name: str, shown: list[str]) -> None:
    frames = frames_of((name, {"metadata": OF_SERVER}))

    (frame,) = with_metadata(frames, {}, {"metadata": {"langgraph_node": "mine", "m": 1}}, "\r\n")

    assert [key for key, _ in metadata_of(frame) if key not in OF_SERVER] == shown


def test_recorded_metadata_gives_way() -> None:
    frames = frames_of(("events", {"metadata": {"created_by": "system", "old": 1} | OF_SERVER}))

    (frame,) = with_metadata(frames, {"metadata": {"old": 1}}, {"metadata": {"new": 2}}, "\r\n")

    assert dict(metadata_of(frame)) == OF_SERVER | {"new": 2}


def test_what_has_no_metadata_is_left_as_it_is() -> None:
    frames = [
        *frames_of(("values", {"a": 1}), ("custom", {"text": "run_attempt"}), ("custom", '"x"')),
        *frames_of(("custom", {"run_attempt": 1})),
        heartbeat(5.0),
    ]

    adapted = with_metadata(frames, {}, {"metadata": {"m": 1}}, "\r\n")

    assert all(new is old for new, old in zip(adapted, frames, strict=True))


def test_a_request_with_the_recorded_metadata_gets_the_recorded_frames() -> None:
    frames = frames_of(("events", {"metadata": OF_SERVER}))

    assert with_metadata(frames, {"metadata": {}}, {"config": {}}, "\r\n") is frames


def test_metadata_is_in_messages_as_the_server_sends_it(captured: Captured, masked: Masked) -> None:
    expected = captured("python/metadata-in-messages")
    asked = request_body(expected)
    recorded = {key: value for key, value in asked.items() if key != "metadata"}
    plain = with_metadata(expected.frames, asked, recorded, "\r\n")

    adapted = with_metadata(plain, recorded, asked, "\r\n")

    assert masked(plain) != masked(expected.frames)
    assert masked(adapted) == masked(expected.frames)


@pytest.mark.parametrize("endpoint", ["stream"])
def test_durability_sync_fails_a_run_that_keeps_nothing(
    endpoint: str, captured: Captured, masked: Masked
) -> None:
    expected = captured(f"python/durability-sync-delete-{endpoint}")
    recorded = captured(f"python/durability-async-delete-{endpoint}")

    adapted = with_durability(
        recorded.frames, request_body(recorded), request_body(expected), "\r\n"
    )

    assert masked(adapted) == masked(expected.frames)


@pytest.mark.parametrize(
    ("recorded", "asked"),
    [
        ({}, {}),
        ({}, {"durability": "exit"}),
        ({}, {"durability": "sync", "on_completion": "keep"}),
        ({"durability": "sync"}, {"durability": "sync"}),
    ],
    ids=str,
)
def test_any_other_durability_changes_nothing(recorded: Json, asked: Json) -> None:
    frames = frames_of(("metadata", {}), ("values", {}))

    assert with_durability(frames, recorded, asked, "\r\n") is frames


def test_a_run_without_metadata_fails_for_durability_as_well() -> None:
    adapted = with_durability([heartbeat(5.0)], {}, {"durability": "sync"}, "\n")

    assert [(frame.at, frame.event) for frame in adapted] == [(0.0, "error")]
    assert adapted[0].raw.endswith(b"\n\n")


@pytest.mark.parametrize("mode", ["updates", "values"])
def test_feedback_ends_a_run_as_without_langsmith(
    mode: str, captured: Captured, masked: Masked
) -> None:
    expected = captured(f"python/feedback-stream-{mode}")
    asked = request_body(expected)
    plain = expected.frames[:-1]

    adapted = with_feedback(plain, {}, asked, "\r\n")

    assert masked(adapted) == masked(expected.frames)
    assert adapted[-1].at == 3.0


def test_feedback_of_an_empty_run_is_an_error_too() -> None:
    assert [f.at for f in with_feedback([], {}, {"feedback_keys": ["a"]}, "\r\n")] == [3.0]


@pytest.mark.parametrize(
    ("frames", "recorded", "asked"),
    [
        (frames_of(("values", {})), {}, {}),
        (frames_of(("values", {})), {}, {"feedback_keys": []}),
        (frames_of(("error", {})), {}, {"feedback_keys": ["a"]}),
        (frames_of(("values", {})), {"feedback_keys": ["a"]}, {"feedback_keys": ["a"]}),
    ],
    ids=["none", "empty", "failed before", "recorded so"],
)
def test_feedback_changes_nothing_else(frames: list[Frame], recorded: Json, asked: Json) -> None:
    assert with_feedback(frames, recorded, asked, "\r\n") is frames


def test_a_run_starts_after_its_delay() -> None:
    frames = frames_of(("metadata", {}), ("values", {}))

    adapted = with_delay(frames, {}, {"after_seconds": 1.5}, "\r\n")

    assert [(frame.at, frame.raw) for frame in adapted] == [
        (1.5, frames[0].raw),
        (1.6, frames[1].raw),
    ]


@pytest.mark.parametrize(
    ("recorded", "asked", "at"),
    [
        ({}, {"after_seconds": -3}, 0.0),
        ({"after_seconds": 2}, {"after_seconds": 2.0}, 0.0),
        ({"after_seconds": 2}, {"after_seconds": 3}, 1.0),
        ({"after_seconds": 2}, {}, 0.0),
        ({}, {"after_seconds": "odd"}, 0.0),
    ],
    ids=str,
)
def test_the_recorded_delay_is_taken_off(recorded: Json, asked: Json, at: float) -> None:
    frames = frames_of(("metadata", {}))

    assert [frame.at for frame in with_delay(frames, recorded, asked, "\r\n")] == [at]


def test_a_delayed_stream_is_kept_alive() -> None:
    frames = [*frames_of(("metadata", {})), heartbeat(5.0), sse.frame(b"event: values\n\n", 8.0)]

    adapted = with_delay(frames, {}, {"after_seconds": 4}, "\r\n")

    assert [(f.at, f.event or f.comment) for f in adapted] == [
        (4.0, "metadata"),
        (5.0, "heartbeat"),
        (10.0, "heartbeat"),
        (12.0, "values"),
    ]


def test_a_stream_that_starts_earlier_does_not_wait_for_its_heartbeats(captured: Captured) -> None:
    recorded = captured("python/after6-stream")
    frames = [heartbeat(5.0), *(sse.frame(f.raw, 6.5) for f in recorded.frames if f.event)]

    adapted = with_delay(frames, {"after_seconds": 6}, {}, "\r\n")

    assert [(f.at, f.event) for f in adapted] == [
        (0.5, "metadata"),
        (0.5, "values"),
        (0.5, "values"),
        (0.5, "values"),
    ]


def test_a_server_without_heartbeats_gets_none() -> None:
    frames = frames_of(("metadata", {}), eol="\n")

    adapted = with_delay(frames, {}, {"after_seconds": 7}, "\n")

    assert [frame.event for frame in adapted] == ["metadata"]


def test_ids_of_events_go_and_nothing_else() -> None:
    frames = [
        sse.frame(b"event: a\r\ndata: 1\r\nid: 7-0\r\n\r\n", 0.1),
        sse.frame(b"event: a\r\ndata: 1\r\n\r\n", 0.2),
        sse.frame(b"id: 7-0\r\ndata: 1\r\n\r\n", 0.3),
        sse.frame(b"event: a\r\nid: 7-0\r\n\r\n", 0.4),
    ]

    adapted = without_event_ids(frames, "\r\n")

    assert adapted == [sse.frame(frames[1].raw, 0.1), *frames[1:]]


def test_all_that_a_request_changes_is_changed() -> None:
    frames = frames_of(("metadata", {}), ("events", {"metadata": OF_SERVER}))
    asked = {"metadata": {"m": 1}, "feedback_keys": ["a"], "after_seconds": 1}

    adapted = adapt(frames, {}, asked, "\r\n")

    assert [(f.at, f.event) for f in adapted] == [
        (1.0, "metadata"),
        (1.1, "events"),
        (4.1, "error"),
    ]
    assert dict(metadata_of(adapted[1])) == OF_SERVER | {"m": 1}


@pytest.mark.parametrize(
    "body",
    [
        {"metadata": {"m": 1}},
        {"config": {"metadata": {"m": 1}}},
        {"metadata": {"n": 1, "m": 1}},
        {"durability": "sync"},
        {"on_completion": "keep"},
        {"feedback_keys": ["a"]},
        {"after_seconds": 1},
    ],
    ids=str,
)
def test_what_adapt_depends_on_is_in_its_key(body: Json) -> None:
    same = body.get("metadata") == {"m": 1} or "config" in body

    assert adaptation_key(body) != adaptation_key({})
    assert (adaptation_key(body) == adaptation_key({"metadata": {"m": 1}})) is same


def test_what_adapt_does_not_depend_on_is_not_in_its_key() -> None:
    assert adaptation_key({"input": 1, "stream_mode": "values"}) == adaptation_key({"input": 2})

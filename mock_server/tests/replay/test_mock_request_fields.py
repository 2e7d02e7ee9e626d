"""Request fields: their effect on a run that was recorded without them."""

from collections.abc import Callable, Iterable
from typing import Any

import orjson
import pytest

from graphtape_contracts import Exchange, Frame, sse
from graphtape_mock.replay.request_fields import (
    apply_request_fields,
    delay_of,
    request_fields_key,
    with_durability,
    with_feedback,
    without_event_ids,
)
from graphtape_mock.replay.selection import request_body

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


def test_durability_sync_fails_a_run_that_keeps_nothing(captured: Captured, masked: Masked) -> None:
    expected = captured("python/durability-sync-delete-stream")
    recorded = captured("python/durability-async-delete-stream")

    changed = with_durability(
        recorded.frames, request_body(recorded), request_body(expected), "\r\n"
    )

    assert masked(changed) == masked(expected.frames)


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
    changed = with_durability([heartbeat(5.0)], {}, {"durability": "sync"}, "\n")

    assert [(frame.at, frame.event) for frame in changed] == [(0.0, "error")]
    assert changed[0].raw.endswith(b"\n\n")


@pytest.mark.parametrize("mode", ["updates", "values"])
def test_feedback_ends_a_run_as_without_langsmith(
    mode: str, captured: Captured, masked: Masked
) -> None:
    expected = captured(f"python/feedback-stream-{mode}")
    asked = request_body(expected)
    plain = expected.frames[:-1]

    changed = with_feedback(plain, {}, asked, "\r\n")

    assert masked(changed) == masked(expected.frames)
    assert changed[-1].at == 3.0


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


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({}, 0.0),
        ({"after_seconds": 1.5}, 1.5),
        ({"after_seconds": 2}, 2.0),
        ({"after_seconds": -3}, 0.0),
        ({"after_seconds": "odd"}, 0.0),
    ],
    ids=str,
)
def test_a_run_is_delayed_by_after_seconds(body: Json, seconds: float) -> None:
    assert delay_of(body) == seconds


def test_ids_of_events_go_and_nothing_else() -> None:
    frames = [
        sse.frame(b"event: a\r\ndata: 1\r\nid: 7-0\r\n\r\n", 0.1),
        sse.frame(b"event: a\r\ndata: 1\r\n\r\n", 0.2),
        sse.frame(b"id: 7-0\r\ndata: 1\r\n\r\n", 0.3),
        sse.frame(b"event: a\r\nid: 7-0\r\n\r\n", 0.4),
    ]

    changed = without_event_ids(frames, "\r\n")

    assert changed == [sse.frame(frames[1].raw, 0.1), *frames[1:]]


def test_all_that_a_request_changes_is_changed() -> None:
    frames = frames_of(("metadata", {}), ("events", {"metadata": OF_SERVER}))
    asked = {"metadata": {"m": 1}, "feedback_keys": ["a"]}

    changed = apply_request_fields(frames, {}, asked, "\r\n")

    assert [(f.at, f.event) for f in changed] == [
        (0.0, "metadata"),
        (0.1, "events"),
        (3.1, "error"),
    ]
    assert '"m":1' in str(changed[1].data)


@pytest.mark.parametrize(
    "body",
    [
        {"metadata": {"m": 1}},
        {"config": {"metadata": {"m": 1}}},
        {"metadata": {"n": 1, "m": 1}},
        {"durability": "sync"},
        {"feedback_keys": ["a"]},
    ],
    ids=str,
)
def test_the_value_of_each_field_is_in_the_key(body: Json) -> None:
    same = body.get("metadata") == {"m": 1} or "config" in body

    assert request_fields_key(body) != request_fields_key({})
    assert (request_fields_key(body) == request_fields_key({"metadata": {"m": 1}})) is same


def test_the_input_is_in_the_key_where_events_show_it() -> None:
    first, second = ({"input": n, "stream_mode": ["values", "events"]} for n in (1, 2))

    assert request_fields_key(first) != request_fields_key(second)


def test_values_without_effect_are_not_in_the_key() -> None:
    assert request_fields_key({"input": 1, "stream_mode": "values"}) == request_fields_key(
        {"input": 2}
    )
    assert request_fields_key({"durability": "sync", "on_completion": "keep"}) == (
        request_fields_key({})
    )


@pytest.mark.parametrize("limit", [0, -1, 0.0])
def test_a_run_that_may_make_no_step_fails(limit: float) -> None:
    frames = frames_of(("metadata", {}), ("values", {"n": 1}))
    asked = {"config": {"recursion_limit": limit}}

    metadata, error = apply_request_fields(frames, {}, asked, "\r\n")

    assert metadata == frames[0]
    assert (error.event, error.data) == (
        "error",
        '{"error":"ValueError","message":"recursion_limit must be at least 1"}',
    )


def test_a_run_that_was_recorded_without_a_step_stays_as_it_is() -> None:
    frames = frames_of(("metadata", {}), ("error", {"error": "ValueError", "message": "no"}))
    asked = {"config": {"recursion_limit": 0}}

    assert apply_request_fields(frames, asked, asked, "\r\n") == frames
    assert request_fields_key(asked) != request_fields_key({})


@pytest.mark.parametrize("config", [{"recursion_limit": 1}, {"recursion_limit": 25}, {}, None])
def test_any_other_recursion_limit_changes_nothing(config: Json | None) -> None:
    frames = frames_of(("metadata", {}), ("values", {}))

    assert apply_request_fields(frames, {}, {"config": config}, "\r\n") == frames

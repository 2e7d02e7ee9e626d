"""Request fields: the metadata of a request in the events of its run."""

from collections.abc import Callable, Iterable
from typing import Any

import orjson
import pytest

from graphtape_contracts import Exchange, Frame, sse
from graphtape_mock.replay.request_fields import user_metadata, with_metadata
from graphtape_mock.replay.selection import request_body

Captured = Callable[[str], Exchange]
Masked = Callable[[Iterable[Frame]], list[tuple[str, str]]]
Json = dict[str, Any]

OF_SERVER = {"created_by": "system", "run_attempt": 1, "graph_id": "agent", "run_id": "r"}


def frames_of(*events: tuple[str, Any]) -> list[Frame]:
    return [sse.frame(sse.encode_event(name, orjson.dumps(data).decode())) for name, data in events]


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
        sse.frame(sse.encode_comment()),
    ]

    changed = with_metadata(frames, {}, {"metadata": {"m": 1}}, "\r\n")

    assert all(new is old for new, old in zip(changed, frames, strict=True))


def test_a_request_with_the_recorded_metadata_gets_the_recorded_frames() -> None:
    frames = frames_of(("events", {"metadata": OF_SERVER}))

    assert with_metadata(frames, {"metadata": {}}, {"config": {}}, "\r\n") is frames


def test_metadata_is_in_messages_as_the_server_sends_it(captured: Captured, masked: Masked) -> None:
    expected = captured("python/metadata-in-messages")
    asked = request_body(expected)
    recorded = {key: value for key, value in asked.items() if key != "metadata"}
    plain = with_metadata(expected.frames, asked, recorded, "\r\n")

    changed = with_metadata(plain, recorded, asked, "\r\n")

    assert masked(plain) != masked(expected.frames)
    assert masked(changed) == masked(expected.frames)

"""Events: frames with their data decoded, and back."""

import pytest
from captured import assert_for_each, stream_captures

from graphtape_contracts import Exchange, sse
from graphtape_mock.replay.recorded_event import (
    RecordedEvent,
    event_of,
    frame_of,
    is_heartbeat,
)


def test_an_event_has_the_time_name_data_and_id_of_its_frame() -> None:
    frame = sse.frame(sse.encode_event("values", '{"a":1}', "7-0"), 0.5)

    assert event_of(frame) == RecordedEvent(0.5, "values", {"a": 1}, "7-0")


@pytest.mark.parametrize(
    "raw",
    [
        b": heartbeat\r\n\r\n",
        b"data: 1\r\n\r\n",
        b"event: values\r\n\r\n",
        b"event: a\ndata: {\n\n",
    ],
    ids=["comment", "no name", "no data", "no JSON"],
)
def test_what_is_no_event_with_json_is_none(raw: bytes) -> None:
    assert event_of(sse.frame(raw)) is None


def test_a_torn_block_is_no_event() -> None:
    (frame,) = sse.decode(b"event: values\ndata: 1\n")

    assert event_of(frame) is None


@pytest.mark.parametrize(
    ("name", "base", "namespace"),
    [
        ("values", "values", ""),
        ("updates|child:1|inner:2", "updates", "child:1|inner:2"),
        ("messages/partial", "messages/partial", ""),
    ],
)
def test_the_namespace_is_what_follows_the_first_bar(name: str, base: str, namespace: str) -> None:
    event = RecordedEvent(0.0, name, None)

    assert (event.base, event.namespace) == (base, namespace)


@pytest.mark.parametrize("eol", ["\r\n", "\n"])
def test_the_frame_of_an_event_is_the_event_again(eol: sse.Eol) -> None:
    event = RecordedEvent(0.5, "values", {"a": ["é", None]}, "7-0")

    frame = frame_of(event, eol)

    assert event_of(frame) == event
    assert frame.raw == sse.encode_event("values", '{"a":["é",null]}', "7-0", eol=eol)


def test_every_captured_event_is_made_again() -> None:
    def is_made_again(_: str, capture: Exchange) -> None:
        events = [event for frame in capture.frames if (event := event_of(frame))]

        assert [event_of(frame_of(event, "\n")) for event in events] == events

    assert_for_each(stream_captures(), is_made_again)


@pytest.mark.parametrize(
    ("raw", "heartbeat"),
    [
        (b": heartbeat\r\n\r\n", True),
        (b":heartbeat\n\n", True),
        (b": ping\n\n", False),
        (b": heartbeat\nevent: values\ndata: 1\n\n", False),
        (b": heartbeat\ndata: 1\n\n", False),
    ],
)
def test_a_heartbeat_is_that_comment_and_nothing_else(raw: bytes, heartbeat: bool) -> None:
    assert is_heartbeat(sse.frame(raw)) is heartbeat


def test_data_that_is_no_json_is_a_bug_and_not_taken_for_depth() -> None:
    with pytest.raises(TypeError):
        frame_of(RecordedEvent(0.0, "values", {"a": object()}), "\n")

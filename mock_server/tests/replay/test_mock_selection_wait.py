"""The body of a wait, made from the frames of a stream."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from graphtape_contracts import Exchange, Frame, sse
from graphtape_mock.replay.selection import request_body, select_stream, view_of, wait_frames

Captured = Callable[[str], Exchange]
Masked = Callable[[Iterable[Frame]], list[tuple[str, str]]]
MakeRun = Callable[..., Exchange]

ONE = {"value": "q", "id": "1" * 32}
TWO = {"value": "r", "id": "2" * 32}

CAPTURED = [
    ("agent", "wait-agent-default"),
    ("agent", "wait-mode-messages"),
    ("agent", "wait-mode-messages-tuple"),
    ("agent", "wait-mode-updates"),
    ("agent", "wait-mode-values"),
    ("agent", "wait-mode-values+updates"),
    ("agent", "wait-streammode-empty-list"),
    ("boom", "wait-boom-keep"),
    ("boom", "wait-boom-updates"),
    ("boom", "wait-boom-values"),
    ("interrupting", "wait-interrupt-interrupting-messages"),
    ("interrupting", "wait-interrupt-interrupting-updates"),
    ("interrupting", "wait-interrupt-interrupting-values"),
    ("interrupting", "wait-interrupt-interrupting-values+updates"),
]


OUTCOMES: list[tuple[list[tuple[str, Any]], bytes]] = [
    ([("values", {"a": 1}), ("values", {"a": 2})], b'{"a":2}'),
    ([("values", [])], b"[]"),
    ([("values", None)], b"null"),
    ([("updates", {"node": {"a": 1}})], b"{}"),
    ([("messages", [{}, {}])], b"{}"),
    ([], b"{}"),
    (
        [("values", {"a": 1}), ("error", {"error": "ValueError", "message": "x"})],
        b'{"__error__":{"error":"ValueError","message":"x"}}',
    ),
    (
        [("values", {"__interrupt__": [ONE]}), ("error", {"error": "E", "message": ""})],
        b'{"__error__":{"error":"E","message":""}}',
    ),
    (
        [("values", {"a": 1}), ("values", {"a": 1, "__interrupt__": ["I"]})],
        b'{"a":1,"__interrupt__":["I"]}',
    ),
    ([("updates", {"__interrupt__": ["I"]})], b'{"__interrupt__":["I"]}'),
    (
        [
            ("values", {"a": 1}),
            ("updates", {"__interrupt__": ["I"]}),
            ("values", {"a": 1, "__interrupt__": ["I"]}),
        ],
        b'{"__interrupt__":["I","I"]}',
    ),
    (
        [("values", {"__interrupt__": ["I"]}), ("values", {"__interrupt__": ["J"]})],
        b'{"__interrupt__":["I","J"]}',
    ),
    ([("values", {"a": 1}), ("updates", {"__interrupt__": []})], b'{"a":1}'),
    ([("values", {"__interrupt__": "text"})], b'{"__interrupt__":"text"}'),
    ([("values", ['"__interrupt__"'])], b'["\\"__interrupt__\\""]'),
    ([("values|child:1", {"a": 1}), ("custom", {"__interrupt__": ["I"]})], b"{}"),
]


@pytest.mark.parametrize(("graph", "asked"), CAPTURED)
def test_the_body_is_the_one_that_the_server_sends(
    graph: str, asked: str, captured: Captured, masked: Masked
) -> None:
    recorded = captured(f"python/full-{graph}-all9")
    expected = captured(f"python/{asked}")

    stream = select_stream([recorded], view_of(request_body(expected)))
    (body,) = wait_frames(stream.frames)

    assert masked([_as_event(body)]) == masked([_as_event(frame) for frame in expected.frames])


def _as_event(frame: Frame) -> Frame:
    return sse.frame(sse.encode_event("body", frame.raw.decode()))


@pytest.mark.parametrize(
    ("events", "body"),
    OUTCOMES,
    ids=[
        "last values",
        "values of any type",
        "values null",
        "updates only",
        "messages only",
        "nothing",
        "error",
        "error after an interrupt",
        "one interrupt in values",
        "one interrupt in updates",
        "one interrupt in both",
        "two interrupts",
        "interrupt before",
        "a look-alike in the state",
        "a look-alike in text",
        "neither values nor updates",
    ],
)
def test_the_body_follows_from_how_the_run_ended(
    events: list[tuple[str, Any]], body: bytes, make_run: MakeRun
) -> None:
    frames = make_run(events).frames

    assert [frame.raw for frame in wait_frames(frames)] == [body]


def test_values_that_are_no_json_are_the_body_as_they_are() -> None:
    frames = sse.decode(b'event: values\r\ndata: {"__interrupt__"\r\n\r\n')

    assert [frame.raw for frame in wait_frames(frames)] == [b'{"__interrupt__"']


@pytest.mark.parametrize("name", ["values", "error"])
def test_events_without_data_are_passed_over(name: str) -> None:
    frames = sse.decode(f"event: {name}\r\n\r\n".encode())

    assert [frame.raw for frame in wait_frames(frames)] == [b"{}"]


def test_heartbeats_become_line_feeds_and_the_body_comes_when_the_stream_ends() -> None:
    frames = [
        sse.frame(sse.encode_event("values", "{}"), 1.0),
        sse.frame(sse.encode_comment(), 5.0),
        sse.frame(sse.encode_event("values", '{"a":1}'), 7.5),
    ]

    assert [(f.at, f.raw) for f in wait_frames(frames)] == [(5.0, b"\n"), (7.5, b'{"a":1}')]

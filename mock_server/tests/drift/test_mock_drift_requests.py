"""Repeated requests have a tag, which is removed from their responses."""

from typing import Any

import orjson
import pytest
from drifting import around, recorded, with_body

from graphtape_contracts import Exchange, Frame, Request, Response, sse
from graphtape_mock.drift.requests import (
    as_recorded,
    can_be_repeated,
    is_redacted,
    is_run,
    to_repeat,
)

ID = "01a20afa-a99a-75ae-b1ba-7ca409a824e4"
TAGGED = {"graphtape": "drift"}


def run_of(body: object, *headers: tuple[str, str]) -> Request:
    return Request("POST", "/runs/stream", headers, orjson.dumps(body))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"a": 1}, {"on_disconnect": "cancel", "a": 1, "metadata": TAGGED}),
        (
            {"metadata": {"b": 2}, "on_disconnect": "continue"},
            {"on_disconnect": "continue", "metadata": TAGGED | {"b": 2}},
        ),
        ({"metadata": {"graphtape": "mine"}}, {"metadata": {"graphtape": "mine"}}),
        ({"metadata": None}, {"metadata": None}),
        ({"webhook": "http://hook.example"}, {"metadata": TAGGED}),
    ],
)
def test_a_run_is_tagged_and_ends_when_we_go(body: object, expected: dict[str, Any]) -> None:
    asked = to_repeat(run_of(body))

    assert orjson.loads(asked.body) == {"on_disconnect": "cancel"} | expected


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"a":'])
def test_a_body_that_is_no_run_request_is_asked_as_it_was(body: bytes) -> None:
    request = Request("POST", "/runs/wait", (), body)

    assert to_repeat(request) == request


def test_other_requests_are_not_tagged() -> None:
    request = around("agent", "/assistants/search").request

    assert to_repeat(request) == request


def test_headers_that_may_be_secret_are_left_out() -> None:
    request = run_of({}, ("accept", "*/*"), ("x-api-key", "[redacted-1]"), ("x-tenant", "a"))

    assert to_repeat(request).headers == (("accept", "*/*"),)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/runs/stream", True),
        ("POST", "/runs/wait?x=1", True),
        ("POST", "/assistants/search", True),
        ("POST", "/assistants/count", True),
        ("GET", "/info", True),
        ("GET", f"/assistants/{ID}/graph?xray=true", True),
        ("GET", f"/threads/{ID}/state", False),
        ("GET", f"/threads/{ID}/runs/{ID}/stream", False),
        ("POST", "/runs", False),
        ("POST", "/runs/batch", False),
        ("POST", "/assistants", False),
        ("DELETE", f"/assistants/{ID}", False),
    ],
)
def test_what_changes_nothing_and_means_the_same_can_be_asked_again(
    method: str, path: str, expected: bool
) -> None:
    assert can_be_repeated(Request(method, path)) is expected


def test_a_get_starts_no_run() -> None:
    assert not is_run(Request("GET", "/runs/stream"))


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (run_of({"input": {"key": "[redacted-1]"}}), True),
        (Request("GET", "/assistants/[redacted-2]"), True),
        (run_of({"input": "[redacted]"}, ("x-api-key", "[redacted-1]")), False),
    ],
)
def test_a_placeholder_can_not_be_asked_for(request_: Request, expected: bool) -> None:
    assert is_redacted(request_) is expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"a":1,"graphtape":"drift"}', b'{"a":1}'),
        (b'{"graphtape":"drift","a":1}', b'{"a":1}'),
        (b'{"a":1, "graphtape": "drift", "b":2}', b'{"a":1, "b":2}'),
        (b'{"metadata":{"graphtape":"drift"}}', b'{"metadata":{}}'),
        (b'[{"graphtape":"drift"},{"b":1,"graphtape":"drift"}]', b'[{},{"b":1}]'),
        (b'{"graphtape":"other"}', b'{"graphtape":"other"}'),
        (
            b'{"text":"{\\"graphtape\\":\\"drift\\"}"}',
            b'{"text":"{\\"graphtape\\":\\"drift\\"}"}',
        ),
    ],
)
def test_the_tag_is_taken_out_of_the_answer(data: bytes, expected: bytes) -> None:
    block = sse.frame(b"event: tasks\r\ndata: " + data + b"\r\n\r\n", 1.5)
    run = recorded("agent")
    stream = Exchange(to_repeat(run.request), run.response, (block,))
    whole = with_body(Exchange(run.request, Response(200), ()), orjson.loads(data))

    (frame,) = as_recorded(run.request, stream).frames
    plain = as_recorded(run.request, whole)

    assert (frame.event, frame.data, frame.at) == ("tasks", expected.decode(), 1.5)
    assert orjson.loads(plain.body) == orjson.loads(expected)
    assert as_recorded(run.request, stream).request == run.request


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (['"a": 1,', '"graphtape": "drift",', '"b": 2'], {"a": 1, "b": 2}),
        (['"graphtape": "drift",', '"b": 2'], {"b": 2}),
        (['"a": 1,', '"graphtape": "drift"'], {"a": 1}),
        (['"graphtape": "drift"'], {}),
    ],
)
@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_the_tag_is_taken_out_of_json_of_several_lines(
    lines: list[str], expected: object, eol: str
) -> None:
    block = eol.join(["event: tasks", *(f"data: {line}" for line in ("{", *lines, "}")), "", ""])
    run = recorded("agent")
    answered = Exchange(run.request, run.response, (sse.frame(block.encode()),))

    (frame,) = as_recorded(run.request, answered).frames

    assert frame.event == "tasks"
    assert orjson.loads(frame.data or "") == expected


def test_a_tag_across_two_pieces_of_a_body_is_taken_out() -> None:
    pieces = (Frame(0.1, b'{"graph'), Frame(0.2, b'tape":"drift"}'))
    answered = Exchange(Request("POST", "/runs/wait"), Response(200), pieces)

    assert as_recorded(answered.request, answered).frames == (Frame(0.2, b"{}"),)


def test_no_body_stays_none() -> None:
    answered = Exchange(Request("POST", "/runs/wait"), Response(204), ())

    assert as_recorded(answered.request, answered).frames == ()

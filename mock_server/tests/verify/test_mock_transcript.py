"""Output of `curl -i` is read as an exchange without its request."""

import pytest

from graphtape_contracts import End
from graphtape_mock.verify.transcript import BrokenTranscript, is_transcript, parse

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
EVENT = b"event: metadata\r\ndata: {}\r\n\r\n"


def test_the_blocks_of_a_stream_are_its_frames() -> None:
    shown = parse(STREAM + EVENT + EVENT, "t")

    assert shown.response.status == 200
    assert shown.response.headers == (("content-type", "text/event-stream"),)
    assert [frame.raw for frame in shown.frames] == [EVENT, EVENT]
    assert shown.end is End.COMPLETE


def test_the_body_of_another_answer_is_one_frame() -> None:
    shown = parse(b"HTTP/2 200 \r\na: b: c\r\n\r\n\n{}", "t")

    assert shown.response.headers == (("a", "b: c"),)
    assert [frame.raw for frame in shown.frames] == [b"\n{}"]


@pytest.mark.parametrize(
    "content", [b"HTTP/1.1 204 No Content\r\n\r\n", b"HTTP/1.0 204\n\n"], ids=["CRLF", "LF"]
)
def test_a_head_may_have_no_fields_and_no_body(content: bytes) -> None:
    shown = parse(content, "t")

    assert (shown.response.status, shown.response.headers, shown.frames) == (204, (), ())


def test_of_several_heads_the_last_counts() -> None:
    heads = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 307 \r\nlocation: /runs/stream\r\n\r\n"

    shown = parse(heads + STREAM + EVENT, "t")

    assert shown.response.is_event_stream
    assert len(shown.frames) == 1


def test_an_interrupted_curl_has_stopped_the_stream() -> None:
    assert parse(STREAM + EVENT[:9], "t", stopped=True).end is End.STOPPED


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"# Title\n", r'^t: expected a status line such as "HTTP/1.1 200 OK", got \'# Title'),
        (b"HTTP/1.1 200 OK\r\na: b", "^t: expected a blank line after the head, got the end"),
    ],
)
def test_what_is_no_transcript_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(BrokenTranscript, match=message):
        parse(content, "t")


@pytest.mark.parametrize(
    ("content", "expected"),
    [(STREAM, True), (b"HTTP/1.1 two\r\n", False), (b'{"graphtape":1}', False), (b"", False)],
)
def test_a_transcript_starts_with_a_status_line(content: bytes, expected: bool) -> None:
    assert is_transcript(content) is expected

"""The codec preserves every byte and parses as the standard specifies."""

from itertools import pairwise

import pytest
from captured import assert_for_each, captures, stream_captures
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts import Exchange, Frame, sse

# Parts of which the tests build bodies of event streams, including malformed ones.
PIECES = st.sampled_from(
    [
        b"\r",
        b"\n",
        b"\r\n",
        b"event: values",
        b"data: {}",
        b"data",
        b":",
        b": heartbeat",
        b"id: 1-0",
        b"x: y",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        "\u2028\u0085\U0001f600".encode(),
        b" ",
    ]
)
BODIES = st.lists(PIECES, max_size=20).map(b"".join)


def cut(body: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(body), *(place for place in places if place < len(body))})
    return [body[start:end] for start, end in pairwise(edges)]


def contents(frames: list[Frame]) -> list[Frame]:
    return [Frame(0, f.raw, f.event, f.data, f.id, f.comment, f.torn) for f in frames]


def test_decoded_captures_encode_to_the_same_bytes() -> None:
    def encodes_to_itself(_: str, capture: Exchange) -> None:
        assert sse.encode(sse.decode(capture.body)) == capture.body

    assert_for_each(captures(), encodes_to_itself)


def test_events_of_real_streams_can_be_rebuilt_from_their_parts() -> None:
    def is_rebuilt(_: str, capture: Exchange) -> None:
        whole = [f for f in capture.frames if f.event is not None and f.data is not None]
        eols: list[sse.Eol] = ["\r\n" if b"\r" in frame.raw else "\n" for frame in whole]

        rebuilt = [
            sse.encode_event(frame.event or "", frame.data or "", frame.id, eol=eol)
            for frame, eol in zip(whole, eols, strict=True)
        ]

        assert rebuilt == [frame.raw for frame in whole]

    assert_for_each(stream_captures(), is_rebuilt)


@given(BODIES)
@settings(deadline=None)
def test_any_decoded_bytes_encode_to_the_same_bytes(body: bytes) -> None:
    assert sse.encode(sse.decode(body)) == body


@given(BODIES, st.lists(st.integers(0, 200), max_size=10))
@settings(deadline=None)
def test_frames_do_not_depend_on_how_the_bytes_are_cut(body: bytes, places: list[int]) -> None:
    decoder = sse.Decoder()

    frames = [frame for piece in cut(body, places) for frame in decoder.feed(piece)]
    frames += decoder.close()

    assert contents(frames) == contents(sse.decode(body))


@given(BODIES)
@settings(deadline=None)
def test_only_the_last_frame_is_torn(body: bytes) -> None:
    frames = sse.decode(body)

    assert not any(frame.torn for frame in frames[:-1])


@pytest.mark.parametrize("eol", ["\r\n", "\n", "\r"])
def test_all_three_line_ends_are_supported(eol: sse.Eol) -> None:
    body = sse.encode_event("values", "{}", "7-0", eol=eol) + sse.encode_comment("hi", eol=eol)

    event, comment = sse.decode(body)

    assert (event.event, event.data, event.id) == ("values", "{}", "7-0")
    assert comment.comment == "hi"


def test_a_frame_has_the_time_of_its_last_byte() -> None:
    decoder = sse.Decoder()

    assert decoder.feed(b"data: 1\n", at=1.0) == []
    assert [frame.at for frame in decoder.feed(b"\n", at=2.0)] == [2.0]


def test_a_carriage_return_at_the_end_waits_for_its_line_feed() -> None:
    decoder = sse.Decoder()

    assert decoder.feed(b"data: 1\r\n\r") == []
    assert [frame.raw for frame in decoder.feed(b"\n")] == [b"data: 1\r\n\r\n"]


def test_a_block_held_back_for_a_line_feed_is_returned_at_the_end() -> None:
    decoder = sse.Decoder()
    decoder.feed(b"data: 1\r\r")

    assert [(frame.data, frame.torn) for frame in decoder.close()] == [("1", False)]


def test_a_torn_tail_is_returned_and_marked() -> None:
    whole, torn = sse.decode(b"event: a\ndata: 1\n\nevent: b\nda")

    assert (whole.event, whole.torn) == ("a", False)
    assert (torn.event, torn.data, torn.raw, torn.torn) == ("b", None, b"event: b\nda", True)


def test_lines_of_data_are_joined_by_line_feeds() -> None:
    (frame,) = sse.decode(b"data: 1\ndata\ndata:2\n\n")

    assert frame.data == "1\n\n2"


def test_data_of_many_lines_is_encoded_as_many_lines() -> None:
    assert sse.encode_event("a", "1\n2", eol="\n") == b"event: a\ndata: 1\ndata: 2\n\n"


def test_one_space_after_the_colon_is_removed() -> None:
    (frame,) = sse.decode(b"event:  a\ndata:b\n\n")

    assert (frame.event, frame.data) == (" a", "b")


def test_unicode_line_separators_do_not_end_a_line() -> None:
    (frame,) = sse.decode("data: a\u2028b\u2029c\u0085d\n\n".encode())

    assert frame.data == "a\u2028b\u2029c\u0085d"


def test_the_last_event_field_wins_and_unknown_fields_are_ignored() -> None:
    (frame,) = sse.decode(b"event: a\nretry: 5\nfoo\nevent: b\ndata: 1\n\n")

    assert (frame.event, frame.data) == ("b", "1")


def test_an_id_with_a_null_is_ignored() -> None:
    (frame,) = sse.decode(b"id: a\0b\ndata: 1\n\n")

    assert frame.id is None


def test_a_byte_order_mark_is_ignored_only_at_the_start() -> None:
    first, second = sse.decode(b"\xef\xbb\xbfdata: 1\n\n\xef\xbb\xbfdata: 2\n\n")

    assert (first.data, second.data) == ("1", None)


def test_a_byte_order_mark_before_a_blank_line_is_in_the_raw_bytes() -> None:
    blank, event = sse.decode(b"\xef\xbb\xbf\ndata: 1\n\n")

    assert (blank.raw, event.data) == (b"\xef\xbb\xbf\n", "1")


def test_invalid_utf_8_is_replaced_in_the_text_but_not_in_the_raw_bytes() -> None:
    (frame,) = sse.decode(b"data: \xff\n\n")

    assert (frame.data, frame.raw) == ("\ufffd", b"data: \xff\n\n")


def test_extra_blank_lines_between_blocks_are_separate_frames() -> None:
    assert [frame.raw for frame in sse.decode(b"\n\ndata: 1\n\n")] == [b"\n", b"\n", b"data: 1\n\n"]


def test_split_fields_have_their_order_and_line_ends() -> None:
    fields = sse.split_fields(b": c\r\ndata: 1\nid: 2")

    assert fields == [("", "c", b"\r\n"), ("data", "1", b"\n"), ("id", "2", b"")]

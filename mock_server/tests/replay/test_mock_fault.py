"""Faults: the plan of a good response with each of them."""

from collections.abc import Callable

import pytest

from graphtape_mock.replay.fault import (
    BadFault,
    BadUtf8,
    Corrupt,
    Cut,
    Drop,
    Duplicate,
    ErrorEvent,
    Fault,
    How,
    Latency,
    Reorder,
    Stall,
    Status,
)
from graphtape_mock.replay.pacing import Chunk
from graphtape_mock.replay.response_plan import Ending, NoSuchEvent, ResponsePlan

HEAD = ((b"content-type", b"text/event-stream"),)
STREAM = ResponsePlan(
    HEAD,
    (
        Chunk(1.0, b"event: metadata\r\n\r\n", "metadata"),
        Chunk(2.0, b": heartbeat\r\n\r\n"),
        Chunk(3.0, b"event: values\r\n\r\n", "values"),
        Chunk(4.0, b"event: values\r\ndata: 2\r\n\r\n", "values"),
    ),
)
WAIT = ResponsePlan(
    ((b"content-type", b"application/json"),), (Chunk(1.0, b'{"n":1}'),), is_stream=False
)
FIRST, BEAT, SECOND, THIRD = STREAM.chunks


def test_a_status_answers_nothing_of_the_run() -> None:
    plain, detailed = Status(503).apply(STREAM), Status(429, 120, "Slow down").apply(WAIT)

    assert (plain.status, [chunk.body for chunk in plain.chunks]) == (
        503,
        [b'{"detail":"Service Unavailable"}'],
    )
    assert detailed.chunks[0].body == b'{"detail":"Slow down"}'
    assert detailed.head == (
        (b"content-length", b"22"),
        (b"content-type", b"application/json"),
        (b"vary", b"Origin"),
        (b"retry-after", b"120"),
    )


def test_a_status_without_a_body_has_none() -> None:
    plan = Status(204).apply(STREAM)

    assert [chunk.body for chunk in plan.chunks] == [b""]
    assert b"content-length" not in dict(plan.head)


def test_latency_puts_off_the_head_and_all_that_follows() -> None:
    plan = Latency(0.5).apply(Latency(0.25).apply(STREAM))

    assert plan.latency == 0.75
    assert [chunk.due for chunk in plan.chunks] == [1.75, 2.75, 3.75, 4.75]


@pytest.mark.parametrize(
    ("after", "kept"),
    [(0, []), (1, [FIRST]), ("metadata", [FIRST]), ("values", [FIRST, BEAT, SECOND]), (3, None)],
)
def test_a_cut_keeps_what_comes_before(after: str | int, kept: list[Chunk] | None) -> None:
    plan = Cut(after=after).apply(STREAM)

    assert list(plan.chunks) == (list(STREAM.chunks) if kept is None else kept)
    assert (plan.ending, plan.send_headers) == (Ending.RESET, True)


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        (0, []),
        (5, [b"event"]),
        (19, [FIRST.body]),
        (20, [FIRST.body, b":"]),
        (10_000, [chunk.body for chunk in STREAM.chunks]),
    ],
)
def test_a_cut_may_be_in_the_middle_of_a_frame(size: int, kept: list[bytes]) -> None:
    plan = Cut(after_bytes=size, how="half chunk").apply(STREAM)

    whole = b"".join(chunk.body for chunk in STREAM.chunks)
    assert [chunk.body for chunk in plan.chunks] == kept
    assert (plan.ending, plan.torn) == (Ending.HALF_CHUNK, whole[size:] or b"\n")


def test_a_cut_without_a_place_leaves_no_head() -> None:
    assert not Cut(how="close").apply(STREAM).send_headers


@pytest.mark.parametrize("how", ["reset", "half chunk", "close", "end"])
def test_a_cut_ends_as_it_says(how: How) -> None:
    assert Cut(after=1, how=how).apply(STREAM).ending == how


def test_a_stall_is_for_a_while_or_for_good() -> None:
    while_, good = Stall("metadata", 9).apply(STREAM), Stall(2).apply(STREAM)

    assert [chunk.due for chunk in while_.chunks] == [1.0, 11.0, 12.0, 13.0]
    assert while_.ending is Ending.WHOLE
    assert (good.chunks, good.ending) == ((FIRST, BEAT, SECOND), Ending.HANG)


def test_an_error_event_stands_in_place_of_the_rest() -> None:
    plan = ErrorEvent(after=1, error="ValueError", message="no").apply(STREAM)
    after_all = ErrorEvent(after=3).apply(STREAM)

    assert plan.chunks == (
        FIRST,
        Chunk(2.0, b'event: error\r\ndata: {"error":"ValueError","message":"no"}\r\n\r\n', "error"),
    )
    assert [chunk.event for chunk in after_all.chunks[2:]] == ["values", "values", "error"]


def test_a_wait_answers_with_the_error_alone() -> None:
    plan = ErrorEvent(after="values", error="E", message="m").apply(WAIT)

    assert plan.chunks == (Chunk(1.0, b'{"__error__":{"error":"E","message":"m"}}'),)


def test_a_frame_is_sent_twice_or_not_at_all() -> None:
    assert Duplicate("values").apply(STREAM).chunks == (FIRST, BEAT, SECOND, SECOND, THIRD)
    assert Drop(3).apply(STREAM).chunks == (FIRST, BEAT, SECOND)
    assert Drop(1).apply(WAIT).chunks == ()


def test_two_events_change_places_and_not_their_times() -> None:
    plan = Reorder("metadata").apply(STREAM)

    sent = [(chunk.due, chunk.event) for chunk in plan.chunks]
    assert sent == [(1.0, "values"), (2.0, None), (3.0, "metadata"), (4.0, "values")]


@pytest.mark.parametrize("seed", range(20))
def test_a_corrupt_frame_has_one_byte_that_is_another(seed: int) -> None:
    spoilt = Corrupt("values", seed).apply(STREAM).chunks[2].body

    different = [old for old, new in zip(SECOND.body, spoilt, strict=True) if old != new]
    assert len(different) == 1
    assert spoilt.endswith(b"\r\n\r\n")
    assert spoilt == Corrupt("values", seed).apply(STREAM).chunks[2].body


def test_what_is_empty_is_corrupted_too() -> None:
    empty = ResponsePlan(HEAD, (Chunk(0.0, b""),), is_stream=False)

    assert len(Corrupt(1).apply(empty).chunks[0].body) == 1


@pytest.mark.parametrize("seed", range(5))
def test_bad_utf_8_is_no_utf_8(seed: int) -> None:
    spoilt = BadUtf8(1, seed).apply(WAIT).chunks[0].body

    assert spoilt.replace(b"\xff", b"") == b'{"n":1}'
    with pytest.raises(UnicodeDecodeError):
        spoilt.decode()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Cut(after="udpates"), "expected an event 'udpates', got the events metadata, values, val"),
        (Stall(4), "expected an event number 4, got the events metadata, values, values"),
        (Reorder(3), "expected an event number 1, got the events none"),
        (Drop("error"), "expected an event 'error', got the events"),
    ],
)
def test_a_place_that_is_not_there_is_told(fault: Fault, said: str) -> None:
    with pytest.raises(NoSuchEvent, match=said):
        fault.apply(STREAM)


def test_the_body_of_a_wait_is_its_only_event() -> None:
    assert Cut(after=1).apply(WAIT).chunks == WAIT.chunks
    with pytest.raises(NoSuchEvent, match=r"'values'.*\(the body\)"):
        Drop("values").apply(WAIT)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Status(7), "expected the status of a response, got 7"),
        (lambda: Status(101), "expected the status of a response, got 101"),
        (
            lambda: Status(503, retry_after="1\r\nx: y"),
            "expected retry_after as seconds or a date, got '1\\r\\nx: y'",
        ),
        (lambda: Latency(-1), "expected seconds to be 0 or more, got -1"),
        (lambda: Cut(after=1, after_bytes=1), "expected after or after_bytes, got both"),
        (lambda: Cut(after=-1), "expected after to be 0 or more, got -1"),
        (lambda: Cut(after_bytes=-1), "expected after_bytes to be 0 or more, got -1"),
        (lambda: Cut(how="end"), "expected after or after_bytes for how='end', got none"),
        (lambda: Drop(0), "expected event to be 1 or more, got 0"),
        (lambda: Reorder(0), "expected event to be 1 or more, got 0"),
        (lambda: Stall(-1), "expected after to be 0 or more, got -1"),
        (lambda: ErrorEvent(-1), "expected after to be 0 or more, got -1"),
    ],
)
def test_a_fault_that_can_not_be_is_refused(make: Callable[[], Fault], said: str) -> None:
    with pytest.raises(BadFault) as refused:
        make()

    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Status(503, retry_after=1), "status(status=503, retry_after=1)"),
        (Cut(after="updates"), "cut(after='updates')"),
        (Cut(after_bytes=3, how="end"), "cut(after_bytes=3, how='end')"),
        (Cut(), "cut()"),
        (BadUtf8(2, seed=4), "bad_utf8(event=2, seed=4)"),
    ],
)
def test_a_fault_reads_as_a_test_writes_it(fault: Fault, text: str) -> None:
    assert str(fault) == text


@pytest.mark.parametrize(
    ("size", "sent"),
    [
        (0, []),
        (2, [(5.0, b"be", 1)]),
        (4, [(5.0, b"beat", 1)]),
        (9, [(5.0, b"beat", 2), (15.0, b"b", 1)]),
        (12, [(5.0, b"beat", 3)]),
        (14, [(5.0, b"beat", 3), (17.0, b"ev", 1)]),
        (99, [(5.0, b"beat", 3), (17.0, b"event", 1)]),
    ],
)
def test_a_cut_counts_the_bytes_of_each_heartbeat(
    size: int, sent: list[tuple[float, bytes, int]]
) -> None:
    chunks = (Chunk(5.0, b"beat", None, 3), Chunk(17.0, b"event", "values"))

    kept = Cut(after_bytes=size).apply(ResponsePlan((), chunks)).chunks

    assert [(chunk.due, chunk.body, chunk.times) for chunk in kept] == sent

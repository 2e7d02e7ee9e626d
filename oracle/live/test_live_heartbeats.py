"""Heartbeats are compared with the duration of a response, not with another response."""

import pytest
from connection import Reply
from heartbeats import irregularity, without_heartbeats

EVENT, LAST = b"event: values\r\ndata: 1\r\n\r\n", b"event: values\r\ndata: 2\r\n\r\n"
BEAT = b": heartbeat\r\n\r\n"


def reply(*arrived: tuple[float, bytes]) -> Reply:
    times, chunks = (tuple(at for at, _ in arrived), tuple(chunk for _, chunk in arrived))
    return Reply((), "HTTP/1.1 200 OK", (), chunks, closed=False, times=times)


@pytest.mark.parametrize(
    "regular",
    [
        [(0.5, EVENT), (4.9, LAST)],
        [(0.5, EVENT), (5.5, LAST)],
        [(0.5, EVENT), (5.0, BEAT), (5.0, LAST)],
        [(5.0, BEAT), (5.5, EVENT), (11.0, BEAT), (11.1, LAST)],
        [(5.0, b"\n"), (10.0, b"\n"), (10.1, b"{}")],
    ],
    ids=["short", "just before", "just after", "late", "wait"],
)
def test_a_heartbeat_every_five_seconds_is_regular(regular: list[tuple[float, bytes]]) -> None:
    assert irregularity(reply(*regular)) == ""


@pytest.mark.parametrize(
    ("odd", "got"),
    [
        ([(0.5, EVENT), (12.5, LAST)], "none"),
        ([(5.0, BEAT), (12.5, LAST)], "5.0"),
        ([(4.0, BEAT), (6.0, LAST)], "4.0"),
        ([(5.0, BEAT), (5.1, BEAT), (6.0, LAST)], "5.0, 5.1"),
    ],
    ids=["none", "missing", "early", "twice"],
)
def test_missing_and_extra_heartbeats_are_irregular(
    odd: list[tuple[float, bytes]], got: str
) -> None:
    end = odd[-1][0]

    found = irregularity(reply(*odd))

    assert found == f"expected a heartbeat every 5 s until {end} s, got them at: {got}"


def test_without_heartbeats_keeps_all_events() -> None:
    timed = reply((0.5, EVENT), (5.0, BEAT), (5.0, b"\n"), (6.0, LAST))

    assert without_heartbeats(timed) == Reply(
        (), "HTTP/1.1 200 OK", (), (EVENT, LAST), closed=False
    )

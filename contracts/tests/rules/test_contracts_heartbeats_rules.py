"""Silences that are allowed, and heartbeats that are too early."""

from dataclasses import replace

import pytest
from captured import captured

from graphtape_contracts import Frame, sse
from graphtape_contracts.checker import check
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Finding
from graphtape_contracts.rules import heartbeats

UNKNOWN = "javascript-embed/stream-default"


def beat(at: float) -> Frame:
    return sse.frame(sse.encode_comment(), at)


def event(at: float) -> Frame:
    return sse.frame(sse.encode_event("custom", "1"), at)


def judge(*frames: Frame, dialect: Dialect | None = None) -> list[Finding]:
    exchange = replace(captured(UNKNOWN), frames=frames)
    return check(exchange, heartbeats.RULES, dialect=dialect)


@pytest.mark.parametrize("dialect", [Dialect.PYTHON, Dialect.AEGRA])
def test_heartbeats_every_five_seconds_are_accepted(dialect: Dialect) -> None:
    frames = [frame for n in range(1, 9) for frame in (beat(5.0 * n + 0.01), event(5.0 * n + 3))]

    assert judge(*frames, dialect=dialect) == []


def test_frames_without_a_time_are_not_checked_for_silence() -> None:
    frames = [event(0.0), beat(0.0), beat(0.0), event(0.0), beat(15.0)]

    assert judge(*frames, dialect=Dialect.PYTHON) == []


def test_delayed_heartbeats_are_accepted() -> None:
    frames = [event(0.9), beat(12.0), beat(12.0), beat(15.0), beat(20.0), event(21.0)]

    assert judge(*frames, dialect=Dialect.PYTHON) == []


def test_a_silence_from_the_start_is_reported_with_its_length() -> None:
    (finding,) = judge(event(17.5), dialect=Dialect.AEGRA)

    assert finding.rule == "heartbeats.silence"
    assert finding.expected == "a frame at least every 15 s"
    assert finding.got == "nothing for 17.5 s before this frame"


@pytest.mark.parametrize("dialect", [None, Dialect.JAVASCRIPT])
def test_a_server_without_heartbeats_may_be_silent_for_hours(dialect: Dialect | None) -> None:
    assert judge(event(1.0), event(7200.0), dialect=dialect) == []


def test_one_heartbeat_does_not_define_an_interval() -> None:
    assert judge(beat(1.0), event(7200.0)) == []


@pytest.mark.parametrize(
    ("distance", "limit"), [(1.0, 6.0), (4.0, 12.0), (10.0, 30.0), (60.0, 30.0)]
)
def test_the_limit_is_three_times_the_interval_of_two_heartbeats(
    distance: float, limit: float
) -> None:
    start = [beat(1.0), beat(1.0 + distance)]
    patient = judge(*start, event(1.0 + distance + limit))
    (finding,) = judge(*start, event(1.0 + distance + limit + 2.0))

    assert patient == []
    assert finding.rule == "heartbeats.silence"
    assert finding.frame == 3


def test_the_longest_interval_counts() -> None:
    frames = [beat(1.0), beat(9.0), beat(9.5), event(33.0)]

    assert judge(*frames) == []


def test_other_comments_are_a_note_and_are_not_checked_for_time() -> None:
    hello = sse.frame(sse.encode_comment("connected"), 0.1)

    findings = judge(hello, beat(5.0), dialect=Dialect.PYTHON)

    assert [finding.rule for finding in findings] == ["heartbeats.text"]


def test_a_comment_with_an_id_is_not_a_block_of_its_own() -> None:
    ghost = sse.frame(b": heartbeat\r\nid: 5\r\n\r\n", 5.0)

    findings = judge(ghost, dialect=Dialect.PYTHON)

    assert [finding.rule for finding in findings] == ["heartbeats.apart"]

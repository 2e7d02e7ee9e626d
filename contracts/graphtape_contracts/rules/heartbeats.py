"""The comments that keep a quiet stream alive.

Rules about time ignore a frame whose time is 0.0, which means unknown.
"""

from collections.abc import Iterator

from graphtape_contracts import sse
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import Frame
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.parsing.exchange_head import ExchangeHead
from graphtape_contracts.rule import AnyRule, FrameRule, FrameWatch, Report
from graphtape_contracts.watch import Violation, each_block

_BEATING = frozenset({Dialect.PYTHON, Dialect.AEGRA})
_INTERVAL = 5.0
_EARLY = 0.5
"""The tolerance for an early heartbeat, in seconds."""
_LATE = 1.0
"""The tolerance for a long silence, in seconds."""
_WATCHDOG = (
    "@langchain/langgraph-sdk 1.15.0 for JavaScript drops a stream that is silent for three times "
    "the interval of its heartbeats, at least 6 s and at most 30 s"
)


def _client_timeout(interval: float) -> float:
    """Return the longest silence that a client tolerates, given the *interval* of heartbeats.

    Both times are in seconds.
    """
    return min(max(3 * interval, 6.0), 30.0)


def _silence(head: ExchangeHead, report: Report) -> FrameWatch:
    limit = _client_timeout(_INTERVAL) if head.dialect in _BEATING else None
    last = 0.0
    last_beat: float | None = None
    number = 0
    while isinstance(frame := (yield), Frame):
        number += 1
        if frame.at <= 0:
            continue
        if limit is not None and frame.at - last > limit + _LATE:
            report(
                f"a frame at least every {limit:.0f} s",
                f"nothing for {frame.at - last:.1f} s before this frame",
                at=number,
            )
        last = frame.at
        if frame.comment is not None:
            if last_beat is not None and frame.at > last_beat:
                limit = max(limit or 0.0, _client_timeout(frame.at - last_beat))
            last_beat = frame.at


def _early(head: ExchangeHead, report: Report) -> FrameWatch:
    number = beats = 0
    while isinstance(frame := (yield), Frame):
        number += 1
        if frame.comment != sse.HEARTBEAT:
            continue
        beats += 1
        due = beats * _INTERVAL
        if 0 < frame.at < due - _EARLY:
            expected = f"heartbeat {beats} after {due:.0f} s"
            report(expected, f"heartbeat {beats} after {frame.at:.1f} s", at=number)


def _separate_block(head: ExchangeHead, frame: Frame) -> Iterator[Violation]:
    if frame.comment is not None and any(
        field is not None for field in (frame.event, frame.data, frame.id)
    ):
        got = f"the comment {quote(frame.comment)} inside an event"
        yield Violation("a comment in a block of its own", got)


def _text(head: ExchangeHead, frame: Frame) -> Iterator[Violation]:
    if frame.comment is not None and frame.comment != sse.HEARTBEAT:
        yield Violation("`: heartbeat`", f"the comment {quote(frame.comment)}")


def _no_comments(head: ExchangeHead, frame: Frame) -> Iterator[Violation]:
    if frame.comment is not None:
        yield Violation("no comment", f"the comment {quote(frame.comment)}")


RULES: tuple[AnyRule, ...] = (
    FrameRule(
        id="heartbeats.silence",
        level=Level.SHOULD,
        statement="A stream with heartbeats is never silent for three times their interval: 15 s "
        "from the start on langgraph-api and Aegra, three times the interval observed between "
        "two heartbeats on other servers.",
        source="one every 5 s observed on langgraph-api 0.16.7 and Aegra 0.11.0 "
        f"(python/slow-21-stream); {_WATCHDOG}",
        judge=_silence,
    ),
    FrameRule(
        id="heartbeats.early",
        level=Level.SHOULD,
        statement="Heartbeat number n arrives no earlier than 5 n seconds after the request.",
        source="observed on langgraph-api 0.16.7 and Aegra 0.11.0, whatever else the stream "
        f"contains (python/ticks-stream); {_WATCHDOG}: early heartbeats shorten that time",
        dialects=_BEATING,
        judge=_early,
    ),
    FrameRule(
        id="heartbeats.apart",
        level=Level.SHOULD,
        statement="A comment is a block of its own, never a line of an event.",
        source="observed on langgraph-api 0.16.7 and Aegra 0.11.0; parsers that classify a block "
        "by its first line mistake such an event for a comment",
        dialects=_BEATING,
        judge=each_block(_separate_block),
    ),
    FrameRule(
        id="heartbeats.text",
        level=Level.NOTE,
        statement="The text of a comment is `heartbeat`.",
        source="observed on langgraph-api 0.16.7 and Aegra 0.11.0 (python/slow-21-stream)",
        dialects=_BEATING,
        judge=each_block(_text),
    ),
    FrameRule(
        id="heartbeats.none",
        level=Level.NOTE,
        statement="LangGraph.js sends no comments, however long a stream is silent.",
        source="observed on LangGraph.js 2.0.0 and 1.5.1 (javascript/slow-stream-22s)",
        dialects=frozenset({Dialect.JAVASCRIPT}),
        judge=each_block(_no_comments),
    ),
)

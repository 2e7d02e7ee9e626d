"""Checks with rules made for these tests: frame by frame, of whole exchanges, and of several."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from captured import captured

from graphtape_contracts import End, Exchange, Frame, Request, Response, sse
from graphtape_contracts.checker import Checker, check, check_related, parse_head
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import Absent
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.parsed_exchange import ParsedExchange
from graphtape_contracts.rule import (
    MOST_FINDINGS,
    AnyRule,
    BodyRule,
    CrossExchangeRule,
    EventRule,
    EventWatch,
    FrameRule,
    FrameWatch,
    HeadRule,
    Report,
)

STREAM = "python/mode-agent-values"


def _report_dialect(head: ExchangeHead, report: Report) -> None:
    report("nothing", head.dialect or "no dialect")


def _report_frames(head: ExchangeHead, report: Report) -> FrameWatch:
    number = 0
    while isinstance(frame := (yield), Frame):
        number += 1
        report("nothing", frame.event or "comment", at=number)
    report("nothing", str(frame))


def _report_events(head: ExchangeHead, report: Report) -> EventWatch:
    while isinstance(event := (yield), Event):
        report("nothing", event.name, at=event, path=("a", 1))
    report("nothing", f"events {event}")


def _report_first(head: ExchangeHead, report: Report) -> EventWatch:
    first = yield
    assert isinstance(first, Event)
    report("nothing", first.name)


def _report_nothing(head: ExchangeHead, report: Report) -> EventWatch:
    return
    yield


def _report_body(head: ExchangeHead, body: bytes, report: Report) -> None:
    report("nothing", body.decode())


def _report_outputs(answers: Sequence[ParsedExchange], report: Report) -> None:
    for answer in answers:
        got = f"{len(answer.events)} events, {quote(str(answer.output))}"
        report("nothing", got, exchange=answer.number)


HEAD = HeadRule(id="t.head", level=Level.NOTE, statement="p", source="s", judge=_report_dialect)
FRAMES = FrameRule(id="t.frames", level=Level.NOTE, statement="p", source="s", judge=_report_frames)
EVENTS = EventRule(id="t.events", level=Level.NOTE, statement="p", source="s", judge=_report_events)
FIRST = EventRule(id="t.first", level=Level.NOTE, statement="p", source="s", judge=_report_first)
NOTHING = EventRule(
    id="t.nothing", level=Level.NOTE, statement="p", source="s", judge=_report_nothing
)
BODY = BodyRule(id="t.body", level=Level.NOTE, statement="p", source="s", judge=_report_body)
OUTPUTS = CrossExchangeRule(
    id="t.outputs",
    level=Level.NOTE,
    statement="p",
    source="s",
    kinds=frozenset({Kind.STREAM, Kind.WAIT}),
    judge=_report_outputs,
)
ALL: tuple[AnyRule, ...] = (HEAD, FRAMES, EVENTS, FIRST, NOTHING, BODY, OUTPUTS)


def reported(exchange: Exchange, *rules: AnyRule) -> list[str]:
    return [finding.got for finding in check(exchange, rules)]


def test_the_head_is_checked_before_the_body() -> None:
    exchange = captured(STREAM)
    checker = Checker(parse_head(exchange.request, exchange.response), ALL)

    assert [finding.got for finding in checker.head()] == ["python"]


def test_a_finding_is_returned_with_the_frame_that_causes_it() -> None:
    exchange = captured(STREAM)
    checker = Checker(parse_head(exchange.request, exchange.response), [FRAMES])
    checker.head()

    by_frame = [[finding.got for finding in checker.feed(frame)] for frame in exchange.frames]

    assert by_frame == [["metadata"], ["values"], ["values"]]
    assert [finding.got for finding in checker.close(End.CUT)] == ["cut"]


def test_comments_are_not_events_but_count_in_frame_numbers() -> None:
    exchange = captured(STREAM)
    quiet = replace(exchange, frames=(*sse.decode(b": heartbeat\r\n\r\n"), *exchange.frames))

    found = check(quiet, [EVENTS])

    assert [(finding.frame, finding.path) for finding in found[:-1]] == [
        (2, ("a", 1)),
        (3, ("a", 1)),
        (4, ("a", 1)),
    ]
    assert found[-1].got == "events complete"


def test_a_rule_that_has_ended_receives_no_more_frames() -> None:
    assert reported(captured(STREAM), FIRST) == ["metadata"]


def test_event_rules_ignore_events_of_another_protocol() -> None:
    exchange = captured(STREAM)
    body = b'{"assistant_id":"agent","config":{"configurable":{"__event_streaming_v2":true}}}'
    request = replace(exchange.request, body=body)

    assert reported(replace(exchange, request=request), FRAMES, EVENTS) == reported(
        exchange, FRAMES
    )


def test_a_rule_that_ends_at_once_reports_nothing() -> None:
    assert reported(captured(STREAM), NOTHING) == []


def test_body_rules_ignore_streams_and_frame_rules_ignore_bodies() -> None:
    wait = captured("python/wait-boom-values")

    assert reported(captured(STREAM), BODY) == []
    assert reported(wait, FRAMES, EVENTS, BODY) == [wait.body.decode()]


def test_the_body_of_a_cut_response_is_not_checked() -> None:
    assert reported(replace(captured("python/wait-boom-values"), end=End.CUT), BODY) == []


def test_a_rule_checks_only_its_dialects_and_kinds() -> None:
    exchange = captured(STREAM)

    assert reported(exchange, replace(HEAD, dialects=frozenset({Dialect.AEGRA}))) == []
    assert reported(exchange, replace(HEAD, dialects=frozenset({Dialect.PYTHON}))) == ["python"]
    assert reported(exchange, replace(HEAD, kinds=frozenset({Kind.WAIT}))) == []


def test_the_number_of_findings_of_one_rule_is_limited() -> None:
    frames = tuple(sse.decode(b": heartbeat\n\n" * 3 * MOST_FINDINGS))

    found = check(replace(captured(STREAM), frames=frames), [FRAMES])

    assert len(found) == MOST_FINDINGS
    assert found[-1].got == "comment (further findings of this rule are not listed)"


def test_a_long_quoted_value_is_cut() -> None:
    assert quote({"a": [1]}) == '{"a":[1]}'
    assert quote(Absent.NOT_JSON) == "not JSON"
    assert quote("x" * 1000).endswith("x... (cut)")
    assert len(quote("x" * 1000)) < 320


@pytest.mark.parametrize(("deterministic", "expected"), [(True, 3), (False, 0)])
def test_different_runs_are_compared_only_if_deterministic(
    deterministic: bool, expected: int
) -> None:
    exchanges = [
        captured(STREAM),
        Exchange(Request("GET", "/ok"), Response(200), ()),
        captured("python/wait-boom-values"),
        captured(STREAM),
    ]

    found = check_related(
        exchanges, [replace(OUTPUTS, deterministic=True)], deterministic=deterministic
    )

    assert len(found) == expected


def test_a_cross_exchange_rule_receives_parsed_exchanges_of_its_kinds() -> None:
    exchanges = [Exchange(Request("GET", "/ok"), Response(200), ()), captured(STREAM)]

    found = check_related([*exchanges, captured("python/wait-boom-values")], ALL)

    assert [(finding.exchange, finding.got.split(",")[0]) for finding in found] == [
        (2, "3 events"),
        (3, "0 events"),
    ]

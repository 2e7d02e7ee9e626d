"""The checker, with rules made for the tests: step by step, whole, and several exchanges."""

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


def _say_dialect(head: ExchangeHead, report: Report) -> None:
    report("nothing", head.dialect or "no dialect")


def _say_frames(head: ExchangeHead, report: Report) -> FrameWatch:
    number = 0
    while isinstance(frame := (yield), Frame):
        number += 1
        report("nothing", frame.event or "comment", at=number)
    report("nothing", str(frame))


def _say_events(head: ExchangeHead, report: Report) -> EventWatch:
    while isinstance(event := (yield), Event):
        report("nothing", event.name, at=event, path=("a", 1))
    report("nothing", f"events {event}")


def _say_first(head: ExchangeHead, report: Report) -> EventWatch:
    first = yield
    assert isinstance(first, Event)
    report("nothing", first.name)


def _say_nothing(head: ExchangeHead, report: Report) -> EventWatch:
    return
    yield


def _say_body(head: ExchangeHead, body: bytes, report: Report) -> None:
    report("nothing", body.decode())


def _say_outputs(answers: Sequence[ParsedExchange], report: Report) -> None:
    for answer in answers:
        got = f"{len(answer.events)} events, {quote(str(answer.output))}"
        report("nothing", got, exchange=answer.number)


HEAD = HeadRule(id="t.head", level=Level.NOTE, statement="p", source="s", judge=_say_dialect)
FRAMES = FrameRule(id="t.frames", level=Level.NOTE, statement="p", source="s", judge=_say_frames)
EVENTS = EventRule(id="t.events", level=Level.NOTE, statement="p", source="s", judge=_say_events)
FIRST = EventRule(id="t.first", level=Level.NOTE, statement="p", source="s", judge=_say_first)
NOTHING = EventRule(id="t.nothing", level=Level.NOTE, statement="p", source="s", judge=_say_nothing)
BODY = BodyRule(id="t.body", level=Level.NOTE, statement="p", source="s", judge=_say_body)
OUTPUTS = CrossExchangeRule(
    id="t.outputs",
    level=Level.NOTE,
    statement="p",
    source="s",
    kinds=frozenset({Kind.STREAM, Kind.WAIT}),
    judge=_say_outputs,
)
ALL: tuple[AnyRule, ...] = (HEAD, FRAMES, EVENTS, FIRST, NOTHING, BODY, OUTPUTS)


def said(exchange: Exchange, *rules: AnyRule) -> list[str]:
    return [finding.got for finding in check(exchange, rules)]


def test_the_head_is_judged_before_the_body() -> None:
    exchange = captured(STREAM)
    checker = Checker(parse_head(exchange.request, exchange.response), ALL)

    assert [finding.got for finding in checker.head()] == ["python"]


def test_a_finding_is_told_with_the_frame_that_makes_it_certain() -> None:
    exchange = captured(STREAM)
    checker = Checker(parse_head(exchange.request, exchange.response), [FRAMES])
    checker.head()

    told = [[finding.got for finding in checker.feed(frame)] for frame in exchange.frames]

    assert told == [["metadata"], ["values"], ["values"]]
    assert [finding.got for finding in checker.close(End.CUT)] == ["cut"]


def test_events_are_told_apart_from_comments_and_keep_the_number_of_their_frame() -> None:
    exchange = captured(STREAM)
    quiet = replace(exchange, frames=(*sse.decode(b": heartbeat\r\n\r\n"), *exchange.frames))

    found = check(quiet, [EVENTS])

    assert [(finding.frame, finding.path) for finding in found[:-1]] == [
        (2, ("a", 1)),
        (3, ("a", 1)),
        (4, ("a", 1)),
    ]
    assert found[-1].got == "events complete"


def test_a_rule_that_has_seen_enough_is_asked_no_more() -> None:
    assert said(captured(STREAM), FIRST) == ["metadata"]


def test_events_of_another_protocol_are_not_judged_by_rules_of_these() -> None:
    exchange = captured(STREAM)
    body = b'{"assistant_id":"agent","config":{"configurable":{"__event_streaming_v2":true}}}'
    request = replace(exchange.request, body=body)

    assert said(replace(exchange, request=request), FRAMES, EVENTS) == said(exchange, FRAMES)


def test_a_rule_that_has_nothing_to_watch_for_says_nothing() -> None:
    assert said(captured(STREAM), NOTHING) == []


def test_a_stream_has_no_body_to_be_judged_and_a_body_no_frames() -> None:
    wait = captured("python/wait-boom-values")

    assert said(captured(STREAM), BODY) == []
    assert said(wait, FRAMES, EVENTS, BODY) == [wait.body.decode()]


def test_the_body_of_a_cut_answer_is_not_judged() -> None:
    assert said(replace(captured("python/wait-boom-values"), end=End.CUT), BODY) == []


def test_a_rule_judges_the_dialects_and_kinds_it_names() -> None:
    exchange = captured(STREAM)

    assert said(exchange, replace(HEAD, dialects=frozenset({Dialect.AEGRA}))) == []
    assert said(exchange, replace(HEAD, dialects=frozenset({Dialect.PYTHON}))) == ["python"]
    assert said(exchange, replace(HEAD, kinds=frozenset({Kind.WAIT}))) == []


def test_a_rule_is_not_listed_more_than_a_few_times() -> None:
    frames = tuple(sse.decode(b": heartbeat\n\n" * 3 * MOST_FINDINGS))

    found = check(replace(captured(STREAM), frames=frames), [FRAMES])

    assert len(found) == MOST_FINDINGS
    assert found[-1].got == "comment (further findings of this rule are not listed)"


def test_what_is_quoted_is_cut_to_what_can_be_read() -> None:
    assert quote({"a": [1]}) == '{"a":[1]}'
    assert quote(Absent.NOT_JSON) == "not JSON"
    assert quote("x" * 1000).endswith("x... (cut)")
    assert len(quote("x" * 1000)) < 320


@pytest.mark.parametrize(("deterministic", "told"), [(True, 3), (False, 0)])
def test_answers_of_different_runs_are_compared_where_they_repeat(
    deterministic: bool, told: int
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

    assert len(found) == told


def test_a_relation_sees_the_answers_of_its_kinds_read() -> None:
    exchanges = [Exchange(Request("GET", "/ok"), Response(200), ()), captured(STREAM)]

    found = check_related([*exchanges, captured("python/wait-boom-values")], ALL)

    assert [(finding.exchange, finding.got.split(",")[0]) for finding in found] == [
        (2, "3 events"),
        (3, "0 events"),
    ]

"""Judges exchanges by the rules: at once, or frame by frame while a stream is still coming."""

from collections.abc import Generator, Iterable, Sequence
from typing import TypeVar

from graphtape_contracts.dialect import Dialect, detect
from graphtape_contracts.exchange import End, Exchange, Frame, Request, Response
from graphtape_contracts.finding import Finding
from graphtape_contracts.json_value import Json
from graphtape_contracts.parsing.event import event_of
from graphtape_contracts.parsing.exchange_head import ExchangeHead, kind_of, stream_options
from graphtape_contracts.parsing.parsed_exchange import ParsedExchange
from graphtape_contracts.rule import (
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
from graphtape_contracts.rules import RULES

__all__ = ["Checker", "check", "check_body", "check_related", "parse_head"]

_Item = TypeVar("_Item")
_OVER = object()


def parse_head(
    request: Request | None,
    response: Response,
    *,
    dialect: Dialect | None = None,
    output_schema: Json | None = None,
) -> ExchangeHead:
    """Return what the head of an exchange tells; the *dialect* is detected if it is not given."""
    return ExchangeHead(
        kind_of(request, response),
        request,
        stream_options(request),
        response,
        dialect or detect(response),
        output_schema,
    )


class Checker:
    """Judges one exchange as it comes.

    Each step returns the findings that are certain by then. What is kept in memory is bounded by
    the messages and tasks that are open at a time; of an answer that is no stream it is the body.
    """

    def __init__(self, head: ExchangeHead, rules: Iterable[AnyRule] = RULES) -> None:
        """Begin to judge *head* by *rules*; relations among them are left aside."""
        self._call = head
        self._rules = [rule for rule in rules if rule.applies(head)]
        self._found: list[Finding] = []
        self._frame_watches: list[FrameWatch] = []
        self._event_watches: list[EventWatch] = []
        self._body: list[bytes] = []
        self._frames = 0

    def head(self) -> list[Finding]:
        """Judge the head; return the findings. ExchangeHead it once, first."""
        streams = self._call.response.is_event_stream
        asked = self._call.options
        shows_events = streams and not (asked is not None and asked.other_protocol)
        for rule in self._rules:
            report = Report(rule, self._found)
            if isinstance(rule, HeadRule):
                rule.judge(self._call, report)
            elif isinstance(rule, FrameRule) and streams:
                frame_watch = rule.judge(self._call, report)
                self._frame_watches += [frame_watch] if _starts(frame_watch) else []
            elif isinstance(rule, EventRule) and shows_events:
                event_watch = rule.judge(self._call, report)
                self._event_watches += [event_watch] if _starts(event_watch) else []
        return self._take()

    def feed(self, frame: Frame) -> list[Finding]:
        """Judge the next *frame* of the body; return the findings that are certain now."""
        if not self._call.response.is_event_stream:
            self._body.append(frame.raw)
            return []
        self._frames += 1
        self._frame_watches = [w for w in self._frame_watches if _goes_on(w, frame)]
        event = event_of(frame, self._frames)
        if event is not None:
            self._event_watches = [w for w in self._event_watches if _goes_on(w, event)]
        return self._take()

    def close(self, end: End = End.COMPLETE) -> list[Finding]:
        """Say how the body ended; return the last findings.

        The body of an answer that is no stream is judged if it is complete.
        """
        for frame_watch in self._frame_watches:
            _goes_on(frame_watch, end)
        for event_watch in self._event_watches:
            _goes_on(event_watch, end)
        if end is End.COMPLETE and not self._call.response.is_event_stream:
            body = b"".join(self._body)
            for rule in self._rules:
                if isinstance(rule, BodyRule):
                    rule.judge(self._call, body, Report(rule, self._found))
        return self._take()

    def _take(self) -> list[Finding]:
        found = self._found.copy()
        self._found.clear()
        return found


def _starts(watch: FrameWatch | EventWatch) -> bool:
    """Run *watch* to where it waits for the first item; return whether it waits."""
    return next(watch, _OVER) is not _OVER


def _goes_on(watch: Generator[None, _Item, None], item: _Item) -> bool:
    try:
        watch.send(item)
    except StopIteration:
        return False
    return True


def check(
    exchange: Exchange,
    rules: Iterable[AnyRule] = RULES,
    *,
    dialect: Dialect | None = None,
    output_schema: Json | None = None,
) -> list[Finding]:
    """Judge a whole *exchange*; return what breaks the *rules*, in the order of the body.

    *dialect* names the kind of server; by default it is detected. *output_schema* is the JSON
    Schema of the graph's output, as `GET /assistants/{id}/schemas` returns it.
    """
    head = parse_head(
        exchange.request,
        exchange.response,
        dialect=dialect,
        output_schema=output_schema,
    )
    return check_body(head, exchange.frames, exchange.end, rules)


def check_body(
    head: ExchangeHead, frames: Iterable[Frame], end: End, rules: Iterable[AnyRule] = RULES
) -> list[Finding]:
    """Judge the *head* whose body is *frames*; return what breaks the *rules*. See `check`."""
    checker = Checker(head, rules)
    found = checker.head()
    for frame in frames:
        found += checker.feed(frame)
    return found + checker.close(end)


def check_related(
    exchanges: Sequence[Exchange],
    rules: Iterable[AnyRule] = RULES,
    *,
    dialect: Dialect | None = None,
    deterministic: bool = False,
) -> list[Finding]:
    """Judge *exchanges* with one deployment together, by the relations among *rules*.

    Say *deterministic* where the same request gets the same answer every time, ids and times apart:
    only then the answers of different runs can be compared.
    """
    answers = [
        ParsedExchange(
            n, exchange, parse_head(exchange.request, exchange.response, dialect=dialect)
        )
        for n, exchange in enumerate(exchanges, 1)
    ]
    found: list[Finding] = []
    for rule in rules:
        if isinstance(rule, CrossExchangeRule) and (deterministic or not rule.deterministic):
            kept = [answer for answer in answers if rule.applies(answer.head)]
            rule.judge(kept, Report(rule, found))
    return found

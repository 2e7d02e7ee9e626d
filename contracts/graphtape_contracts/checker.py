"""Checks exchanges against the rules: whole, or frame by frame while a stream arrives."""

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
    """Parse the head of an exchange; *dialect* is detected if not given."""
    return ExchangeHead(
        kind_of(request, response),
        request,
        stream_options(request),
        response,
        dialect or detect(response),
        output_schema,
    )


class Checker:
    """Checks one exchange as it arrives.

    Call `head` once, `feed` for each frame, then `close`; each call returns new findings. Memory
    use depends on how many messages and tasks are open at once, not on the length of the stream.
    A body that is not a stream is held in memory until `close`.
    """

    def __init__(self, head: ExchangeHead, rules: Iterable[AnyRule] = RULES) -> None:
        """Check the exchange with this *head* against *rules*; cross-exchange rules are ignored."""
        self._head = head
        self._rules = [rule for rule in rules if rule.applies(head)]
        self._found: list[Finding] = []
        self._frame_watches: list[FrameWatch] = []
        self._event_watches: list[EventWatch] = []
        self._body: list[bytes] = []
        self._frames = 0

    def head(self) -> list[Finding]:
        """Check the head; return the findings. Call it once, before `feed`."""
        streams = self._head.response.is_event_stream
        options = self._head.options
        shows_events = streams and not (options is not None and options.other_protocol)
        for rule in self._rules:
            report = Report(rule, self._found)
            if isinstance(rule, HeadRule):
                rule.judge(self._head, report)
            elif isinstance(rule, FrameRule) and streams:
                frame_watch = rule.judge(self._head, report)
                self._frame_watches += [frame_watch] if _starts(frame_watch) else []
            elif isinstance(rule, EventRule) and shows_events:
                event_watch = rule.judge(self._head, report)
                self._event_watches += [event_watch] if _starts(event_watch) else []
        return self._take()

    def feed(self, frame: Frame) -> list[Finding]:
        """Check the next *frame* of the body; return the new findings."""
        if not self._head.response.is_event_stream:
            self._body.append(frame.raw)
            return []
        self._frames += 1
        self._frame_watches = [w for w in self._frame_watches if _send(w, frame)]
        event = event_of(frame, self._frames)
        if event is not None:
            self._event_watches = [w for w in self._event_watches if _send(w, event)]
        return self._take()

    def close(self, end: End = End.COMPLETE) -> list[Finding]:
        """Check the end of the body; return the remaining findings.

        A body that is not a stream is checked only if it is complete.
        """
        for frame_watch in self._frame_watches:
            _send(frame_watch, end)
        for event_watch in self._event_watches:
            _send(event_watch, end)
        if end is End.COMPLETE and not self._head.response.is_event_stream:
            body = b"".join(self._body)
            for rule in self._rules:
                if isinstance(rule, BodyRule):
                    rule.judge(self._head, body, Report(rule, self._found))
        return self._take()

    def _take(self) -> list[Finding]:
        found = self._found.copy()
        self._found.clear()
        return found


def _starts(watch: FrameWatch | EventWatch) -> bool:
    """Advance *watch* to its first `yield`; return False if it has none."""
    return next(watch, _OVER) is not _OVER


def _send(watch: Generator[None, _Item, None], item: _Item) -> bool:
    """Send *item* to *watch*; return False if *watch* ended."""
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
    """Check a whole *exchange*; return the violations of *rules*, ordered by frame.

    *dialect* is detected by default. *output_schema* is the JSON Schema
    of the graph's output, as `GET /assistants/{id}/schemas` returns it.
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
    """Check an exchange, given by its parsed *head* and the *frames* of its body, like `check`."""
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
    """Check *exchanges* with one deployment against the cross-exchange rules among *rules*.

    *deterministic* means that the deployment always gives the same request the same response,
    except for ids and times. Rules that compare the responses of different runs need it; without
    it they are skipped.
    """
    parsed = [
        ParsedExchange(
            n, exchange, parse_head(exchange.request, exchange.response, dialect=dialect)
        )
        for n, exchange in enumerate(exchanges, 1)
    ]
    found: list[Finding] = []
    for rule in rules:
        if isinstance(rule, CrossExchangeRule) and (deterministic or not rule.deterministic):
            applicable = [one for one in parsed if rule.applies(one.head)]
            rule.judge(applicable, Report(rule, found))
    return found

"""Reconnecting: the response to a client that resumes a stream or joins a run."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import End
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import Kind
from graphtape_contracts.parsing.identifiers import UUID, run_at
from graphtape_contracts.parsing.parsed_exchange import ParsedExchange
from graphtape_contracts.parsing.run_outcome import have_same_output, run_outcome_of
from graphtape_contracts.rule import OUTPUTS, RUNS, STREAMS, AnyRule, CrossExchangeRule, Report

_JOINED = re.compile(rf"/runs/({UUID})/(?:stream|join)$")
_NUMBER = re.compile("[0-9]{1,9}")

_ALWAYS = ("error", "end", "metadata")
"""Events about the state of the run, which may appear in a resumed stream only.

langgraph-api 0.16.7 sends an `error` if the run no longer exists.
"""
_LIVE_ONLY = ("error", "end", "messages/metadata", "messages/partial", "messages/complete")
"""Events that langgraph-api 0.16.7 does not store for resuming, and `end`."""


class _Resumption:
    """A resumed stream, the original, and the events of the original that it should repeat."""

    def __init__(
        self, original: ParsedExchange, resumed: ParsedExchange, rest: Sequence[Event]
    ) -> None:
        self.original = original
        self.resumed = resumed
        self._rest = rest

    def compare(self) -> tuple[list[Event], list[Event]]:
        """Return the unexpected events in the resumed stream, and the expected ones missing."""
        unexpected: list[Event] = []
        missed: list[Event] = []
        place = 0
        for event in self.resumed.events:
            candidates = range(place, len(self._rest))
            found = next((n for n in candidates if _same(self._rest[n], event)), None)
            if found is None:
                unexpected.append(event)
                continue
            missed += self._rest[place:found]
            place = found + 1
        return unexpected, [*missed, *self._rest[place:]]


def _same(one: Event, other: Event) -> bool:
    return one.name == other.name and bool(one.value == other.value)


def _resumptions(exchanges: Sequence[ParsedExchange]) -> Iterator[_Resumption]:
    originals = {run_at(a.exchange.response): a for a in exchanges if _can_be_resumed(a)}
    for parsed in exchanges:
        match = _JOINED.search(parsed.head.path)
        if parsed.head.kind is not Kind.JOIN_STREAM or match is None or match[1] not in originals:
            continue
        original = originals[match[1]]
        last = dict(parsed.exchange.request.headers).get("last-event-id")
        if last is not None and (rest := _after(last, original)) is not None:
            yield _Resumption(original, parsed, rest)


def _can_be_resumed(parsed: ParsedExchange) -> bool:
    """Return whether a client that resumes the stream of *parsed* gets all further events.

    On LangGraph.js the events of a stream that is not resumable are divided among its readers.
    """
    asked = parsed.head.options
    resumable = asked is not None and asked.resumable
    has_ids = any(event.frame.id is not None for event in parsed.events)
    return parsed.head.kind is Kind.STREAM and (resumable or has_ids)


def _after(last: str, original: ParsedExchange) -> Sequence[Event] | None:
    """Return the events of *original* after the event with the id *last*; None if unknown.

    langgraph-api 0.16.7 sometimes gives several events the same id; all events with it are skipped.
    """
    if last == "-1":
        return original.events
    places = [n for n, event in enumerate(original.events) if event.frame.id == last]
    if places:
        return original.events[places[-1] + 1 :]
    # On LangGraph.js, only clients that join a run receive event ids: numbers from 0.
    if original.head.dialect is Dialect.JAVASCRIPT and _NUMBER.fullmatch(last):
        return original.events[int(last) + 1 :]
    return None


def _resumed(exchanges: Sequence[ParsedExchange], report: Report) -> None:
    for resumption in _resumptions(exchanges):
        original, resumed = resumption.original, resumption.resumed
        known = {event.frame.id for event in original.events} - {None}
        unexpected, _ = resumption.compare()
        for event in unexpected:
            # The rest of a stream that was cut is unknown.
            is_known = original.exchange.end is End.COMPLETE or event.frame.id in known
            if is_known and event.name not in _ALWAYS:
                report(
                    f"the events of exchange {original.number} after the last event id, in order",
                    f"the event {quote(event.name)} with {quote(event.frame.data)}",
                    at=event,
                    exchange=resumed.number,
                )


def _complete(exchanges: Sequence[ParsedExchange], report: Report) -> None:
    for resumption in _resumptions(exchanges):
        original, resumed = resumption.original, resumption.resumed
        asked = original.head.options
        if asked is None or not asked.resumable or resumed.exchange.end is not End.COMPLETE:
            continue
        is_gone = any(event.name == "error" for event in resumed.events)
        unexpected, missed = resumption.compare()
        lost = [event for event in missed if event.name not in _LIVE_ONLY]
        if lost and not (unexpected or is_gone or _is_filtered(resumed)):
            report(
                f"the event of frame {lost[0].number} of exchange {original.number}, "
                f"{quote(lost[0].name)} with {quote(lost[0].frame.data)}",
                f"{len(lost)} events missing",
                exchange=resumed.number,
            )


def _is_filtered(parsed: ParsedExchange) -> bool:
    return "stream_mode" in parse_qs(urlsplit(parsed.exchange.request.path).query)


def _output(exchanges: Sequence[ParsedExchange], report: Report) -> None:
    started = {run_at(a.exchange.response): a for a in exchanges if a.head.kind in RUNS}
    for parsed in exchanges:
        match = _JOINED.search(parsed.head.path)
        if parsed.head.kind is not Kind.JOIN or match is None or match[1] not in started:
            continue
        original = started[match[1]]
        asked, first, joined = (
            original.head.options,
            run_outcome_of(original),
            run_outcome_of(parsed),
        )
        if asked is None or "values" not in asked.modes or first is None or joined is None:
            continue
        # A client that joins too late gets an `__error__`, as the run no longer exists.
        if first.error is not None or joined.error is not None:
            continue
        # The modes of the run affect how interrupts are shown.
        if first.interrupts or joined.interrupts:
            continue
        if not have_same_output(first, joined):
            report(
                f"the output of exchange {original.number}: {first}",
                str(joined),
                exchange=parsed.number,
            )


_RESUMED = (
    "observed on langgraph-api 0.16.7 (python/resumable-keep-join-mid), LangGraph.js 1.5.1 "
    "(join-stateless-zero), Aegra 0.11.0 (join-thread-first)"
)

RULES: tuple[AnyRule, ...] = (
    CrossExchangeRule(
        id="reconnect.resumed",
        level=Level.MUST,
        statement="A resumed stream repeats the events after the last event id, unchanged and "
        "in order, and no earlier ones.",
        source=f"{_RESUMED}; the SDKs resume a stream whose connection was lost",
        kinds=STREAMS,
        judge=_resumed,
    ),
    CrossExchangeRule(
        id="reconnect.complete",
        level=Level.SHOULD,
        statement="A resumed stream omits no event after the last event id, except `error` and "
        "the events of the mode `messages`.",
        source=f"{_RESUMED}; langgraph-api does not store those two (python/"
        "resumable-boom-updates-replay, python/resumable-messages-replay)",
        kinds=STREAMS,
        judge=_complete,
    ),
    CrossExchangeRule(
        id="reconnect.output",
        level=Level.SHOULD,
        statement="A client that joins a run before it ends gets the same output as the client "
        "that started it.",
        source="observed on langgraph-api 0.16.7 (python/inflight-join); the SDKs join a run if "
        "the connection of a wait is lost",
        kinds=RUNS | OUTPUTS,
        judge=_output,
    ),
)
"""The rules about resumed streams, then the rule about joined runs."""

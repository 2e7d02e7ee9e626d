"""Rules: promises about exchanges, each with the function that sees when one is not kept."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import End, Frame
from graphtape_contracts.finding import Finding, Level
from graphtape_contracts.json_value import Path
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.parsed_exchange import ParsedExchange

STREAMS = frozenset((Kind.STREAM, Kind.JOIN_STREAM))
RUNS = frozenset((Kind.STREAM, Kind.WAIT))
OUTPUTS = frozenset((Kind.WAIT, Kind.JOIN))

MOST_FINDINGS = 10
"""Of one rule in one exchange; the last of them says that there may be more."""


class Report:
    """What a rule tells its findings to."""

    def __init__(self, rule: "Rule", found: list[Finding]) -> None:
        """Collect the findings of *rule* in the list *found*."""
        self._rule = rule
        self._found = found
        self._count = 0

    def __call__(
        self,
        expected: str,
        got: str,
        *,
        at: Event | int | None = None,
        path: Path = (),
        exchange: int | None = None,
    ) -> None:
        """Report that *got* is not as *expected*, *at* an event or frame number and JSON path."""
        self._count += 1
        if self._count > MOST_FINDINGS:
            return
        if self._count == MOST_FINDINGS:
            got += " (further findings of this rule are not listed)"
        rule = self._rule
        frame = at.number if isinstance(at, Event) else at
        self._found.append(
            Finding(
                rule.id,
                rule.level,
                rule.statement,
                rule.source,
                expected,
                got,
                frame,
                path,
                exchange,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A promise: its identity, how much it binds, who keeps it and how that is known."""

    id: str
    """`family.name`: what people type, and what never changes."""
    level: Level
    statement: str
    """One sentence that says what holds."""
    source: str
    """Where it was observed, or which client breaks without it."""
    dialects: frozenset[Dialect] | None = None
    """Whose servers keep it; None for every server, unknown ones too."""
    kinds: frozenset[Kind] = frozenset(Kind)
    """The kinds of answers that it is made about."""

    def applies(self, head: ExchangeHead) -> bool:
        """Whether the promise is made about this *head*."""
        return head.kind in self.kinds and (self.dialects is None or head.dialect in self.dialects)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadRule(Rule):
    """Judges the head of an answer, as soon as it has come."""

    kinds: frozenset[Kind] = RUNS
    judge: Callable[[ExchangeHead, Report], None]


FrameWatch = Generator[None, Frame | End, None]
"""Is sent each frame of a stream, comments and torn ones too, then how the stream ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRule(Rule):
    """Judges the bytes of a stream, frame by frame."""

    kinds: frozenset[Kind] = STREAMS
    judge: Callable[[ExchangeHead, Report], FrameWatch]


EventWatch = Generator[None, Event | End, None]
"""Is sent each event of a stream, then how the stream ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRule(Rule):
    """Judges the events of a stream, one by one, in memory that does not grow with the stream."""

    kinds: frozenset[Kind] = STREAMS
    judge: Callable[[ExchangeHead, Report], EventWatch]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRule(Rule):
    """Judges the body of an answer that is no stream, when all of it has come."""

    kinds: frozenset[Kind] = OUTPUTS
    judge: Callable[[ExchangeHead, bytes, Report], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossExchangeRule(Rule):
    """Judges several exchanges together."""

    deterministic: bool = False
    """Whether it holds only where the same request gets the same answer every time."""
    judge: Callable[[Sequence[ParsedExchange], Report], None]


AnyRule = HeadRule | FrameRule | EventRule | BodyRule | CrossExchangeRule

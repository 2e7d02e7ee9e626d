"""Rules: statements about exchanges, each with the function that reports violations."""

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
"""The maximum number of findings of one rule in one exchange. The last says that there are more."""


class Report:
    """Collects the findings of one rule, at most `MOST_FINDINGS`."""

    def __init__(self, rule: "Rule", found: list[Finding]) -> None:
        """Append the findings of *rule* to the list *found*."""
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
        """Report a violation.

        *at* is the event or the number of the frame, *path* the place in its data, and *exchange*
        the number of the exchange if several are checked together.
        """
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
    """A statement about exchanges, with its level, its source, and the servers it holds for."""

    id: str
    """`family.name`, which never changes."""
    level: Level
    statement: str
    """The requirement, in one sentence."""
    source: str
    """Where it was observed, or which client breaks without it."""
    dialects: frozenset[Dialect] | None = None
    """The dialects that the rule holds for; None for every server, including unknown ones."""
    kinds: frozenset[Kind] = frozenset(Kind)
    """The kinds of exchanges that the rule checks."""

    def applies(self, head: ExchangeHead) -> bool:
        """Return whether the rule checks the exchange with this *head*."""
        return head.kind in self.kinds and (self.dialects is None or head.dialect in self.dialects)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadRule(Rule):
    """A rule about the head of a response."""

    kinds: frozenset[Kind] = RUNS
    judge: Callable[[ExchangeHead, Report], None]


FrameWatch = Generator[None, Frame | End, None]
"""A generator that receives each frame of a stream, comments and torn ones too, then the `End`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRule(Rule):
    """A rule about the bytes of a stream, checked frame by frame."""

    kinds: frozenset[Kind] = STREAMS
    judge: Callable[[ExchangeHead, Report], FrameWatch]


EventWatch = Generator[None, Event | End, None]
"""A generator that receives each event of a stream, then the `End`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRule(Rule):
    """A rule about the events of a stream; its memory must not grow with the stream."""

    kinds: frozenset[Kind] = STREAMS
    judge: Callable[[ExchangeHead, Report], EventWatch]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRule(Rule):
    """A rule about a complete body that is not a stream."""

    kinds: frozenset[Kind] = OUTPUTS
    judge: Callable[[ExchangeHead, bytes, Report], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossExchangeRule(Rule):
    """A rule about several exchanges with one deployment."""

    deterministic: bool = False
    """Whether the rule holds only if the same request always gets the same response."""
    judge: Callable[[Sequence[ParsedExchange], Report], None]


AnyRule = HeadRule | FrameRule | EventRule | BodyRule | CrossExchangeRule

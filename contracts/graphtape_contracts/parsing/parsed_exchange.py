"""A whole exchange, parsed for the rules that compare several exchanges."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphtape_contracts.exchange import Exchange
from graphtape_contracts.parsing.event import Event, event_of, parse
from graphtape_contracts.parsing.exchange_head import ExchangeHead


@dataclass(frozen=True)
class ParsedExchange:
    """One of several exchanges that are checked together."""

    number: int
    """The number of this exchange among them, from 1."""
    exchange: Exchange
    head: ExchangeHead

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The events of a stream; empty if the response is not a stream."""
        if not self.exchange.is_stream:
            return ()
        read = (event_of(frame, n) for n, frame in enumerate(self.exchange.frames, 1))
        return tuple(event for event in read if event is not None)

    @cached_property
    def output(self) -> Any:
        """The JSON value of the body of a response that is not a stream."""
        return parse(self.exchange.body)

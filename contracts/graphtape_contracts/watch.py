"""Adapters that make the `judge` of a rule from a function that checks one block or event."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from graphtape_contracts.exchange import Frame
from graphtape_contracts.json_value import Path
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead
from graphtape_contracts.rule import EventWatch, FrameWatch, Report


class Violation(NamedTuple):
    """An expected and an actual value that differ, with their *path* in the data."""

    expected: str
    got: str
    path: Path = ()


def each_block(
    violations_in: Callable[[ExchangeHead, Frame], Iterator[Violation]],
) -> Callable[[ExchangeHead, Report], FrameWatch]:
    """Return the `judge` of a rule that checks each block, except a torn one, with *violations_in*.

    It reports every violation that *violations_in* yields.
    """

    def watch(head: ExchangeHead, report: Report) -> FrameWatch:
        number = 0
        while isinstance(frame := (yield), Frame):
            number += 1
            if not frame.torn:
                for violation in violations_in(head, frame):
                    report(violation.expected, violation.got, at=number, path=violation.path)

    return watch


def each_event(
    violations_in: Callable[[ExchangeHead, Event], Iterator[Violation]],
) -> Callable[[ExchangeHead, Report], EventWatch]:
    """Return the `judge` of a rule that checks each event with *violations_in*.

    It reports every violation that *violations_in* yields.
    """

    def watch(head: ExchangeHead, report: Report) -> EventWatch:
        while isinstance(event := (yield), Event):
            for violation in violations_in(head, event):
                report(violation.expected, violation.got, at=event, path=violation.path)

    return watch

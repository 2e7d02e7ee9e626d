"""Watches that check each block or event by itself, without memory."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from graphtape_contracts.exchange import Frame
from graphtape_contracts.json_value import Path
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead
from graphtape_contracts.rule import EventWatch, FrameWatch, Report


class Violation(NamedTuple):
    """Something that is not as expected."""

    expected: str
    got: str
    path: Path = ()


def each_block(
    see: Callable[[ExchangeHead, Frame], Iterator[Violation]],
) -> Callable[[ExchangeHead, Report], FrameWatch]:
    """Return a watch that reports what *see* sees in each block; a torn one it is not shown."""

    def watch(head: ExchangeHead, report: Report) -> FrameWatch:
        number = 0
        while isinstance(frame := (yield), Frame):
            number += 1
            if not frame.torn:
                for seen in see(head, frame):
                    report(seen.expected, seen.got, at=number, path=seen.path)

    return watch


def each_event(
    see: Callable[[ExchangeHead, Event], Iterator[Violation]],
) -> Callable[[ExchangeHead, Report], EventWatch]:
    """Return a watch that reports what *see* sees in each event."""

    def watch(head: ExchangeHead, report: Report) -> EventWatch:
        while isinstance(event := (yield), Event):
            for seen in see(head, event):
                report(seen.expected, seen.got, at=event, path=seen.path)

    return watch

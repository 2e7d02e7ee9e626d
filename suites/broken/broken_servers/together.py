"""Servers that get runs mixed up, or lose some, when they are made at the same time."""

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from broken_servers.answering import Change, exchange_with, read_request, send_exchange
from broken_servers.changes import cut, is_run
from broken_servers.failures import text_answer
from broken_servers.server import Breaking, BrokenServer
from graphtape_contracts import Exchange, Frame

_TOGETHER = 0.5
"""Seconds in which runs are made at the same time."""
ALONE = ("-k", "concurrency")
"""As each run takes that long, nothing else is tried."""
Mix = Callable[[list[Exchange]], list[Exchange]]


def mixed(mix: Mix) -> Breaking:
    """Answer runs that are made at the same time with what *mix* makes of their answers."""

    def breaking(app: ASGIApp) -> ASGIApp:
        together: list[Exchange] = []

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            request = await read_request(scope, receive)
            exchange = await exchange_with(app, scope, receive, request)
            if not is_run(exchange):
                await send_exchange(exchange, send)
                return
            together.append(exchange)
            await asyncio.sleep(_TOGETHER)
            company = [*together]
            place = company.index(exchange)
            await send_exchange(mix(company)[place], send)
            together.remove(exchange)

        return answer

    return breaking


def _next(answers: list[Exchange]) -> list[Exchange]:
    """Give each the answer to the next."""
    return [*answers[1:], *answers[:1]]


def _an_event_of_the_next(answers: list[Exchange]) -> list[Exchange]:
    return [
        Exchange(one.request, one.response, (*one.frames, *_chunks(other)))
        for one, other in zip(answers, _next(answers), strict=True)
    ]


def _chunks(exchange: Exchange) -> tuple[Frame, ...]:
    return tuple(frame for frame in exchange.frames if frame.event == "messages")[:1]


def _not_the_last(change: Change) -> Mix:
    """Change the answers to all but the one that came last."""
    return lambda answers: [*map(change, answers[:-1]), *answers[-1:]]


SERVERS = [
    BrokenServer(
        "concurrency.not-mixed-up",
        "runs get the answers of each other",
        mixed(_next),
        options=ALONE,
    ),
    BrokenServer(
        "concurrency.not-mixed-up",
        "an event of another run slips into a stream",
        mixed(_an_event_of_the_next),
        options=ALONE,
    ),
    BrokenServer(
        "concurrency.all-answered",
        "runs are turned away while another is made",
        mixed(_not_the_last(text_answer(500, "busy"))),
        options=ALONE,
    ),
    BrokenServer(
        "concurrency.all-answered",
        "runs are broken off when another comes",
        mixed(_not_the_last(cut(0.5))),
        options=ALONE,
    ),
]

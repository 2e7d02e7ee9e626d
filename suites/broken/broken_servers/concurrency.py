"""Servers that mix up or lose concurrent runs."""

import asyncio
from collections.abc import Callable

from editing import Change
from starlette.types import ASGIApp, Receive, Scope, Send

from broken_servers.changes import cut, is_run
from broken_servers.failures import text_answer
from broken_servers.response_change import exchange_with, read_request, send_exchange
from broken_servers.server import AppChange, BrokenServer
from graphtape_contracts import Exchange, Frame

_TOGETHER = 0.5
"""The delay of each response, in seconds, which makes runs overlap."""
ALONE = ("-k", "concurrency")
"""Pytest options that run only the suite of concurrency, because each run is delayed."""
Mix = Callable[[list[Exchange]], list[Exchange]]
"""Takes the exchanges of concurrent runs; returns the exchanges to send instead."""


def mixed(mix: Mix) -> AppChange:
    """Return a change that collects the exchanges of concurrent runs and applies *mix* to them.

    Each run gets the response at its own place in the result of *mix*.
    """

    def change_app(app: ASGIApp) -> ASGIApp:
        together: list[Exchange] = []

        async def respond(scope: Scope, receive: Receive, send: Send) -> None:
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

        return respond

    return change_app


def _next(answers: list[Exchange]) -> list[Exchange]:
    """Give each run the response to the next run."""
    return [*answers[1:], *answers[:1]]


def _an_event_of_the_next(answers: list[Exchange]) -> list[Exchange]:
    return [
        Exchange(one.request, one.response, (*one.frames, *_chunks(other)))
        for one, other in zip(answers, _next(answers), strict=True)
    ]


def _chunks(exchange: Exchange) -> tuple[Frame, ...]:
    return tuple(frame for frame in exchange.frames if frame.event == "messages")[:1]


def _not_the_last(change: Change) -> Mix:
    """Return a mix that applies *change* to the exchanges of all concurrent runs but the last."""
    return lambda answers: [*map(change, answers[:-1]), *answers[-1:]]


SERVERS = [
    BrokenServer(
        "concurrency.not-mixed-up",
        "concurrent runs get each other's responses",
        mixed(_next),
        options=ALONE,
    ),
    BrokenServer(
        "concurrency.not-mixed-up",
        "a stream contains an event of another run",
        mixed(_an_event_of_the_next),
        options=ALONE,
    ),
    BrokenServer(
        "concurrency.all-answered",
        "runs are refused during another run",
        mixed(_not_the_last(text_answer(500, "busy"))),
        options=ALONE,
    ),
    BrokenServer(
        "concurrency.all-answered",
        "runs are cut off when another starts",
        mixed(_not_the_last(cut(0.5))),
        options=ALONE,
    ),
]

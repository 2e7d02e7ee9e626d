"""Outputs of runs that were waited for: not JSON, not the state, not the same as the stream."""

from itertools import count
from typing import Any

from starlette.types import ASGIApp

from broken_servers.answering import answering
from broken_servers.changes import asked, body, drop, modes_asked, nth, runs, value, waits, when
from broken_servers.failures import text_answer
from broken_servers.server import BrokenServer

FAILING = ("failing", "tools")
INTERRUPT = ("interrupt",)
STATE = {"messages": [{"type": "human", "content": "of another run", "id": "1"}]}


def _error_swallowed(output: Any) -> Any:
    return {} if "__error__" in output else output


def every_other_refused(app: ASGIApp) -> ASGIApp:
    """Refuse every other run."""
    counted = count()
    refused = text_answer(409, "busy")
    return answering(runs(lambda e: refused(e) if next(counted) % 2 else e))(app)


SERVERS = [
    BrokenServer(
        "wait.one-value",
        "the output is an event stream in all but name",
        answering(waits(body(lambda all_: b"data: " + all_ + b"\n\n"))),
    ),
    BrokenServer(
        "wait.one-value",
        "the output is sent twice",
        answering(waits(body(lambda all_: all_ + all_))),
    ),
    BrokenServer("wait.one-value", "the output is empty", answering(waits(body(b"")))),
    BrokenServer(
        "wait.nothing-after",
        "a line feed follows the output",
        answering(waits(body(lambda all_: all_ + b"\n"))),
    ),
    BrokenServer(
        "wait.keep-alive",
        "spaces keep the connection alive",
        answering(waits(body(lambda all_: b"   " + all_))),
    ),
    BrokenServer(
        "wait.error",
        "the error of a run has no message",
        answering(waits(value(lambda o: {"__error__": {"error": "E"}} if "__error__" in o else o))),
    ),
    BrokenServer(
        "wait.interrupts",
        "interrupts in the output have no id",
        answering(waits(value(lambda o: o | {"__interrupt__": [{"value": 1}]}))),
        INTERRUPT,
    ),
    BrokenServer(
        "wait.without-values",
        "the state is put out though values were not asked for",
        answering(
            waits(when(lambda e: asked(e).get("stream_mode") == "updates", value(lambda _: STATE)))
        ),
    ),
    BrokenServer(
        "consistency.output",
        "the output is that of the first step",
        answering(waits(value(lambda o: {k: v[:1] for k, v in o.items()}))),
        ("agent",),
    ),
    BrokenServer(
        "consistency.output", "the output is always empty", answering(waits(value(lambda _: {})))
    ),
    BrokenServer(
        "consistency.modes",
        "the first values are not shown beside other modes",
        answering(when(lambda e: len(modes_asked(e)) == 2, nth("values", 0, drop))),
    ),
    BrokenServer("consistency.status", "every other run is refused", every_other_refused),
    BrokenServer(
        "errors.stream-and-wait-agree",
        "waits swallow the error of a run",
        answering(waits(value(_error_swallowed))),
        FAILING,
        profile="standard",
    ),
    BrokenServer(
        "consistency.same-shape",
        "the output has a field less than the values",
        answering(waits(value(lambda _: {}))),
        options=(),
    ),
]

"""Waits with a wrong output, such as invalid JSON, or an output that differs from the stream."""

from itertools import count
from typing import Any

from editing import with_body, with_output
from starlette.types import ASGIApp

from broken_servers.changes import asked, drop, modes_asked, nth, runs, waits, when
from broken_servers.failures import text_answer
from broken_servers.response_change import ResponseChange
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
    return ResponseChange(runs(lambda e: refused(e) if next(counted) % 2 else e))(app)


SERVERS = [
    BrokenServer(
        "wait.one-value",
        "the output is an event stream",
        ResponseChange(waits(with_body(lambda all_: b"data: " + all_ + b"\n\n"))),
    ),
    BrokenServer(
        "wait.one-value",
        "the output is sent twice",
        ResponseChange(waits(with_body(lambda all_: all_ + all_))),
    ),
    BrokenServer("wait.one-value", "the output is empty", ResponseChange(waits(with_body(b"")))),
    BrokenServer(
        "wait.nothing-after",
        "a line feed follows the output",
        ResponseChange(waits(with_body(lambda all_: all_ + b"\n"))),
    ),
    BrokenServer(
        "wait.keep-alive",
        "spaces keep the connection alive",
        ResponseChange(waits(with_body(lambda all_: b"   " + all_))),
    ),
    BrokenServer(
        "wait.error",
        "the error of a run has no message",
        ResponseChange(
            waits(with_output(lambda o: {"__error__": {"error": "E"}} if "__error__" in o else o))
        ),
    ),
    BrokenServer(
        "wait.interrupts",
        "interrupts in the output have no id",
        ResponseChange(waits(with_output(lambda o: o | {"__interrupt__": [{"value": 1}]}))),
        INTERRUPT,
    ),
    BrokenServer(
        "wait.without-values",
        "the output is the state though values were not requested",
        ResponseChange(
            waits(
                when(
                    lambda e: asked(e).get("stream_mode") == "updates", with_output(lambda _: STATE)
                )
            )
        ),
    ),
    BrokenServer(
        "consistency.output",
        "the output is that of the first step",
        ResponseChange(waits(with_output(lambda o: {k: v[:1] for k, v in o.items()}))),
        ("agent",),
    ),
    BrokenServer(
        "consistency.output",
        "the output is always empty",
        ResponseChange(waits(with_output(lambda _: {}))),
    ),
    BrokenServer(
        "consistency.modes",
        "the first values are missing if other modes are requested",
        ResponseChange(when(lambda e: len(modes_asked(e)) == 2, nth("values", 0, drop))),
    ),
    BrokenServer("consistency.status", "every other run is refused", every_other_refused),
    BrokenServer(
        "errors.stream-and-wait-agree",
        "waits swallow the error of a run",
        ResponseChange(waits(with_output(_error_swallowed))),
        FAILING,
        profile="standard",
    ),
    BrokenServer(
        "consistency.same-shape",
        "the output lacks a field of the values",
        ResponseChange(waits(with_output(lambda _: {}))),
        options=(),
    ),
]

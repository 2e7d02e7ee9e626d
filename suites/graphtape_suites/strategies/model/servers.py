"""Models servers of each dialect: their response headers, event ids and last events."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, TypeAlias

from hypothesis import strategies as st

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import Frame, Headers, Request, Response
from graphtape_suites.strategies.framings import COMPACT, PRETTY, SPACED, Framing, Style, framings
from graphtape_suites.strategies.model.run_view import NamedEvent
from graphtape_suites.strategies.model.simulated_run import SimulatedRun

DialectChoice: TypeAlias = Dialect | Literal["unknown", "any"]
"""A dialect, `unknown` for a server of no known dialect, or `any` for one of these at random."""

_DATE = ("date", "Sun, 22 Nov 2026 07:14:13 GMT")
_HEARTBEAT_SECONDS = 5.0


@dataclass(frozen=True)
class ServerBehavior:
    """The properties that differ between servers."""

    dialect: Dialect | None
    framing: Framing
    output_style: Style
    completes: bool = False
    """Whether the server repeats a streamed message in full at its end (LangGraph.js)."""
    numbers: Literal["never", "resumable", "always"] = "resumable"
    """The streams whose events have ids."""
    ends: bool = False
    """Whether an unknown server sends a last event `end`, as Aegra does."""
    adds: bool = False
    """Whether an unknown server sends unknown events and keys."""

    @property
    def keeps_checkpoints(self) -> bool:
        """Whether stateless runs have checkpoints, even if their thread is not kept."""
        return self.dialect is Dialect.AEGRA

    def shows_whole_state(self, modes: Collection[str]) -> bool:
        """Return whether `values` and `updates` show more of the state than the graph's output.

        True for LangGraph.js; for langgraph-api 0.16.7 and Aegra if *modes* include `events`.
        """
        return self.dialect is Dialect.JAVASCRIPT or "events" in modes

    def stream_head(self, run: SimulatedRun, request: Request, *, joined: bool = False) -> Response:
        """Return status and headers of a stream; *joined* if another request started the run."""
        here = f"/runs/{run.run_id}"
        there = f"/threads/{run.thread_id}{here}"
        path = there if joined or self.dialect is Dialect.AEGRA else here
        headers: Headers
        match self.dialect:
            case Dialect.PYTHON:
                headers = (
                    _DATE,
                    ("server", "uvicorn"),
                    ("location", f"{path}/stream"),
                    ("content-location", path),
                    ("cache-control", "no-store"),
                    ("connection", "keep-alive"),
                    ("x-accel-buffering", "no"),
                    ("content-type", "text/event-stream; charset=utf-8"),
                )
            case Dialect.JAVASCRIPT:
                headers = (
                    *_JAVASCRIPT_CORS,
                    ("cache-control", "no-cache"),
                    ("connection", "keep-alive"),
                    *([] if joined else [("content-location", here)]),
                    ("content-type", "text/event-stream"),
                )
            case Dialect.AEGRA:
                headers = (
                    _DATE,
                    ("server", "uvicorn"),
                    ("cache-control", "no-cache"),
                    ("content-type", "text/event-stream"),
                    ("x-accel-buffering", "no"),
                    ("access-control-allow-origin", "*"),
                    ("access-control-allow-headers", "Last-Event-ID"),
                    ("location", f"{path}/stream"),
                    ("content-location", path),
                    ("x-request-id", run.thread_id.replace("-", "")),
                )
            case _:
                headers = (
                    ("content-type", "text/event-stream"),
                    ("content-location", path),
                    ("cache-control", "no-store"),
                )
        return self._answer(200, headers, request)

    def wait_head(self, run: SimulatedRun, request: Request) -> Response:
        """Return status and headers of a wait."""
        here = f"/runs/{run.run_id}"
        there = f"/threads/{run.thread_id}{here}"
        headers: Headers
        match self.dialect:
            case Dialect.JAVASCRIPT:
                headers = (
                    *_JAVASCRIPT_CORS,
                    ("content-location", here),
                    ("content-type", "text/plain; charset=UTF-8"),
                )
            case Dialect.PYTHON | Dialect.AEGRA:
                headers = (
                    _DATE,
                    ("server", "uvicorn"),
                    ("location", f"{there}/join"),
                    ("content-location", there),
                    ("content-type", "application/json"),
                )
            case _:
                headers = (("content-type", "application/json"), ("content-location", there))
        if self.dialect is Dialect.AEGRA:
            headers = (*headers, ("x-request-id", run.thread_id.replace("-", "")))
        return self._answer(200, headers, request)

    def refusal_head(self, status: int, media_type: str, length: int, request: Request) -> Response:
        """Return status and headers of an error response."""
        lead: Headers = ((_DATE), ("server", "uvicorn"))
        if self.dialect is Dialect.JAVASCRIPT:
            lead = _JAVASCRIPT_CORS
        if self.dialect is None:
            lead = ()
        headers = (*lead, ("content-length", str(length)), ("content-type", media_type))
        if self.dialect is Dialect.AEGRA:
            headers = (*headers, ("x-request-id", "cd169ea301a64d95aac59cd12fcf3517"))
        if status == 405:
            headers = (*headers, ("allow", "POST"))
        return self._answer(status, headers, request, chunked=False)

    def _answer(
        self, status: int, headers: Headers, request: Request, *, chunked: bool = True
    ) -> Response:
        names = [name for name, _ in headers]
        if ("origin" in dict(request.headers)) and self.dialect is not Dialect.JAVASCRIPT:
            allowed = [("access-control-allow-origin", "*")]
            added = [] if "access-control-allow-origin" in names else allowed
            headers = (*headers, *added, ("access-control-expose-headers", _EXPOSED[self.dialect]))
        if self.dialect in (Dialect.PYTHON, Dialect.AEGRA):
            headers = (*headers, ("vary", "Origin"))
        coding = (("transfer-encoding", "chunked"),) if chunked else ()
        return Response(status, (*headers, *coding))

    def ids(
        self, count: int, run: SimulatedRun, *, resumable: bool, chance: random.Random
    ) -> list[str | None]:
        """Return the ids of the events of a stream.

        langgraph-api 0.16.7 gives all events of a millisecond the same id, so a client that resumes
        there loses events. That is a defect, so the ids here are unique.
        """
        if self.dialect is Dialect.AEGRA:
            return [f"{run.run_id}_event_{n}" for n in range(1, count + 1)]
        if self.numbers == "never" or (self.numbers == "resumable" and not resumable):
            return [None] * count
        if self.dialect is None:
            return [chance.choice((str(n), f"id {n}: \u2028")) for n in range(count)]
        time = 1795330675078
        made: list[str | None] = []
        for _ in range(count):
            time += chance.choice((1, 1, 2, 40))
            made.append(f"{time}-0")
        return made

    def additions(self, events: Sequence[NamedEvent], chance: random.Random) -> list[NamedEvent]:
        """Return *events* with the extra events and keys of an unknown server."""
        changed = list(events)
        if self.adds and changed and changed[0][0] == "metadata":
            name, data = changed[0]
            changed[0] = (name, data | {"region": "eu"})
            changed.insert(1, ("telemetry", {"took": chance.random()}))
        if self.ends:
            changed.append(("end", chance.choice((None, {"status": "success"}))))
        return changed


_JAVASCRIPT_CORS: Headers = (
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "content-location,x-pagination-total"),
)
_EXPOSED = {
    Dialect.PYTHON: "x-pagination-total, x-pagination-next, content-location",
    Dialect.AEGRA: "Content-Location, Location",
    None: "content-location",
}


@cache
@st.composite
def servers(draw: st.DrawFn, choice: DialectChoice = "any") -> ServerBehavior:
    """Draw a server of the dialect *choice*, which may be `unknown` or `any`."""
    if choice == "any":
        choice = draw(st.sampled_from((*Dialect, "unknown")))
    dialect = None if choice == "unknown" else Dialect(choice)
    framing = draw(framings(dialect))
    match dialect:
        case Dialect.PYTHON:
            return ServerBehavior(dialect, framing, COMPACT)
        case Dialect.JAVASCRIPT:
            style = PRETTY if framing.style is PRETTY else COMPACT
            return ServerBehavior(
                dialect, framing, style, completes=draw(st.booleans()), numbers="never"
            )
        case Dialect.AEGRA:
            return ServerBehavior(dialect, framing, SPACED, numbers="always")
        case _:
            return ServerBehavior(
                None,
                framing,
                draw(st.sampled_from((COMPACT, PRETTY, SPACED))),
                numbers=draw(st.sampled_from(("never", "resumable", "always"))),
                ends=draw(st.booleans()),
                adds=draw(st.booleans()),
            )


def timed(frames: Sequence[Frame], chance: random.Random) -> tuple[Frame, ...]:
    """Return *frames* with arrival times; heartbeats arrive at multiples of five seconds."""
    at = 0.01
    stamped: list[Frame] = []
    for frame in frames:
        if frame.event is None and frame.comment is not None:
            at = (at // _HEARTBEAT_SECONDS + 1) * _HEARTBEAT_SECONDS
        else:
            at += chance.choice((0.0, 0.001, 0.02))
        stamped.append(replace(frame, at=at))
    return tuple(stamped)

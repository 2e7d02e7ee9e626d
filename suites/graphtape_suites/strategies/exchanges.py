"""Strategies for legal exchanges: each is a run request with a legal response of some dialect."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from hypothesis import strategies as st

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import Exchange, Frame, Request
from graphtape_contracts.parsing.exchange_head import StreamOptions, stream_options
from graphtape_suites.strategies.framings import chunkings, frames_of
from graphtape_suites.strategies.graph_models import run_models
from graphtape_suites.strategies.model.graph_model import RunModel
from graphtape_suites.strategies.model.run_view import NamedEvent, RunView
from graphtape_suites.strategies.model.servers import DialectChoice, ServerBehavior, servers, timed
from graphtape_suites.strategies.model.simulated_run import SimulatedRun
from graphtape_suites.strategies.requests import join_request, run_requests, stream_modes

_LIVE_ONLY = ("error", "messages/metadata", "messages/partial", "messages/complete")
"""Events that langgraph-api 0.16.7 does not send to clients that join later."""


@dataclass(frozen=True)
class SimulatedServer:
    """A server and the model of a run on it. Related exchanges share both."""

    server: ServerBehavior
    model: RunModel

    def run(self, request: Request, seed: int) -> SimulatedRun:
        """Simulate the run of *request*. The same seed gives the same run."""
        options = stream_options(request)
        keeps_thread = options is not None and options.keeps_thread
        return SimulatedRun(
            self.model,
            seed,
            checkpoints=keeps_thread or self.server.keeps_checkpoints,
            whole=self.server.shows_whole_state(options.modes if options else ()),
        )

    def view(self, options: StreamOptions) -> RunView:
        """Return the view for a request with these options."""
        server = self.server
        return RunView(options.modes, options.subgraphs, server.dialect, server.completes)


@cache
@st.composite
def simulated_servers(
    draw: st.DrawFn, choice: DialectChoice = "any", *, deterministic: bool = False
) -> SimulatedServer:
    """Draw a server, and the model of a run that it supports.

    If *deterministic*, all runs of the model have the same events.
    """
    server = draw(servers(choice))
    known = server.dialect is not None
    asks = server.dialect is not Dialect.JAVASCRIPT
    retries = server.dialect in (None, Dialect.PYTHON)
    drawn = run_models(
        asks=asks,
        retries=retries,
        marked=known or draw(st.booleans()),
        deterministic=deterministic,
    )
    return SimulatedServer(server, draw(drawn))


@st.composite
def streams(
    draw: st.DrawFn,
    dialect: DialectChoice = "any",
    *,
    modes: Sequence[str] | None = None,
    subgraphs: bool | None = None,
) -> Exchange:
    """Draw an exchange of `POST /runs/stream`; *dialect* may be `unknown` or `any`.

    *modes* are the stream modes of the request and *subgraphs* its `stream_subgraphs`; both are
    drawn if not given. Requests to LangGraph.js never combine `values` and subgraphs.
    """
    simulated = draw(simulated_servers(dialect))
    request = draw(run_requests(modes=modes, subgraphs=subgraphs, dialect=simulated.server.dialect))
    return _streamed(draw, simulated, request, draw(_seeds()))


@st.composite
def waits(draw: st.DrawFn, dialect: DialectChoice = "any") -> Exchange:
    """Draw an exchange of `POST /runs/wait`."""
    simulated = draw(simulated_servers(dialect))
    request = draw(run_requests("/runs/wait", dialect=simulated.server.dialect))
    return _waited(draw, simulated, request, draw(_seeds()))


@st.composite
def joins(draw: st.DrawFn, dialect: DialectChoice = "any") -> list[Exchange]:
    """Draw two exchanges: a resumable stream, and a `GET .../stream` that resumes it."""
    simulated = draw(simulated_servers(dialect))
    request = draw(run_requests(dialect=simulated.server.dialect))
    request = _with_fields(request, stream_resumable=True)
    seed = draw(_seeds())
    return [_streamed(draw, simulated, request, seed), _joined(draw, simulated, request, seed)]


@st.composite
def same_run_variants(draw: st.DrawFn, dialect: DialectChoice = "any") -> list[Exchange]:
    """Draw exchanges that request the same run with different options.

    The list has two streams of one request with several modes, a stream of each of these modes
    alone, a stream with the events of subgraphs, and a wait. Each exchange has its own ids, times
    and order of parallel events.
    """
    simulated = draw(simulated_servers(dialect, deterministic=True))
    modes = draw(stream_modes())[:4]
    request = draw(run_requests(modes=modes, subgraphs=False, dialect=simulated.server.dialect))
    nested = simulated.server.dialect is not Dialect.JAVASCRIPT or "values" not in modes
    requests = [
        request,
        request,
        *(_with_fields(request, stream_mode=[mode]) for mode in modes),
        *([_with_fields(request, stream_subgraphs=True)] if nested else []),
    ]
    wait = Request("POST", "/runs/wait", request.headers, request.body)
    seed = draw(_seeds())
    return [
        *(_streamed(draw, simulated, each, seed + n) for n, each in enumerate(requests, 1)),
        _waited(draw, simulated, wait, seed),
    ]


def _seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 2**32)


def _with_fields(request: Request, **fields: Any) -> Request:
    body = orjson.dumps(orjson.loads(request.body) | fields)
    return Request(request.method, request.path, request.headers, body)


def _options(request: Request) -> StreamOptions:
    options = stream_options(request)
    assert options is not None
    return options


def _streamed(draw: st.DrawFn, simulated: SimulatedServer, request: Request, seed: int) -> Exchange:
    run = simulated.run(request, seed)
    chance = random.Random(seed)
    events = _numbered(simulated, request, run, chance)
    head = simulated.server.stream_head(run, request)
    return Exchange(request, head, _framed(draw, simulated.server, events, chance))


def _numbered(
    simulated: SimulatedServer, request: Request, run: SimulatedRun, chance: random.Random
) -> list[tuple[NamedEvent, str | None]]:
    options = _options(request)
    events = simulated.server.additions(simulated.view(options).events(run), chance)
    ids = simulated.server.ids(len(events), run, resumable=options.resumable, chance=chance)
    return list(zip(events, ids, strict=True))


def _framed(
    draw: st.DrawFn,
    server: ServerBehavior,
    events: Sequence[tuple[NamedEvent, str | None]],
    chance: random.Random,
) -> tuple[Frame, ...]:
    heartbeat = server.framing.heartbeat
    often = chance.choice((0.0, 0.05, 0.4))
    blocks: list[bytes] = []
    for event, id_ in events:
        if heartbeat and chance.random() < often:
            blocks.append(heartbeat.encode())
        blocks.append(server.framing.write(event, id_))
    return timed(frames_of(draw(chunkings(b"".join(blocks)))), chance)


def _waited(draw: st.DrawFn, simulated: SimulatedServer, request: Request, seed: int) -> Exchange:
    run = simulated.run(request, seed)
    server = simulated.server
    output = server.output_style.write(simulated.view(_options(request)).output(run)).encode()
    lead = b"\n" * draw(st.integers(0, 3))
    pieces = [*(lead[n : n + 1] for n in range(len(lead))), *draw(chunkings(output))]
    frames = tuple(Frame(5.0 * n, piece) for n, piece in enumerate(pieces, 1))
    return Exchange(request, server.wait_head(run, request), frames)


def _joined(draw: st.DrawFn, simulated: SimulatedServer, request: Request, seed: int) -> Exchange:
    run = simulated.run(request, seed)
    chance = random.Random(seed)
    events = _numbered(simulated, request, run, chance)
    server = simulated.server
    if server.dialect is Dialect.JAVASCRIPT:  # LangGraph.js sends ids only in joined streams.
        events = [(event, str(n)) for n, (event, _) in enumerate(events)]
    at = draw(st.integers(-1, len(events) - 1))
    last = events[at][1] if at >= 0 else None
    rest = events[at + 1 :]
    if server.dialect is Dialect.PYTHON:
        later = [(event, id_) for event, id_ in rest if at < 0 or str(id_) > str(last)]
        rest = [(event, id_) for event, id_ in later if event[0] not in _LIVE_ONLY]
    join = join_request(run.thread_id, run.run_id, last if at >= 0 else "-1")
    head = server.stream_head(run, join, joined=True)
    return Exchange(join, head, _framed(draw, server, rest, chance))

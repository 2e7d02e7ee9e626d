"""Streams with wrong heartbeats."""

from dataclasses import replace

from mutation import Change, Mutant, replaced

from graphtape_contracts import Exchange


def _timed(*times: float) -> Change:
    """Make a change that sets the arrival times of the frames, in order."""

    def apply(exchange: Exchange) -> Exchange:
        assert len(times) == len(exchange.frames)
        frames = zip(exchange.frames, times, strict=True)
        return replace(exchange, frames=tuple(replace(frame, at=at) for frame, at in frames))

    return apply


_SLOW = "python/slow-8-stream"
MUTANTS = [
    Mutant("heartbeats.silence", "a long silence", _SLOW, _timed(0.8, 0.9, 1.0, 18.0, 19.0, 20.0)),
    Mutant("heartbeats.early", "a heartbeat after 2 s", _SLOW, _timed(0.8, 0.9, 1, 2.0, 8.8, 8.9)),
    Mutant(
        "heartbeats.apart",
        "a heartbeat inside an event",
        _SLOW,
        replaced(b"event: values\r\n", b"event: values\r\n: heartbeat\r\n"),
    ),
    Mutant(
        "heartbeats.text",
        "a comment with another text",
        _SLOW,
        replaced(b": heartbeat", b": ping - 2026-11-22 06:58:10"),
    ),
    Mutant(
        "heartbeats.none",
        "a heartbeat from LangGraph.js",
        "javascript/slow-stream-8s",
        replaced(b"\n\n", b"\n\n: heartbeat\n\n"),
    ),
]

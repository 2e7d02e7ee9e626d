"""Heartbeats, which servers send every five seconds after the head while a run is silent.

Their number depends on the load of the server, so it is checked against the duration of the same
response, not against another response.
"""

from dataclasses import replace

from connection import Reply

EVERY = 5.0
_LATE = 2.0
"""Tolerance in seconds for a busy machine."""
_HEARTBEATS = (b": heartbeat\r\n\r\n", b"\n")
"""The chunk of a heartbeat in a stream, and in a wait."""


def without_heartbeats(reply: Reply) -> Reply:
    """Return *reply* as if it had come in no time."""
    kept = tuple(chunk for chunk in reply.chunks if chunk not in _HEARTBEATS)
    return replace(reply, chunks=kept, times=())


def irregularity(reply: Reply) -> str:
    """Describe how the heartbeats of *reply* do not fit its duration; empty if they do."""
    arrived = list(zip(reply.chunks, reply.times, strict=True))
    beats = [at for chunk, at in arrived if chunk in _HEARTBEATS]
    end = max(reply.times, default=0.0)
    late = [at - EVERY * number for number, at in enumerate(beats, 1)]
    next_due = EVERY * (len(beats) + 1)
    if end > next_due + _LATE or any(not -0.1 < seconds < _LATE for seconds in late):
        shown = ", ".join(f"{at:.1f}" for at in beats) or "none"
        return f"expected a heartbeat every {EVERY:.0f} s until {end:.1f} s, got them at: {shown}"
    return ""

"""Checks heartbeats, which servers send every five seconds while a run is silent.

The number of heartbeats depends on the load of the server. So it is compared with the duration of
the same response, not with another response.
"""

from dataclasses import replace

from connection import Reply

EVERY = 5.0
_LATE = 2.0
"""The tolerated delay of a heartbeat, in seconds, on a busy machine."""
_HEARTBEATS = (b": heartbeat\r\n\r\n", b"\n")
"""The chunks that are heartbeats: the first in a stream, the second in a wait."""


def without_heartbeats(reply: Reply) -> Reply:
    """Return *reply* without heartbeats and arrival times."""
    kept = tuple(chunk for chunk in reply.chunks if chunk not in _HEARTBEATS)
    return replace(reply, chunks=kept, times=())


def irregularity(reply: Reply) -> str:
    """Return an error text if heartbeats of *reply* are missing, early or late; else empty."""
    arrived = list(zip(reply.chunks, reply.times, strict=True))
    beats = [at for chunk, at in arrived if chunk in _HEARTBEATS]
    end = max(reply.times, default=0.0)
    late = [at - EVERY * number for number, at in enumerate(beats, 1)]
    next_due = EVERY * (len(beats) + 1)
    if end > next_due + _LATE or any(not -0.1 < seconds < _LATE for seconds in late):
        shown = ", ".join(f"{at:.1f}" for at in beats) or "none"
        return f"expected a heartbeat every {EVERY:.0f} s until {end:.1f} s, got them at: {shown}"
    return ""

"""Faults of the mock's responses, for `graphtape_mock.use("agent", fault=...)`.

    cut(after="updates")                 # the connection is reset after the first update
    cut(after_bytes=100, how="end")      # the response ends early, but looks complete
    status(503, retry_after=1)
    [latency(0.2), error_event(after=2)] # several, applied in order

`after` and similar arguments take the name of an event (its first occurrence, in any namespace), or
the number of an event, counted from 1. The body of a wait is event 1. The response header
`x-graphtape-fault` lists the applied faults.
"""

from graphtape_mock.replay.fault import BadFault, Fault
from graphtape_mock.replay.fault import BadUtf8 as bad_utf8
from graphtape_mock.replay.fault import Corrupt as corrupt
from graphtape_mock.replay.fault import Cut as cut
from graphtape_mock.replay.fault import Drop as drop
from graphtape_mock.replay.fault import Duplicate as duplicate
from graphtape_mock.replay.fault import ErrorEvent as error_event
from graphtape_mock.replay.fault import Latency as latency
from graphtape_mock.replay.fault import Reorder as reorder
from graphtape_mock.replay.fault import Stall as stall
from graphtape_mock.replay.fault import Status as status

__all__ = [
    "BadFault",
    "Fault",
    "bad_utf8",
    "corrupt",
    "cut",
    "drop",
    "duplicate",
    "error_event",
    "latency",
    "reorder",
    "stall",
    "status",
]

"""A strategy for fault plans. Hypothesis shrinks a plan to the mildest fault.

A plan is a list of faults in one response of the mock, for `graphtape_mock.use(fault=...)`.
"""

from hypothesis import strategies as st

from graphtape_mock.replay.fault import (
    BadUtf8,
    Corrupt,
    Cut,
    Drop,
    Duplicate,
    ErrorEvent,
    Fault,
    How,
    Latency,
    Reorder,
    Stall,
    Status,
)

_HOWS: tuple[How, ...] = ("end", "close", "half chunk", "reset")
_HEADLESS_HOWS: tuple[How, ...] = ("close", "reset")
_STATUSES = (429, 503, 502, 504, 500, 408, 401, 403, 404)
_SEEDS = st.integers(0, 2**16)


def fault_plans(
    *, events: int = 1, most_bytes: int = 1000, most_seconds: float = 0.05
) -> st.SearchStrategy[list[Fault]]:
    """Return a strategy for lists of up to two faults, to be applied to one response in order.

    A fault at an event is at one of the first *events* events, so the response needs at least that
    many. A fault at a byte is within the first *most_bytes* bytes. Delays and stalls last at most
    *most_seconds*.
    """
    seconds = st.floats(0, most_seconds)
    broken = st.one_of(_at_events(events), _cuts(events, most_bytes), _stalls(events, seconds))
    latency = st.lists(st.builds(Latency, seconds), max_size=1)
    # At most one fault changes the body: a second might need an event that the first removed.
    change = st.lists(broken | _refusals(), max_size=1)
    return st.tuples(latency, change).map(_in_order)


def _in_order(parts: tuple[list[Latency], list[Fault]]) -> list[Fault]:
    return [*parts[0], *parts[1]]


def _refusals() -> st.SearchStrategy[Fault]:
    retry_after = st.none() | st.sampled_from((0, 1))
    return st.builds(Status, st.sampled_from(_STATUSES), retry_after)


def _at_events(events: int) -> st.SearchStrategy[Fault]:
    place = st.integers(1, events)
    kinds: list[st.SearchStrategy[Fault]] = [
        st.builds(Duplicate, place),
        st.builds(Drop, place),
        st.builds(Corrupt, place, _SEEDS),
        st.builds(BadUtf8, place, _SEEDS),
        st.builds(ErrorEvent, st.integers(0, events)),
    ]
    if events > 1:
        kinds.append(st.builds(Reorder, st.integers(1, events - 1)))
    return st.one_of(kinds)


def _cuts(events: int, most_bytes: int) -> st.SearchStrategy[Fault]:
    how = st.sampled_from(_HOWS)
    return st.one_of(
        st.builds(Cut, after=st.integers(0, events), how=how),
        st.builds(Cut, after_bytes=st.integers(0, most_bytes), how=how),
        st.builds(Cut, how=st.sampled_from(_HEADLESS_HOWS)),
    )


def _stalls(events: int, seconds: st.SearchStrategy[float]) -> st.SearchStrategy[Fault]:
    return st.builds(Stall, st.integers(0, events), seconds)

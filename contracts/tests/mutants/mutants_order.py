"""Streams whose events are in a wrong order."""

from mutation import Mutant, doubled, swapped, with_data, with_frames, without

from graphtape_contracts import Frame, sse


def end_again(frames: list[Frame]) -> bytes:
    """Return a second `end` with a new id."""
    return sse.encode_event("end", '{"status":"success"}', f"{frames[-1].id}0", eol="\n")


def values_first(frames: list[Frame]) -> list[Frame]:
    """Move the first `values` to the place after `metadata`."""
    first = next(n for n, frame in enumerate(frames) if frame.event == "values")
    frames.insert(1, frames.pop(first))
    return frames


MUTANTS = [
    Mutant(
        "order.metadata-first",
        "values are the first event",
        "python/mode-agent-values",
        swapped(0, 1),
    ),
    Mutant(
        "order.metadata-once",
        "metadata is sent twice",
        "python/mode-agent-values",
        doubled("metadata"),
    ),
    Mutant(
        "order.metadata-once",
        "attempts are counted from 0",
        "javascript/stream-default",
        with_data("metadata", lambda data: data | {"attempt": 0}),
    ),
    Mutant("order.error-last", "the error is sent twice", "python/boom-updates", doubled("error")),
    Mutant(
        "order.end-last",
        "the end is sent twice",
        "aegra/stream-docs-updates",
        with_frames(lambda frames: [*frames, end_again(frames)]),
    ),
    Mutant("order.end-shown", "the end is missing", "aegra/stream-docs-updates", without("end")),
    Mutant(
        "order.no-end",
        "an end from a server that sends none",
        "javascript-1.5.1/stream-docs-updates",
        with_frames(lambda frames: [*frames, b'event: end\ndata: {"status":"success"}\n\n']),
    ),
    Mutant(
        "order.events-first",
        "values precede the first `events`",
        "python/full-tools-all9",
        with_frames(values_first),
    ),
]

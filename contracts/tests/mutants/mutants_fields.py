"""Blocks with wrong lines."""

from mutation import Mutant, replaced, with_body

from graphtape_contracts import Exchange

_VALUES = "python/mode-agent-values"


def _reversed(exchange: Exchange) -> Exchange:
    """Reverse the lines of the last event."""
    *before, last = exchange.frames
    lines = b"".join(reversed(last.raw.splitlines(keepends=True)[:-1]))
    return with_body(b"".join(frame.raw for frame in before) + lines + b"\n")(exchange)


MUTANTS = [
    Mutant(
        "fields.once",
        "an event has two names",
        _VALUES,
        replaced(b"event: values\r\n", b"event: values\r\nevent: values\r\n"),
    ),
    Mutant(
        "fields.once",
        "an event has two ids",
        "aegra/stream-mode-updates",
        replaced(b"\nid: ", b"\nid: 7\nid: "),
    ),
    Mutant(
        "fields.order",
        "the name comes after the data",
        "javascript-1.5.1/stream-custom",
        _reversed,
    ),
    Mutant(
        "fields.one-data-line",
        "two data lines",
        _VALUES,
        replaced(b'{"messages":', b'{"messages":\r\ndata: '),
        # There is white space where the lines are joined.
        also=frozenset({"framing.compact"}),
    ),
    Mutant("fields.space", "no space before the data", _VALUES, replaced(b"data: ", b"data:")),
    Mutant(
        "fields.space",
        "no space before the text of a heartbeat",
        "aegra/slow-stream-22s",
        replaced(b": heartbeat", b":heartbeat"),
    ),
    Mutant(
        "fields.no-retry", "a retry", _VALUES, replaced(b"\r\n\r\n", b"\r\nretry: 1000\r\n\r\n")
    ),
    Mutant(
        "fields.known", "an unknown field", _VALUES, replaced(b"\r\n\r\n", b"\r\ntime: 5\r\n\r\n")
    ),
]

"""Joined runs and resumed streams that differ from the original."""

from collections.abc import Callable
from dataclasses import replace

from mutation import Change, RelationMutant, doubled, with_body, with_data, without

from graphtape_contracts import Exchange, Request

_ORIGINAL = "python/resumable-keep"
_FROM_START = "python/resumable-keep-join-dash1"
_FROM_MIDDLE = "python/resumable-keep-join-mid"


def _last(change: Change) -> Callable[[list[Exchange]], list[Exchange]]:
    return lambda exchanges: [*exchanges[:-1], change(exchanges[-1])]


def _joined(exchange: Exchange) -> Exchange:
    """Return the exchange of a client that joins a run and gets its output."""
    location = exchange.response.header("location") or ""
    return replace(exchange, request=Request("GET", location))


MUTANTS = [
    RelationMutant(
        "reconnect.resumed",
        "an event before the last event id is repeated",
        (_ORIGINAL, _FROM_MIDDLE),
        lambda exchanges: [
            exchanges[0],
            with_body(exchanges[0].frames[1].raw + exchanges[1].body)(exchanges[1]),
        ],
    ),
    RelationMutant(
        "reconnect.resumed",
        "an event is repeated",
        (_ORIGINAL, _FROM_START),
        _last(doubled("updates")),
    ),
    RelationMutant(
        "reconnect.resumed",
        "the state is different",
        ("javascript-1.5.1/resume-stream", "javascript-1.5.1/join-stateless-zero"),
        _last(with_data("values", lambda data: data | {"more": 1})),
    ),
    RelationMutant(
        "reconnect.resumed",
        "a joined stream repeats events from before the cut",
        ("aegra/disconnect-default-plain", "aegra/disconnect-default-plain-then-join-thread"),
        lambda exchanges: [exchanges[0], with_body(exchanges[0].body)(exchanges[1])],
    ),
    RelationMutant(
        "reconnect.complete",
        "an event in the middle is missing",
        (_ORIGINAL, _FROM_START),
        _last(without("updates")),
    ),
    RelationMutant(
        "reconnect.complete",
        "the last event is missing",
        ("javascript-1.5.1/resume-stream", "javascript-1.5.1/join-stateless-minus1"),
        _last(without("values", -1)),
    ),
    RelationMutant(
        "reconnect.output",
        "a client that joins gets another state",
        ("python/wait-agent-default",),
        lambda exchanges: [exchanges[0], with_body(b'{"messages":[]}')(_joined(exchanges[0]))],
    ),
    RelationMutant(
        "reconnect.output",
        "a client that joins a streamed run gets an empty output",
        ("aegra/stream-default",),
        lambda exchanges: [
            exchanges[0],
            with_body(b"{}")(_output_of(exchanges[0])),
        ],
    ),
]


def _output_of(stream: Exchange) -> Exchange:
    location = stream.response.header("content-location")
    headers = (("content-type", "application/json"),)
    return replace(
        stream,
        request=Request("GET", f"{location}/join"),
        response=replace(stream.response, headers=headers),
    )

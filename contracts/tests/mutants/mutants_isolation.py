"""Runs with ids or data of other runs."""

from collections.abc import Callable

from mutation import Change, RelationMutant, with_body, with_header

from graphtape_contracts import Exchange

_RUN = "/runs/01a2020b-829e-7310-b70e-f7a23b32f635"


def _second(change: Callable[[Exchange, Exchange], Exchange]) -> Callable[..., list[Exchange]]:
    """Make a change that replaces the second of two exchanges with `change(first, second)`."""

    def apply(exchanges: list[Exchange]) -> list[Exchange]:
        first, second = exchanges
        return [first, change(first, second)]

    return apply


def _with_ids_of_first(*places: tuple[bytes, bytes]) -> Callable[..., list[Exchange]]:
    """Make a change that replaces ids in the second exchange with those of the first.

    Each of *places* has the bytes before an id and the bytes after it.
    """

    def change(first: Exchange, second: Exchange) -> Exchange:
        body = second.body
        for before, after in places:
            body = body.replace(_between(body, before, after), _between(first.body, before, after))
        return with_body(body)(second)

    return _second(change)


def _between(body: bytes, before: bytes, after: bytes) -> bytes:
    return body.partition(before)[2].partition(after)[0]


def _located(location: str) -> Change:
    return with_header("content-location", location)


MUTANTS = [
    RelationMutant(
        "isolation.run-ids",
        "two runs have the same id",
        ("python/wait-mode-values", "python/wait-mode-updates"),
        lambda exchanges: [_located(_RUN)(exchange) for exchange in exchanges],
    ),
    RelationMutant(
        "isolation.run-ids",
        "two runs have the same id in `metadata`",
        ("python/mode-agent-values", "python/mode-agent-updates"),
        lambda exchanges: [
            _located("/")(with_body(exchanges[0].body)(exchange)) for exchange in exchanges
        ],
        # The streams are of different modes; without them there is nothing to compare.
        also=frozenset(),
    ),
    RelationMutant(
        "isolation.thread-ids",
        "two runs have the same thread in their heads",
        ("aegra/wait-mode-values", "aegra/stream-mode-updates"),
        _second(
            lambda first, second: _located(
                f"/threads/{_header(first).split('/')[2]}/runs/{_header(second).split('/')[-1]}"
            )(second)
        ),
    ),
    RelationMutant(
        "isolation.thread-ids",
        "two runs have the same thread in their tuples",
        ("python/mode-agent-messages-tuple", "python/mode-tools-messages-tuple"),
        _with_ids_of_first((b'"thread_id":"', b'"')),
    ),
    RelationMutant(
        "isolation.thread-ids",
        "two runs have the same thread in `messages/metadata`",
        ("python/mode-agent-messages", "python/resumable-messages"),
        _with_ids_of_first((b'"thread_id":"', b'"')),
    ),
    RelationMutant(
        "isolation.message-ids",
        "a message of another run",
        ("python/wait-mode-values", "python/wait-agent-default"),
        _with_ids_of_first((b'"id":"lc_run--', b'"')),
    ),
    RelationMutant(
        "isolation.message-ids",
        "a message of another run in a stream",
        ("javascript-1.5.1/stream-mode-values", "javascript-1.5.1/stream-docs-updates"),
        _with_ids_of_first((b'"id":"run-', b'"')),
    ),
    RelationMutant(
        "isolation.task-ids",
        "a task of another run",
        ("python/mode-agent-tasks", "python/mode-tools-tasks"),
        _with_ids_of_first((b'event: tasks\r\ndata: {"id":"', b'"')),
    ),
    RelationMutant(
        "isolation.task-ids",
        "a task of another run in `debug`",
        ("python/mode-agent-debug", "python/mode-tools-debug"),
        _with_ids_of_first((b'"payload":{"id":"', b'"')),
    ),
    RelationMutant(
        "isolation.interrupt-ids",
        "an interrupt of another run",
        (
            "python/wait-interrupt-interrupting-values",
            "python/wait-interrupt-interrupting_sub-values",
        ),
        _with_ids_of_first((b'"id":"', b'"')),
    ),
]


def _header(exchange: Exchange) -> str:
    return exchange.response.header("content-location") or ""

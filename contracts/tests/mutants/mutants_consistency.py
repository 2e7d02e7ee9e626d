"""Repeated requests that get different responses."""

from collections.abc import Callable

from mutation import (
    Change,
    RelationMutant,
    doubled,
    with_body,
    with_data,
    with_output,
    with_status,
    without,
)

from graphtape_contracts import Exchange


def _last(change: Change) -> Callable[[list[Exchange]], list[Exchange]]:
    return lambda exchanges: [*exchanges[:-1], change(exchanges[-1])]


MUTANTS = [
    RelationMutant(
        "consistency.output",
        "the output lacks a message",
        ("python/mode-agent-values", "python/wait-mode-values"),
        _last(with_output(lambda output: {"messages": output["messages"][:1]})),
    ),
    RelationMutant(
        "consistency.output",
        "the output is empty",
        ("javascript-1.5.1/stream-default", "javascript-1.5.1/wait-mode-values"),
        _last(with_body(b"null")),
    ),
    RelationMutant(
        "consistency.output",
        "the interrupt is missing",
        ("aegra/stream-interrupt-values", "aegra/wait-interrupt"),
        _last(with_output(lambda output: {"steps": output["steps"]})),
    ),
    RelationMutant(
        "consistency.output",
        "one of two interrupts is missing",
        (
            "python/interrupt-interrupting_twice-values",
            "python/wait-interrupt-interrupting_twice-values",
        ),
        _last(with_output(lambda output: {"__interrupt__": output["__interrupt__"][:1]})),
    ),
    RelationMutant(
        "consistency.output",
        "the second output is different",
        ("python/wait-agent-default", "python/wait-mode-values"),
        _last(with_output(lambda output: output | {"visits": 2})),
    ),
    RelationMutant(
        "consistency.modes",
        "values are missing if updates are requested, too",
        ("python/mode-agent-values", "python/mode-agent-values+updates"),
        _last(without("values")),
    ),
    RelationMutant(
        "consistency.modes",
        "an update is sent twice if values are requested, too",
        ("python/mode-agent-updates", "python/mode-agent-values+updates"),
        _last(doubled("updates")),
    ),
    RelationMutant(
        "consistency.modes",
        "the values of the second run have more messages",
        ("javascript-1.5.1/stream-default", "javascript-1.5.1/stream-mode-values"),
        _last(with_data("values", lambda data: {"messages": data["messages"] * 2})),
    ),
    RelationMutant(
        "consistency.modes",
        "a chunk is different",
        ("aegra/stream-modes-messages-tuple+updates", "aegra/stream-mode-messages-tuple"),
        _last(with_data("messages", lambda data: [data[0] | {"content": "Howdy"}, data[1]])),
    ),
    RelationMutant(
        "consistency.subgraphs",
        "the state of the graph itself is different with subgraphs",
        ("python/mode-subgraph-values", "python/mode-subgraph-sub-values"),
        _last(with_data("values", lambda data: data | {"trail": ["leaf"]})),
    ),
    RelationMutant(
        "consistency.subgraphs",
        "the state of the graph itself is missing with subgraphs",
        ("aegra/stream-subgraphs-true", "aegra/stream-subgraphs-false"),
        lambda exchanges: [without("updates", -1)(exchanges[0]), exchanges[1]],
    ),
    RelationMutant(
        "consistency.outcome",
        "the run succeeds only as a wait",
        ("python/boom-updates", "python/wait-boom-updates"),
        _last(with_body(b"{}")),
    ),
    RelationMutant(
        "consistency.outcome",
        "the run fails only as a wait",
        ("javascript/stream-default", "javascript/cors-wait"),
        _last(with_body(b'{"__error__":{"error":"Error","message":"boom"}}')),
    ),
    RelationMutant(
        "consistency.status",
        "the same body is refused with another status",
        ("python/http-stream-no-assistant", "python/http-stream-no-assistant"),
        _last(with_status(400)),
    ),
]

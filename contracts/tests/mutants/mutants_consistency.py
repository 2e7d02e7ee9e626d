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
        "the interrupt is left out",
        ("aegra/stream-interrupt-values", "aegra/wait-interrupt"),
        _last(with_output(lambda output: {"steps": output["steps"]})),
    ),
    RelationMutant(
        "consistency.output",
        "one of two interrupts is left out",
        (
            "python/interrupt-interrupting_twice-values",
            "python/wait-interrupt-interrupting_twice-values",
        ),
        _last(with_output(lambda output: {"__interrupt__": output["__interrupt__"][:1]})),
    ),
    RelationMutant(
        "consistency.output",
        "the output is another the second time",
        ("python/wait-agent-default", "python/wait-mode-values"),
        _last(with_output(lambda output: output | {"visits": 2})),
    ),
    RelationMutant(
        "consistency.modes",
        "values are left out where updates are shown too",
        ("python/mode-agent-values", "python/mode-agent-values+updates"),
        _last(without("values")),
    ),
    RelationMutant(
        "consistency.modes",
        "an update is shown twice where values are shown too",
        ("python/mode-agent-updates", "python/mode-agent-values+updates"),
        _last(doubled("updates")),
    ),
    RelationMutant(
        "consistency.modes",
        "the second run begins where the first ended",
        ("javascript-1.5.1/stream-default", "javascript-1.5.1/stream-mode-values"),
        _last(with_data("values", lambda data: {"messages": data["messages"] * 2})),
    ),
    RelationMutant(
        "consistency.modes",
        "another chunk",
        ("aegra/stream-modes-messages-tuple+updates", "aegra/stream-mode-messages-tuple"),
        _last(with_data("messages", lambda data: [data[0] | {"content": "Howdy"}, data[1]])),
    ),
    RelationMutant(
        "consistency.subgraphs",
        "the state of the graph itself is another with subgraphs",
        ("python/mode-subgraph-values", "python/mode-subgraph-sub-values"),
        _last(with_data("values", lambda data: data | {"trail": ["leaf"]})),
    ),
    RelationMutant(
        "consistency.subgraphs",
        "with subgraphs the state of the graph itself is left out",
        ("aegra/stream-subgraphs-true", "aegra/stream-subgraphs-false"),
        lambda exchanges: [without("updates", -1)(exchanges[0]), exchanges[1]],
    ),
    RelationMutant(
        "consistency.outcome",
        "the run succeeds only where it is waited for",
        ("python/boom-updates", "python/wait-boom-updates"),
        _last(with_body(b"{}")),
    ),
    RelationMutant(
        "consistency.outcome",
        "the run fails only where it is waited for",
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

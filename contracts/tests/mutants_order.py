"""Streams whose events come in a wrong order."""

from mutation import Mutant, doubled, swapped, with_data

MUTANTS = [
    Mutant("order.metadata-first", "values come first", "python/mode-agent-values", swapped(0, 1)),
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
]

"""Mutants: captured exchanges with one thing made wrong, each for the rule that sees it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from captured import captured
from editing import (
    Change,
    asking,
    doubled,
    renewed,
    replaced,
    swapped,
    with_body,
    with_data,
    with_frames,
    with_header,
    with_output,
    with_request,
    with_response,
    with_status,
    without,
)

from graphtape_contracts import Exchange

__all__ = [
    "Change",
    "Mutant",
    "RelationMutant",
    "asking",
    "doubled",
    "renewed",
    "replaced",
    "swapped",
    "with_body",
    "with_data",
    "with_frames",
    "with_header",
    "with_output",
    "with_request",
    "with_response",
    "with_status",
    "without",
]


@dataclass(frozen=True)
class Mutant:
    """A captured exchange with one thing wrong."""

    rule: str
    """The id of the rule that catches it, alone."""
    wrong: str
    """What is wrong, in a few words."""
    base: str
    """The capture it is made of: `python/mode-agent-values`."""
    change: Change
    also: frozenset[str] = field(default=frozenset())
    """Other rules that can't but see it too; say why in a comment where they are given."""
    output_schema: Any = None

    def __str__(self) -> str:
        """Return what a test of it is called."""
        return f"{self.rule}: {self.wrong}"

    def make(self) -> Exchange:
        """Return the mutant exchange; it differs from what it is made of."""
        base = captured(self.base)
        mutant = self.change(base)
        assert mutant != base, f"{self}: nothing was changed"
        return mutant


@dataclass(frozen=True)
class RelationMutant:
    """Several captured exchanges, one of which no longer fits the others."""

    rule: str
    wrong: str
    bases: tuple[str, ...]
    change: Callable[[list[Exchange]], list[Exchange]]
    also: frozenset[str] = field(default=frozenset())
    deterministic: bool = True

    def __str__(self) -> str:
        """Return what a test of it is called."""
        return f"{self.rule}: {self.wrong}"

    def make(self) -> list[Exchange]:
        """Return the mutant exchanges; they differ from what they are made of."""
        bases = [captured(base) for base in self.bases]
        mutants = self.change(list(bases))
        assert mutants != bases, f"{self}: nothing was changed"
        return mutants

"""Mutants: captured exchanges with one thing changed, so that exactly one rule reports it."""

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
    """The id of the only rule that catches this mutant."""
    wrong: str
    """The violation, in a few words."""
    base: str
    """The name of the capture to change: `python/mode-agent-values`."""
    change: Change
    also: frozenset[str] = field(default=frozenset())
    """Other rules that inevitably report this mutant, too; a comment explains why."""
    output_schema: Any = None

    def __str__(self) -> str:
        """Return the name of the test of this mutant."""
        return f"{self.rule}: {self.wrong}"

    def make(self) -> Exchange:
        """Return the changed exchange. Raises AssertionError if nothing was changed."""
        base = captured(self.base)
        mutant = self.change(base)
        assert mutant != base, f"{self}: nothing was changed"
        return mutant


@dataclass(frozen=True)
class RelationMutant:
    """Several captured exchanges, one of which was changed so that it contradicts the others."""

    rule: str
    wrong: str
    bases: tuple[str, ...]
    change: Callable[[list[Exchange]], list[Exchange]]
    also: frozenset[str] = field(default=frozenset())
    deterministic: bool = True

    def __str__(self) -> str:
        """Return the name of the test of this mutant."""
        return f"{self.rule}: {self.wrong}"

    def make(self) -> list[Exchange]:
        """Return the changed exchanges. Raises AssertionError if nothing was changed."""
        bases = [captured(base) for base in self.bases]
        mutants = self.change(list(bases))
        assert mutants != bases, f"{self}: nothing was changed"
        return mutants

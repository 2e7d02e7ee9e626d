"""Defines a change in the responses of a deployment, and how severe it is for clients."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from graphtape_contracts.shape_difference import NONE_OF_IT, Change, Difference


class Severity(StrEnum):
    """The effect of a change on clients that were written against the recording."""

    BREAKING = "breaking"
    """A client that reads what was recorded may fail."""
    ADDITIVE = "additive"
    """Something was added. A client that ignores unknown fields is not affected."""
    COSMETIC = "cosmetic"
    """No client reads the changed part, or the agent may have taken another path."""

    @property
    def rank(self) -> int:
        """0 for breaking, 1 for additive, 2 for cosmetic."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Drift:
    """One change in the responses."""

    severity: Severity
    kind: str
    """The kind of the change, a stable word such as `status`, `event-missing` or `retyped`."""
    summary: str
    """The change in a few words."""
    before: str
    after: str
    where: tuple[str, ...] = ()
    """The places of the change in the body, the most important first; empty for the head."""

    @property
    def identity(self) -> tuple[object, ...]:
        """All fields but the places: equal for the same change in different places."""
        return self.severity, self.kind, self.summary, self.before, self.after


def merge_duplicates(drifts: Iterable[Drift]) -> list[Drift]:
    """Merge changes that differ only in their places; return the result, the most severe first.

    For example, a new key of the state appears in a dozen places, but is one change.
    """
    found: dict[tuple[object, ...], Drift] = {}
    for drift in drifts:
        known = found.get(drift.identity, replace(drift, where=()))
        found[drift.identity] = replace(known, where=known.where + drift.where)
    return sorted(found.values(), key=lambda drift: drift.severity.rank)


_SEVERITIES = {
    Change.MISSING: Severity.BREAKING,
    Change.SOMETIMES: Severity.COSMETIC,
    Change.UNSEEN: Severity.COSMETIC,
    Change.NEW: Severity.ADDITIVE,
    Change.FILLED: Severity.ADDITIVE,
    Change.WIDENED: Severity.BREAKING,
    Change.RETYPED: Severity.BREAKING,
}
"""The severity by kind of difference between shapes.

A field that is now missing from some events may only show that the agent took another path, so
that is cosmetic. A new type is breaking: for example, a client that reads a text fails on null.
"""

_NULL = frozenset(("null",))


def drift_of(
    difference: Difference,
    place: str,
    *,
    strict: bool = False,
    nullable: frozenset[str] = frozenset(),
) -> Drift:
    """Return the drift for a *difference* in the data at *place*.

    If *strict*, as for the last state of a run, a field that became optional is breaking.
    *nullable* has the names of fields whose schema allows null.
    """
    return Drift(
        _severity(difference, strict, nullable),
        difference.change.name.lower(),
        f"{_subject(difference)} is {difference.change}",
        difference.before,
        difference.after,
        (f"{place} {difference.path}",),
    )


def _severity(difference: Difference, strict: bool, nullable: frozenset[str]) -> Severity:
    if difference.message:
        # In messages, null and other types vary with the output of the model: a field that is null
        # in one chunk is a text in the next.
        mild = difference.change in (Change.WIDENED, Change.FILLED)
        return Severity.COSMETIC if mild else _SEVERITIES[difference.change]
    if difference.types == _NULL and _name(difference) in nullable:
        return Severity.COSMETIC
    if strict and difference.change is Change.SOMETIMES:
        return Severity.BREAKING
    return _SEVERITIES[difference.change]


def _name(difference: Difference) -> str:
    """Return the name of the field without its path, which varies with the event."""
    return difference.path.rpartition(".")[2]


def _subject(difference: Difference) -> str:
    if NONE_OF_IT in (difference.before, difference.after):
        return difference.before if difference.after == NONE_OF_IT else difference.after
    name = _name(difference)
    of = f" of {difference.message} messages" if difference.message else ""
    return f"{name!r}{of}" if name != "$" else f"the data{of}"

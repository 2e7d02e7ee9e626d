"""The catalogue: every rule of the contract, family by family."""

from understudy_contracts.rule import AnyRule
from understudy_contracts.rules import (
    data,
    errors,
    events,
    framing,
    head,
    heartbeats,
    identifiers,
    langchain,
    messages,
    neighbours,
    order,
    relations,
    tasks,
    wait,
)

FAMILIES = (
    framing,
    heartbeats,
    head,
    events,
    data,
    order,
    messages,
    tasks,
    langchain,
    identifiers,
    wait,
    errors,
    neighbours,
    relations,
)

RULES: tuple[AnyRule, ...] = tuple(rule for family in FAMILIES for rule in family.RULES)

__all__ = ["FAMILIES", "RULES"]

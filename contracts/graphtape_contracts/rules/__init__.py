"""The catalogue: every rule of the contract, family by family."""

from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import consistency as repetition
from graphtape_contracts.rules import (
    cors,
    data,
    debug,
    errors,
    events,
    fields,
    folding,
    framing,
    head,
    heartbeats,
    identifiers,
    langchain,
    messages,
    order,
    refusals,
    tasks,
    updates,
    validation,
    values,
    wait,
)
from graphtape_contracts.rules import endpoints as neighbours
from graphtape_contracts.rules import isolation as relations
from graphtape_contracts.rules import message_assembly as sums
from graphtape_contracts.rules import messages_tuple as tuples
from graphtape_contracts.rules import reconnect as joins
from graphtape_contracts.rules import reconnect_ids as resumption

FAMILIES = (
    framing,
    fields,
    heartbeats,
    head,
    cors,
    events,
    data,
    order,
    messages,
    tuples,
    sums,
    tasks,
    debug,
    updates,
    values,
    folding,
    langchain,
    identifiers,
    resumption,
    wait,
    errors,
    refusals,
    validation,
    neighbours,
    relations,
    joins,
    repetition,
)

RULES: tuple[AnyRule, ...] = tuple(rule for family in FAMILIES for rule in family.RULES)

__all__ = ["FAMILIES", "RULES"]

"""All rules of the contract, in the order of their families."""

from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import (
    consistency,
    cors,
    data,
    debug,
    endpoints,
    errors,
    events,
    fields,
    framing,
    head,
    heartbeats,
    identifiers,
    isolation,
    langchain,
    message_assembly,
    messages,
    messages_tuple,
    order,
    reconnect,
    reconnect_ids,
    refusals,
    tasks,
    updates,
    validation,
    values,
    wait,
)

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
    messages_tuple,
    message_assembly,
    tasks,
    debug,
    updates,
    values,
    langchain,
    identifiers,
    wait,
    errors,
    refusals,
    validation,
    endpoints,
    isolation,
    reconnect_ids,
    reconnect,
    consistency,
)

RULES: tuple[AnyRule, ...] = tuple(rule for family in FAMILIES for rule in family.RULES)

__all__ = ["FAMILIES", "RULES"]

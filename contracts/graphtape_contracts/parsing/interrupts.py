"""Interrupts in the data of events."""

from typing import Any

from graphtape_contracts.json_value import is_list, is_object
from graphtape_contracts.parsing.event import Event

INTERRUPT = "__interrupt__"
"""The key of the list of interrupts in `updates`, `values` and outputs."""


def interrupts_of(value: object) -> list[Any] | None:
    """Return the `__interrupt__` list if *value* is an object that has one, otherwise None."""
    interrupts = value.get(INTERRUPT) if is_object(value) else None
    return interrupts if is_list(interrupts) else None


def interrupts_in(event: Event) -> list[Any] | None:
    """Return the interrupts in an event of `updates` or `values`; None without a list of them."""
    return interrupts_of(event.value) if event.mode in ("updates", "values") else None


def shows_interrupts(event: Event) -> bool:
    """Return whether *event* is `values` that hold interrupts instead of the state.

    LangGraph.js sends such an event where a run stops before or after a node, Aegra 0.11.0 where
    the request does not ask for `updates`, which would show the interrupts.
    """
    return event.mode == "values" and is_object(event.value) and [*event.value] == [INTERRUPT]

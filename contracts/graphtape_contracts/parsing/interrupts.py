"""Interrupts in the data of events."""

from typing import Any

from graphtape_contracts.json_value import is_list, is_object
from graphtape_contracts.parsing.event import Event

INTERRUPT = "__interrupt__"
"""The key of the list of interrupts in `updates`, in `values` and in the output of a wait."""


def interrupts_of(value: object) -> list[Any] | None:
    """Return the `__interrupt__` list of the object *value*; None if there is none."""
    interrupts = value.get(INTERRUPT) if is_object(value) else None
    return interrupts if is_list(interrupts) else None


def interrupts_in(event: Event) -> list[Any] | None:
    """Return the list of interrupts in an event of `updates` or `values`; None if it has none."""
    return interrupts_of(event.value) if event.mode in ("updates", "values") else None


def shows_interrupts(event: Event) -> bool:
    """Return whether *event* is a `values` event with interrupts instead of the state.

    LangGraph.js sends it when a run stops before or after a node; Aegra 0.11.0 sends it when the
    request does not ask for `updates`, where interrupts are otherwise shown.
    """
    return event.mode == "values" and is_object(event.value) and [*event.value] == [INTERRUPT]

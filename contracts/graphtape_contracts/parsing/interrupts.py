"""Events that tell of interrupts."""

from graphtape_contracts.json_value import is_object
from graphtape_contracts.parsing.event import Event


def shows_interrupts(event: Event) -> bool:
    """Whether *event* is `values` that hold interrupts in place of the state.

    LangGraph.js shows such an event where a run stops before or after a node, Aegra 0.11.0 where
    `updates`, in which interrupts are told, were not asked for.
    """
    return event.mode == "values" and is_object(event.value) and [*event.value] == ["__interrupt__"]

"""The structure of a run, without the wording of the model.

Different wording is not drift, and neither is a tool the agent happened not to call. So the events
of a run are grouped into *kinds*, and these properties are compared:

- The kinds that occur. A kind is a mode and the form of a namespace, such as `updates|child:*`. The
  mode `events` has one kind for each LangChain event. The modes `tasks` and `debug` have one kind
  for the start and one for the end of a task. The number of events of a kind is not compared.
- The order in which the kinds begin, where the server decides it and not the agent. `metadata` is
  the first event and an error is the last one. The metadata of a message comes before its content.
  The modes with events in each step (values, tasks, updates ...) have a fixed order in the step.
- The shape of the data of each kind. Each *variant* of a kind has its own shape: updates by node,
  messages by type, tasks by name. So a node that ran in only one of the two runs does not affect
  the shapes of other nodes.
- The end of the run: whether it is complete, the class of its error, and the last state.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from graphtape_contracts import Exchange
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_contracts.langchain.messages import is_message
from graphtape_contracts.parsing.event import Event, event_of, parse
from graphtape_contracts.parsing.identifiers import UUID
from graphtape_contracts.shape import NOTHING, Shape, merge, shape_of
from graphtape_contracts.stream_mode import PARTIAL_MESSAGES

_ID = re.compile(UUID)
_STEPWISE = frozenset(("values", "updates", "tasks", "debug", "checkpoints"))
_PAIR = ("message", "metadata")
"""The two parts of an event of the mode `messages-tuple`."""
ERROR = "error"
_OTHERS = "other events"


class Part(NamedTuple):
    """The data in one event that belongs to one variant of a kind."""

    kind: str
    variant: str
    value: Any


@dataclass(frozen=True, slots=True)
class Structure:
    """The structure of the response of a run."""

    kinds: Mapping[str, Mapping[str, Shape]]
    """The shape of the data, by kind and variant."""
    order: frozenset[tuple[str, str]]
    """Pairs of event names, of which the first occurs before the second."""
    failure: str | None
    """The class of the error that the run failed with; None if it did not fail."""
    last: Shape
    """The shape of the last state or of the output; NOTHING if the response has none."""


def structure_of(exchange: Exchange) -> Structure:
    """Return the structure of *exchange*: a stream, or the output of a run as JSON."""
    if not exchange.is_stream:
        output = parse(exchange.body)
        error = output.get("__error__") if is_object(output) else None
        return Structure({}, frozenset(), _class_of(error), shape_of(output))
    read = (event_of(frame, number) for number, frame in enumerate(exchange.frames, 1))
    events = [event for event in read if event is not None]
    failures = [_class_of(event.value) for event in events if event.name == ERROR]
    states = [event.value for event in events if event.name == "values"]
    return Structure(
        _kinds(part for event in events for part in _parts(event)),
        frozenset(_order([_masked(event.name) for event in events])),
        failures[-1] if failures else None,
        shape_of(states[-1]) if states else NOTHING,
    )


def _class_of(error: Any) -> str | None:
    if error is None:
        return None
    return str(error.get("error")) if is_object(error) else "an error without a class"


def _kinds(parts: Iterable[Part]) -> dict[str, dict[str, Shape]]:
    kinds: dict[str, dict[str, Shape]] = {}
    for kind, variant, value in parts:
        variants = kinds.setdefault(kind, {})
        variants[variant] = merge(variants.get(variant, NOTHING), shape_of(value))
    return kinds


def _order(names: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of *names* whose order the server decides."""
    begun = list(dict.fromkeys(names))
    for one, other in combinations(begun, 2):
        decided = {one, other} <= _STEPWISE or {one, other} <= {*PARTIAL_MESSAGES}
        if decided or one == names[0]:
            yield one, other
    if ERROR in begun:
        yield (_OTHERS, ERROR) if names[-1] == ERROR else (ERROR, _OTHERS)


def _masked(name: str) -> str:
    return _ID.sub("*", name)


def _parts(event: Event) -> Iterator[Part]:
    """Yield the parts of an *event*: one for each variant in it."""
    kind, value = _masked(event.name), event.value
    if event.mode == "updates" and is_object(value):
        yield from (Part(kind, str(node), update) for node, update in value.items())
    elif event.mode == "messages" and is_list(value):
        # The message and the metadata in the pair have different shapes.
        yield Part(kind, _type_of(value), dict(zip(_PAIR, value, strict=False)))
    elif event.mode == "messages/metadata" and is_object(value):
        yield from (Part(kind, "", metadata) for metadata in value.values())
    elif event.mode in PARTIAL_MESSAGES:
        yield Part(kind, _type_of(value), value)
    elif event.mode in ("events", "tasks", "debug") and is_object(value):
        step, name = _step(event.mode, value)
        yield Part(f"{kind} ({step})", name, value)
    else:
        yield Part(kind, "", value)


def _type_of(messages: Any) -> str:
    first: object = messages[0] if is_list(messages) and messages else None
    return str(first["type"]) if is_object(first) and is_message(first) else ""


def _step(mode: str, value: Json) -> tuple[str, str]:
    """Return the type of an event, or `start` or `end` for a task, and the name in the event."""
    if mode == "events":
        return str(value.get("event")), str(value.get("name"))
    if mode == "tasks":
        return "end" if "result" in value else "start", str(value.get("name"))
    payload = value.get("payload")
    return str(value.get("type")), str(payload.get("name", "")) if is_object(payload) else ""

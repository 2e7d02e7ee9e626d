"""The shape of JSON values: which fields and types they have, not their content.

The text and the number of tokens differ in every answer of a model, so two runs of an agent are
compared by shape. A shape summarizes one or more values, but not how many there were:

- A value has a JSON type; 1 and 1.0 are both numbers.
- An array has one shape for all of its items; their number and order are ignored.
- Objects have a shape for each field, and the set of fields that all objects at that place have.
  Keys that are ids, or do not look like names, are entries of a map: all entries share one shape,
  and none is required.
- Messages are separated by `type`: an `ai` message has other fields than a `tool` message.
- Content from the model or its provider (`content`, the `args` of tool calls, `response_metadata`
  ...) is reduced to its type.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from types import MappingProxyType
from typing import Any

from graphtape_contracts.json_value import Absent, Json, is_list, is_object
from graphtape_contracts.langchain.messages import is_message
from graphtape_contracts.parsing.identifiers import HEX_ID, UUID

ENTRY = "*"
"""The field name that represents all entries of a map."""

MODEL_OUTPUT = frozenset(
    ("content", "additional_kwargs", "response_metadata", "usage_metadata", "artifact", "args")
)
"""The fields of a message whose content a model, its provider or a tool chooses."""

_DEEPEST = 64
"""The level of nesting below which values are ignored, to bound the recursion."""
_NAME = re.compile(r"[^\W\d][\w.:/$-]{0,63}")
_ID = re.compile(rf"{UUID}|(?<![0-9a-f]){HEX_ID}(?![0-9a-f])")


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of the values at one place."""

    types: frozenset[str] = frozenset()
    """The JSON types of the values, or the reasons (`Absent`) why they are not JSON."""
    items: "Shape | None" = None
    """The shape of all items of arrays; None if there were no items."""
    objects: "Mapping[str, Fields]" = field(default_factory=lambda: _NO_OBJECTS)
    """The fields of messages under their `type`; those of all other objects under ``""``."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of the objects of one kind at one place."""

    always: frozenset[str]
    """The names of the fields that every object has; `ENTRY` is never among them."""
    shapes: Mapping[str, Shape]
    """The shape of each field that at least one object has."""


_NO_OBJECTS: Mapping[str, Fields] = MappingProxyType({})

NOTHING = Shape()
"""The shape that summarizes no values."""


def shape_of(value: Any) -> Shape:
    """Return the shape of *value*, which is decoded JSON or an `Absent`."""
    return _shape(value, _DEEPEST, in_message=False)


def shape_of_all(values: Iterable[Any]) -> Shape:
    """Return the merged shape of all *values*; `NOTHING` if there are none."""
    return reduce(merge, map(shape_of, values), NOTHING)


def merge(one: Shape, other: Shape) -> Shape:
    """Return the shape that summarizes the values of *one* and those of *other*."""
    if not one.types or not other.types:
        return one if one.types else other
    objects = {**other.objects, **one.objects}
    for kind in one.objects.keys() & other.objects.keys():
        objects[kind] = _merge_fields(one.objects[kind], other.objects[kind])
    items = merge(one.items, other.items) if one.items and other.items else None
    return Shape(one.types | other.types, items or one.items or other.items, objects)


def _merge_fields(one: Fields, other: Fields) -> Fields:
    shapes = {
        name: merge(one.shapes.get(name, NOTHING), other.shapes.get(name, NOTHING))
        for name in one.shapes.keys() | other.shapes.keys()
    }
    return Fields(one.always & other.always, shapes)


def _shape(value: Any, levels: int, *, in_message: bool) -> Shape:
    name = frozenset((type_of(value),))
    if levels == 0:
        return Shape(name)
    if is_list(value):
        shapes = [_shape(item, levels - 1, in_message=in_message) for item in value]
        return Shape(name, reduce(merge, shapes) if shapes else None)
    if is_object(value):
        kind = str(value["type"]) if is_message(value) else ""
        fields = _fields(value, levels - 1, in_message=in_message or bool(kind))
        return Shape(name, objects={kind: fields})
    return Shape(name)


def _fields(value: Json, levels: int, *, in_message: bool) -> Fields:
    shapes: dict[str, Shape] = {}
    for key, member in value.items():
        name = key if _names_field(key) else ENTRY
        below = 0 if in_message and name in MODEL_OUTPUT else levels
        shape = _shape(member, below, in_message=in_message)
        shapes[name] = merge(shapes.get(name, NOTHING), shape)
    return Fields(frozenset(shapes) - {ENTRY}, shapes)


def _names_field(key: str) -> bool:
    return _NAME.fullmatch(key) is not None and _ID.search(key) is None


def type_of(value: Any) -> str:
    """Return the name of the JSON type of *value*, or the reason why it is not JSON."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case Absent():
            return value.value
        case _:
            return "array" if is_list(value) else "object"

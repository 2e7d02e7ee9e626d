"""Turns a JSON Schema into the shape of the values that it allows, so that schemas can be compared.

Only the keywords in schemas of Pydantic models and TypedDicts are read: `type`, `properties`,
`required`, `items`, `anyOf`, `oneOf`, `allOf`, `enum`, `const`, and references into `$defs`.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Any

from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_contracts.shape import NOTHING, Fields, Shape, merge, type_of

_CHOICES = ("anyOf", "oneOf", "allOf")
_TYPES = {"integer": "number"}


def shape_of_schema(schema: Any) -> Shape:
    """Return the shape of the values that *schema* allows; NOTHING if it names no types."""
    definitions = schema.get("$defs") if is_object(schema) else None
    return _Reader(definitions if is_object(definitions) else {}).read(schema, ())


class _Reader:
    """Turns schemas that share definitions into shapes."""

    def __init__(self, definitions: Json) -> None:
        self._definitions = definitions

    def read(self, schema: Any, within: tuple[str, ...]) -> Shape:
        """Return the shape of *schema*; *within* has the names of definitions being resolved."""
        if not is_object(schema):
            return NOTHING
        reference = str(schema.get("$ref", "")).removeprefix("#/$defs/")
        if reference in within:
            return Shape(frozenset(("object",)))  # A recursive definition ends here.
        if reference in self._definitions:
            return self.read(self._definitions[reference], (*within, reference))
        shapes = [self.read(choice, within) for choice in _choices(schema)]
        return reduce(merge, shapes, self._own(schema, within))

    def _own(self, schema: Json, within: tuple[str, ...]) -> Shape:
        types = frozenset(_types(schema))
        properties = schema.get("properties")
        objects: dict[str, Fields] = {}
        if is_object(properties):
            types |= {"object"}
            shapes = {name: self.read(value, within) for name, value in properties.items()}
            listed = schema.get("required")
            required = {str(name) for name in listed} if is_list(listed) else set[str]()
            objects[_message_type(properties)] = Fields(frozenset(required & shapes.keys()), shapes)
        items = self.read(schema.get("items"), within)
        return Shape(types, items if items.types else None, objects)


def _choices(schema: Json) -> Iterable[Any]:
    for word in _CHOICES:
        listed = schema.get(word)
        yield from listed if is_list(listed) else ()


def _types(schema: Json) -> Iterable[str]:
    declared = schema.get("type")
    named: list[Any] = declared if is_list(declared) else [declared] if declared else []
    yield from (_TYPES.get(str(name), str(name)) for name in named)
    if not named and is_list(values := schema.get("enum")):
        yield from map(type_of, values)
    if not named and "const" in schema:
        yield type_of(schema["const"])


def _message_type(properties: Json) -> str:
    """Return the type of message that *properties* describe; empty if they describe no message."""
    kind = properties.get("type")
    const = kind.get("const") if is_object(kind) else None
    return const if isinstance(const, str) and "content" in properties else ""

"""Generated inputs of graphs, from the JSON Schema of the input that a deployment advertises.

A schema may allow inputs that the graph cannot run, such as a tool message without a tool call. So
all generated messages are human messages.

Numbers respect their minimum and maximum. Patterns, formats and lengths are ignored: a graph that
relies on them fails, and must report the error.
"""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_suites.runner.input_schema import (
    bounds,
    choices,
    is_messages,
    properties,
    resolved,
    wanted_names,
)
from graphtape_suites.strategies.json_values import json_values, texts


def inputs(schema: Json | None) -> st.SearchStrategy[Json]:
    """Return a strategy for inputs that *schema* allows, with odd but legal JSON.

    Without a schema, any object can be an input.
    """
    object_schema = resolved(schema, schema or {})
    if schema is None or not properties(object_schema):
        return st.dictionaries(texts(), json_values(), max_size=2)
    return _objects(object_schema, schema, {}, whole=True)


_Known = dict[str, st.SearchStrategy[Any]]
"""Strategies by `$ref`, kept because a schema may refer to itself."""


def _objects(
    schema: Json, root: Json, known: _Known, *, whole: bool = False
) -> st.SearchStrategy[Json]:
    """Return a strategy for objects that *schema* allows; if *whole*, with all `wanted_names`."""
    schemas = properties(schema)
    required = wanted_names(schema) if whole else schema.get("required", [])
    return st.fixed_dictionaries(
        {name: _values(schemas.get(name), root, known) for name in required},
        optional={n: _values(s, root, known) for n, s in schemas.items() if n not in required},
    )


def _values(schema: Any, root: Json, known: _Known) -> st.SearchStrategy[Any]:
    reference = schema.get("$ref") if is_object(schema) else None
    if reference is None:
        return _drawn(resolved(schema, root), root, known)
    if reference not in known:
        known[reference] = st.deferred(lambda: _drawn(resolved(schema, root), root, known))
    return known[reference]


def _drawn(schema: Json, root: Json, known: _Known) -> st.SearchStrategy[Any]:
    if is_messages(schema, root):
        return st.lists(human_messages(), min_size=1, max_size=2)
    if "const" in schema:
        return st.just(schema["const"])
    if is_list(schema.get("enum")):
        return st.sampled_from(schema["enum"])
    if alternatives := choices(schema):
        return st.one_of(*(_values(choice, root, known) for choice in alternatives))
    match schema.get("type"):
        case "object" if properties(schema):
            return _objects(schema, root, known)
        case "object":
            further = _values(schema.get("additionalProperties"), root, known)
            return st.dictionaries(texts(), further, max_size=2)
        case "array":
            return st.lists(_values(schema.get("items"), root, known), max_size=2)
        case "string":
            return texts()
        case "integer":
            return st.integers(*bounds(schema))
        case "number":
            return st.floats(*bounds(schema), allow_nan=False, allow_infinity=False)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case _:
            return json_values()


@cache
def human_messages() -> st.SearchStrategy[Json]:
    """Return a strategy for human messages, in the forms that clients send."""
    forms = ({"role": "user"}, {"role": "human"}, {"type": "human"})
    return st.builds(_message, st.sampled_from(forms), texts(), st.booleans())


def _message(form: Json, text: str, in_parts: bool) -> Json:
    return form | {"content": [{"type": "text", "text": text}] if in_parts else text}

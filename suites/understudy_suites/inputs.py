"""Inputs for graphs, from the JSON Schema of the input that a deployment tells.

A graph takes what its schema allows, and more often than not fails on most of it: the schema of a
list of messages allows an answer of a tool that nobody called. So messages are what people say.
"""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from understudy_contracts.json_value import Json, is_list, is_object
from understudy_suites.strategies.json_values import json_values, texts

GREETING = "Hello!"
_DEEPEST = 4


def plain_input(schema: Json) -> Json:
    """Return a plain input that *schema* allows: a greeting where there are messages."""
    value = _plain(schema, schema, 0)
    return value if is_object(value) else {}


def inputs(schema: Json | None) -> st.SearchStrategy[Json]:
    """Inputs that *schema* allows, with odd but legal JSON where it allows anything.

    Without a schema any object may be one.
    """
    if schema is None or not is_object(schema.get("properties")):
        return st.dictionaries(texts(), json_values(), max_size=2)
    return _objects(schema, schema, 0)


def _plain(schema: Any, root: Json, depth: int) -> Any:
    schema = _resolved(schema, root)
    if _is_messages(schema, root):
        return [{"role": "human", "content": GREETING}]
    for fixed in ("const", "default"):
        if fixed in schema:
            return schema[fixed]
    if is_list(schema.get("enum")):
        return schema["enum"][0]
    match schema.get("type"):
        case "object" if depth <= _DEEPEST:
            wanted = _properties(schema)
            # Schemas made of TypedDict require nothing, and their graphs fail without.
            names = schema.get("required") or list(wanted)
            return {n: _plain(wanted.get(n, {}), root, depth + 1) for n in names}
        case "string":
            return GREETING
        case "integer" | "number":
            return 1
        case "boolean":
            return True
        case "array":
            return []
        case _:
            choices = [c for c in _choices(schema) if _resolved(c, root).get("type") != "null"]
            return _plain(choices[0], root, depth + 1) if choices and depth <= _DEEPEST else None


def _objects(schema: Json, root: Json, depth: int) -> st.SearchStrategy[Json]:
    wanted = {n: _values(s, root, depth + 1) for n, s in _properties(schema).items()}
    required = set(schema.get("required") or wanted)
    return st.fixed_dictionaries(
        {name: values for name, values in wanted.items() if name in required},
        optional={name: values for name, values in wanted.items() if name not in required},
    )


def _values(schema: Any, root: Json, depth: int) -> st.SearchStrategy[Any]:
    schema = _resolved(schema, root)
    if _is_messages(schema, root):
        return st.lists(human_messages(), min_size=1, max_size=2)
    if "const" in schema:
        return st.just(schema["const"])
    if is_list(schema.get("enum")):
        return st.sampled_from(schema["enum"])
    choices = _choices(schema)
    if choices and depth <= _DEEPEST:
        return st.one_of(*(_values(choice, root, depth + 1) for choice in choices))
    match schema.get("type"):
        case "object" if _properties(schema) and depth <= _DEEPEST:
            return _objects(schema, root, depth)
        case "object":
            return st.dictionaries(texts(), json_values(), max_size=2)
        case "array":
            return st.lists(_values(schema.get("items", {}), root, depth + 1), max_size=2)
        case "string":
            return texts()
        case "integer":
            return st.integers(-(2**53), 2**53)
        case "number":
            return st.floats(allow_nan=False, allow_infinity=False)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case _:
            return json_values()


@cache
def human_messages() -> st.SearchStrategy[Json]:
    """What a person says, in the forms that clients send it."""
    content = st.one_of(texts(), st.builds(lambda text: [{"type": "text", "text": text}], texts()))
    forms = st.sampled_from(({"role": "user"}, {"role": "human"}, {"type": "human"}))
    return st.builds(lambda form, said: {**form, "content": said}, forms, content)


def _resolved(schema: Any, root: Json) -> Json:
    """Follow a reference within the document; anything else that is no schema allows all."""
    if not is_object(schema):
        return {}
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    definitions = root.get("$defs")
    found = definitions.get(name) if is_object(definitions) else None
    return found if "$ref" in schema and is_object(found) else schema


def _properties(schema: Json) -> Json:
    properties = schema.get("properties")
    return properties if is_object(properties) else {}


def _choices(schema: Json) -> list[Any]:
    for key in ("anyOf", "oneOf"):
        if is_list(choices := schema.get(key)):
            return choices
    return []


def _is_messages(schema: Json, root: Json) -> bool:
    """Whether *schema* is that of a list of LangChain's messages."""
    if schema.get("type") != "array":
        return False
    items = _resolved(schema.get("items"), root)
    titles = {str(_resolved(choice, root).get("title")) for choice in _choices(items)}
    return "HumanMessage" in titles

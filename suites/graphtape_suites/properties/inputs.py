"""Inputs for graphs, from the JSON Schema of the input that a deployment tells.

A graph takes what its schema allows, and more often than not fails on most of it: the schema of a
list of messages allows an answer of a tool that nobody called. So messages are what people say.

Of what bounds a value, numbers keep their minimum and maximum; patterns, formats and lengths are
not looked at: a graph that minds them fails, and has to say so.
"""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_suites.strategies.json_values import json_values, texts

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
    said = _resolved(schema, schema or {})
    if schema is None or not _properties(said):
        return st.dictionaries(texts(), json_values(), max_size=2)
    return _objects(said, schema, {}, whole=True)


def _plain(schema: Any, root: Json, depth: int) -> Any:
    schema = _resolved(schema, root)
    if _is_messages(schema, root):
        return [{"type": "human", "content": GREETING}]
    for fixed in ("const", "default"):
        if fixed in schema:
            return schema[fixed]
    if is_list(schema.get("enum")):
        return schema["enum"][0]
    if choices := _choices(schema):
        deep = depth >= _DEEPEST
        fit = [c for c in choices if (_resolved(c, root).get("type") == "null") is deep]
        return _plain((fit or choices)[0], root, depth + 1)
    match schema.get("type"):
        case "object":
            wanted = _properties(schema)
            names = _wanted_names(schema) if depth <= _DEEPEST else []
            return {n: _plain(wanted.get(n, {}), root, depth + 1) for n in names}
        case "string":
            return GREETING
        case "integer" | "number":
            low, high = _bounds(schema)
            return min(max(1, low), high)
        case "boolean":
            return True
        case "array":
            return []
        case _:
            return None


_Known = dict[str, st.SearchStrategy[Any]]
"""What is drawn for a reference: a schema may refer to itself."""


def _objects(
    schema: Json, root: Json, known: _Known, *, whole: bool = False
) -> st.SearchStrategy[Json]:
    """Objects that *schema* allows; *whole* ones have all that a graph may need."""
    told = _properties(schema)
    required = _wanted_names(schema) if whole else schema.get("required", [])
    return st.fixed_dictionaries(
        {name: _values(told.get(name), root, known) for name in required},
        optional={n: _values(s, root, known) for n, s in told.items() if n not in required},
    )


def _values(schema: Any, root: Json, known: _Known) -> st.SearchStrategy[Any]:
    reference = schema.get("$ref") if is_object(schema) else None
    if reference is None:
        return _drawn(_resolved(schema, root), root, known)
    if reference not in known:
        known[reference] = st.deferred(lambda: _drawn(_resolved(schema, root), root, known))
    return known[reference]


def _drawn(schema: Json, root: Json, known: _Known) -> st.SearchStrategy[Any]:
    if _is_messages(schema, root):
        return st.lists(human_messages(), min_size=1, max_size=2)
    if "const" in schema:
        return st.just(schema["const"])
    if is_list(schema.get("enum")):
        return st.sampled_from(schema["enum"])
    if choices := _choices(schema):
        return st.one_of(*(_values(choice, root, known) for choice in choices))
    match schema.get("type"):
        case "object" if _properties(schema):
            return _objects(schema, root, known)
        case "object":
            further = _values(schema.get("additionalProperties"), root, known)
            return st.dictionaries(texts(), further, max_size=2)
        case "array":
            return st.lists(_values(schema.get("items"), root, known), max_size=2)
        case "string":
            return texts()
        case "integer":
            return st.integers(*_bounds(schema))
        case "number":
            return st.floats(*_bounds(schema), allow_nan=False, allow_infinity=False)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case _:
            return json_values()


@cache
def human_messages() -> st.SearchStrategy[Json]:
    """What a person says, in the forms that clients send it."""
    forms = ({"role": "user"}, {"role": "human"}, {"type": "human"})
    return st.builds(_message, st.sampled_from(forms), texts(), st.booleans())


def _message(form: Json, text: str, in_parts: bool) -> Json:
    return form | {"content": [{"type": "text", "text": text}] if in_parts else text}


def _resolved(schema: Any, root: Json) -> Json:
    """Follow a reference within the document; anything else that is no schema allows all."""
    for _ in range(_DEEPEST):
        if not is_object(schema):
            return {}
        reference = schema.get("$ref")
        if reference is None:
            break
        schema = root
        for name in str(reference).split("/")[1:]:
            schema = schema.get(name) if is_object(schema) else None
    return schema if is_object(schema) else {}


def _properties(schema: Json) -> Json:
    properties = schema.get("properties")
    return properties if is_object(properties) else {}


def _wanted_names(schema: Json) -> list[str]:
    """Return what is required; of schemas of a TypedDict, which require nothing, all there is.

    Their graphs fail without.
    """
    return schema.get("required") or list(_properties(schema))


def _choices(schema: Json) -> list[Any]:
    """Return the schemas of which a value keeps one; empty where there is but *schema*."""
    for key in ("anyOf", "oneOf", "allOf"):
        if is_list(choices := schema.get(key)):
            # Of `allOf` as well: what is said by several at once is not put together.
            return choices
    types = schema.get("type")
    return [{**schema, "type": type_} for type_ in types] if is_list(types) else []


def _bounds(schema: Json) -> tuple[int, int]:
    """Return the least and the greatest number that *schema* allows, as far as it says."""
    return schema.get("minimum", -(2**53)), schema.get("maximum", 2**53)


def _is_messages(schema: Json, root: Json) -> bool:
    """Whether *schema* is that of a list of LangChain's messages."""
    if schema.get("type") != "array":
        return False
    items = _resolved(schema.get("items"), root)
    if not items and schema.get("title") == "Messages":
        return True  # A list that `add_messages` reduces, whose items have no type.
    titles = {str(_resolved(choice, root).get("title")) for choice in _choices(items)}
    return "HumanMessage" in titles

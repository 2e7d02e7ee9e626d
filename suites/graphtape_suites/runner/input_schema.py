"""The JSON Schema of a graph's input, and a simple input that it allows."""

from typing import Any

from graphtape_contracts.json_value import Json, is_list, is_object

GREETING = "Hello!"
_DEEPEST = 4


def plain_input(schema: Json) -> Json:
    """Return a simple input that *schema* allows; messages and strings become a greeting."""
    value = _plain(schema, schema, 0)
    return value if is_object(value) else {}


def _plain(schema: Any, root: Json, depth: int) -> Any:
    schema = resolved(schema, root)
    if is_messages(schema, root):
        return [{"type": "human", "content": GREETING}]
    for fixed in ("const", "default"):
        if fixed in schema:
            return schema[fixed]
    if is_list(schema.get("enum")):
        return schema["enum"][0]
    if alternatives := choices(schema):
        deep = depth >= _DEEPEST
        fit = [c for c in alternatives if (resolved(c, root).get("type") == "null") is deep]
        return _plain((fit or alternatives)[0], root, depth + 1)
    match schema.get("type"):
        case "object":
            wanted = properties(schema)
            names = wanted_names(schema) if depth <= _DEEPEST else []
            return {n: _plain(wanted.get(n, {}), root, depth + 1) for n in names}
        case "string":
            return GREETING
        case "integer" | "number":
            low, high = bounds(schema)
            return min(max(1, low), high)
        case "boolean":
            return True
        case "array":
            return []
        case _:
            return None


def resolved(schema: Any, root: Json) -> Json:
    """Return *schema* with its `$ref` resolved in *root*; empty if that is not an object."""
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


def properties(schema: Json) -> Json:
    """Return the schemas of the properties by name; empty if *schema* has none."""
    found = schema.get("properties")
    return found if is_object(found) else {}


def wanted_names(schema: Json) -> list[str]:
    """Return the required names; all names if *schema* requires none.

    The schema of a TypedDict requires no names, but its graph fails without its keys.
    """
    return schema.get("required") or list(properties(schema))


def choices(schema: Json) -> list[Any]:
    """Return the alternatives of *schema*; empty if it has none."""
    for key in ("anyOf", "oneOf", "allOf"):
        if is_list(found := schema.get(key)):
            # Parts of `allOf` are not merged: each counts as an alternative.
            return found
    types = schema.get("type")
    return [{**schema, "type": type_} for type_ in types] if is_list(types) else []


def bounds(schema: Json) -> tuple[int, int]:
    """Return the smallest and the largest number that *schema* allows."""
    return schema.get("minimum", -(2**53)), schema.get("maximum", 2**53)


def is_messages(schema: Json, root: Json) -> bool:
    """Whether *schema* describes a list of LangChain messages."""
    if schema.get("type") != "array":
        return False
    items = resolved(schema.get("items"), root)
    if not items and schema.get("title") == "Messages":
        return True  # A list with the reducer `add_messages`, whose schema has no type of items.
    titles = {str(resolved(choice, root).get("title")) for choice in choices(items)}
    return "HumanMessage" in titles

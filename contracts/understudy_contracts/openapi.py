"""The OpenAPI 3.1 document of what the mock implements: `openapi.json` with the schemas put in."""

import json
from functools import cache
from importlib import resources
from typing import Any, cast

from understudy_contracts.json_value import Json
from understudy_contracts.schema import load


@cache
def document() -> Json:
    """Return the document; it refers to nothing outside itself. It is shared: leave it as it is."""
    file = resources.files("understudy_contracts") / "openapi.json"
    return bundle(json.loads(file.read_text(encoding="utf-8")))


def bundle(template: Json) -> Json:
    """Return *template* with every schema it refers to by file name among its components."""
    schemas: Json = {}
    bundled: Json = _point_inside(template, "", schemas)
    bundled["components"]["schemas"] |= schemas
    return bundled


def _point_inside(node: Any, file: str, schemas: Json) -> Any:
    """Return *node*, which stands in *file*, with references to files turned into pointers."""
    if isinstance(node, list):
        return [_point_inside(item, file, schemas) for item in cast(list[object], node)]
    if not isinstance(node, dict):
        return node
    return {
        key: _pointer(value, file, schemas)
        if key == "$ref"
        else _point_inside(value, file, schemas)
        for key, value in cast(Json, node).items()
    }


def _pointer(reference: str, file: str, schemas: Json) -> str:
    target, _, fragment = reference.partition("#")
    target = target.removeprefix("schemas/") or file
    if not target:
        return reference
    name = target.removesuffix(".json")
    if name not in schemas:
        schemas[name] = None  # Being put in: a schema may refer to itself.
        schema = {
            key: value for key, value in load(target).items() if key not in ("$id", "$schema")
        }
        schemas[name] = _point_inside(schema, target, schemas)
    return f"#/components/schemas/{name}{fragment}"

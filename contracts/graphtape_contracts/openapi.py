"""OpenAPI documents of the API that the mock implements: `openapi.json` with its schemas inlined.

    document()                                    # OpenAPI 3.2: streams event by event
    document("3.1")                               # the same for older tools
    document(graphs=["agent"], requests={...})    # for one deployment

`openapi.json` is written for OpenAPI 3.2, where `itemSchema` describes each event of a stream.
OpenAPI 3.1 has no equivalent: most tools read a stream as a string, and a few (Schemathesis) as a
sequence of events. The 3.1 document allows both.
"""

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import cache
from importlib import resources
from typing import Any, Literal, cast, get_args

from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_contracts.schema import load

Version = Literal["3.2", "3.1"]
"""A version of OpenAPI."""
VERSIONS: tuple[Version, ...] = get_args(Version)

_RELEASES: dict[Version, str] = {"3.2": "3.2.0", "3.1": "3.1.0"}
_ANNOTATIONS = frozenset(("title", "description", "examples", "default", "deprecated"))
_RUN_PATHS = ("/runs/stream", "/runs/wait")


def document(
    version: Version = "3.2",
    *,
    graphs: Iterable[str] = (),
    requests: Mapping[str, Json] | None = None,
) -> Json:
    """Return the self-contained document, in this *version* of OpenAPI.

    *graphs* are the names of the graphs that requests may address; by default, any name is allowed.
    *requests* maps names to bodies of stateless runs, which become the examples of requests.
    """
    described = deepcopy(_bundled(version))
    if names := list(graphs):
        described["components"]["schemas"]["graph-name"]["enum"] = names
    examples = {name: {"value": body} for name, body in (requests or {}).items()}
    if examples:
        for path in _RUN_PATHS:
            content = described["paths"][path]["post"]["requestBody"]["content"]
            content["application/json"]["examples"] = examples
    return described


@cache
def _bundled(version: Version) -> Json:
    file = resources.files("graphtape_contracts") / "openapi.json"
    whole = bundle(json.loads(file.read_text(encoding="utf-8")))
    if version == "3.1":
        whole = cast(Json, _without_items(whole))
    return whole | {"openapi": _RELEASES[version]}


def _without_items(node: Any) -> Any:
    """Return *node* with each `itemSchema` turned into a `schema`, as OpenAPI 3.1 requires."""
    if is_list(node):
        return [_without_items(item) for item in node]
    if not is_object(node):
        return node
    plain: Json = {key: _without_items(value) for key, value in node.items()}
    if "itemSchema" in plain:
        text = {"description": "The stream, as one string.", "type": "string"}
        plain["schema"] = {
            "description": "Server-Sent Events: one string, or a sequence of events.",
            "anyOf": [text, plain.pop("itemSchema")],
        }
    return plain


def bundle(template: Json) -> Json:
    """Return *template* with every schema file that it refers to copied into its components."""
    schemas: Json = {}
    bundled: Json = _point_inside(template, "", schemas)
    bundled["components"]["schemas"] |= schemas
    return bundled


def _point_inside(node: Any, file: str, schemas: Json) -> Any:
    """Return *node*, a part of the schema *file*, with references to files made local pointers.

    Adds each referenced schema to *schemas*.
    """
    if is_list(node):
        return [_point_inside(item, file, schemas) for item in node]
    if not is_object(node):
        return node
    pointed: Json = {}
    for key, value in node.items():
        if key == "$ref":
            pointed[key] = _pointer(value, file, schemas)
        elif key == "examples" and is_list(value):
            pointed[key] = value  # The examples of a schema are values, not schemas.
        else:
            pointed[key] = _point_inside(value, file, schemas)
    return _move_ref_into_all_of(pointed)


def _move_ref_into_all_of(schema: Json) -> Json:
    """Return *schema* with its `$ref` moved into `allOf`, unless all other keys are annotations.

    The meaning is the same, but many tools ignore keywords beside a `$ref`.
    """
    if schema.keys() - _ANNOTATIONS <= {"$ref"} or "$ref" not in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key != "$ref"}
    return rest | {"allOf": [{"$ref": schema["$ref"]}, *rest.get("allOf", ())]}


def _pointer(reference: str, file: str, schemas: Json) -> str:
    target, _, fragment = reference.partition("#")
    target = target.removeprefix("schemas/") or file
    if not target:
        return reference
    name = target.removesuffix(".json")
    if name not in schemas:
        schemas[name] = None  # Reserve the name: a schema may refer to itself.
        schema = {
            key: value for key, value in load(target).items() if key not in ("$id", "$schema")
        }
        schemas[name] = _point_inside(schema, target, schemas)
    return f"#/components/schemas/{name}{fragment}"

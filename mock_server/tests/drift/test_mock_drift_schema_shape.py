"""Schemas have the shape of the values that they allow."""

from typing import Any

import pytest

from graphtape_contracts.json_value import Json
from graphtape_contracts.shape import NOTHING, Fields, Shape, shape_of, shape_of_all
from graphtape_mock.drift.schema_shape import shape_of_schema

TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "integer"}
AI: Json = {
    "type": "object",
    "properties": {"type": {"const": "ai"}, "content": TEXT, "id": TEXT},
    "required": ["type", "content", "id"],
}


SCHEMAS: list[tuple[Json, list[Any]]] = [
    (TEXT, [""]),
    ({"type": "integer"}, [1]),
    ({"type": ["string", "null"]}, ["", None]),
    ({"anyOf": [TEXT, {"type": "null"}]}, ["", None]),
    ({"oneOf": [TEXT, {"allOf": [NUMBER]}]}, ["", 1]),
    ({"enum": ["a", 1]}, ["", 1]),
    ({"const": None}, [None]),
    ({"type": "string", "const": "a"}, [""]),
    ({"type": "array", "items": TEXT}, [[""]]),
    ({"type": "array"}, [[]]),
    ({"type": "array", "items": {"$ref": "#/$defs/A"}, "$defs": {"A": NUMBER}}, [[1]]),
    (
        {"type": "object", "properties": {"a": TEXT, "b": NUMBER}, "required": ["a", "c"]},
        [{"a": ""}, {"a": "", "b": 1}],
    ),
    ({"properties": {"a": TEXT}, "required": ["a"]}, [{"a": ""}]),
    (AI, [{"type": "ai", "content": "", "id": ""}]),
]


@pytest.mark.parametrize(("schema", "values"), SCHEMAS)
def test_a_schema_has_the_shape_of_what_it_allows(schema: Json, values: list[Any]) -> None:
    assert shape_of_schema(schema) == shape_of_all(values)


@pytest.mark.parametrize("schema", [True, None, {}, {"$ref": "http://else.example"}, {"anyOf": 1}])
def test_a_schema_that_says_nothing_of_types_has_no_shape(schema: Any) -> None:
    assert shape_of_schema(schema) == NOTHING


def test_a_schema_that_is_part_of_itself_has_a_shape() -> None:
    tree: Json = {"type": "object", "properties": {"left": {"$ref": "#/$defs/Tree"}}}

    shape = shape_of_schema({"$ref": "#/$defs/Tree", "$defs": {"Tree": tree}})

    below = Shape(frozenset(("object",)))
    assert shape == Shape(below.types, objects={"": Fields(frozenset(), {"left": below})})


def test_messages_are_told_apart_as_those_on_the_wire_are() -> None:
    human = AI | {"properties": AI["properties"] | {"type": {"const": "human"}}}

    shape = shape_of_schema({"anyOf": [AI, human]})

    assert (
        shape.objects.keys()
        == shape_of_all(
            {"type": kind, "content": "", "id": ""} for kind in ("ai", "human")
        ).objects.keys()
    )
    assert shape_of({"type": "ai", "content": "", "id": ""}).objects["ai"] == shape.objects["ai"]

"""Finds the fields of a state that the schemas of a graph allow to be null.

Clients that were written for a schema handle null in these fields, even if no recorded value is
null. That holds wherever the state appears: in values, in updates, and in the input of a task.
"""

from collections.abc import Iterable, Iterator

from graphtape_contracts import Exchange
from graphtape_contracts.shape import Shape
from graphtape_mock.drift.compare_endpoints import SCHEMAS
from graphtape_mock.drift.schema_shape import shape_of_schema
from graphtape_mock.recordings.try_json import object_in


def nullable_fields(exchanges: Iterable[Exchange]) -> frozenset[str]:
    """Return the names of the fields that the schemas in *exchanges* allow to be null."""
    schemas_of = [object_in(e.body) for e in exchanges if SCHEMAS.search(e.request.path)]
    shapes = (shape_of_schema(schemas.get("state_schema")) for schemas in schemas_of)
    return frozenset(name for shape in shapes for name in _nullable(shape))


def _nullable(shape: Shape) -> Iterator[str]:
    if shape.items:
        yield from _nullable(shape.items)
    # Messages have their type as key, other objects "". Null in messages needs no schema.
    for name, field in shape.objects[""].shapes.items() if "" in shape.objects else ():
        if "null" in field.types:
            yield name
        yield from _nullable(field)

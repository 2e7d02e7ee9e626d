"""Fields of the state that may be null by the schema of the graph, though no null was recorded.

Clients written against the schema handle null wherever the state is shown: in values, in updates,
and as the input of a task.
"""

from collections.abc import Iterable, Iterator

from graphtape_contracts import Exchange
from graphtape_contracts.shape import Shape
from graphtape_mock.drift.compare_endpoints import SCHEMAS
from graphtape_mock.drift.schema_shape import shape_of_schema
from graphtape_mock.recordings.try_json import object_in


def nullable_fields(exchanges: Iterable[Exchange]) -> frozenset[str]:
    """Return the names of the fields that may be null by the schemas in *exchanges*."""
    schemas_of = [object_in(e.body) for e in exchanges if SCHEMAS.search(e.request.path)]
    shapes = (shape_of_schema(schemas.get("state_schema")) for schemas in schemas_of)
    return frozenset(name for shape in shapes for name in _nullable(shape))


def _nullable(shape: Shape) -> Iterator[str]:
    if shape.items:
        yield from _nullable(shape.items)
    # The fields of messages are under their types: what may be null there is known.
    for name, field in shape.objects[""].shapes.items() if "" in shape.objects else ():
        if "null" in field.types:
            yield name
        yield from _nullable(field)

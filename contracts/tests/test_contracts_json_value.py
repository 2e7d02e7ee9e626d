from typing import Any

from graphtape_contracts.json_value import objects_in


def test_outer_objects_come_before_inner_ones() -> None:
    data: list[Any] = [{"a": [{"b": 1}]}, 2, {"c": {}}]

    assert list(objects_in(data)) == [data[0], {"b": 1}, {"c": {}}, {}]


def test_objects_are_found_at_any_depth() -> None:
    deep: Any = {"a": 1}
    for _ in range(100_000):
        deep = [deep]

    assert list(objects_in(deep)) == [{"a": 1}]

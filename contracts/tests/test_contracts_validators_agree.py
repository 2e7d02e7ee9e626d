"""Two independent validators agree on the schemas: jsonschema and jsonschema-rs."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import orjson
import pytest
from captured import captures
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts.json_value import Absent, Path, is_list, is_object
from graphtape_contracts.parsing.event import event_of
from graphtape_contracts.schema import load, names, validator

OTHERS: list[Any] = [None, True, 0, 1.0, 1.5, "", "ai", "AIMessageChunk", [], {}]


def events() -> Iterator[tuple[str, Any]]:
    """Yield schema name and data of every captured event."""
    for exchange in captures().values():
        frames = exchange.frames if exchange.is_stream else ()
        for event in filter(None, map(event_of, frames, range(len(frames)))):
            schema = f"{event.mode.replace('/', '-')}.json"
            # jsonschema-rs and orjson reject lone surrogates.
            if not isinstance(event.value, Absent) and is_unicode(event.value):
                yield schema, event.value


def is_unicode(value: Any) -> bool:
    try:
        orjson.dumps(value)
    except TypeError:
        return False
    return True


@cache
def data() -> dict[str, list[Any]]:
    """Return the examples and the captured data of each schema, by schema name."""
    found: dict[str, list[Any]] = {name: list(load(name).get("examples", [])) for name in names()}
    for name, value in events():
        found[name].append(value)
    return {name: values for name, values in found.items() if values}


@cache
def rust(name: str) -> jsonschema_rs.Validator:
    resources = [(load(other)["$id"], load(other)) for other in names()]
    registry = jsonschema_rs.Registry(resources)
    return jsonschema_rs.Draft202012Validator(load(name), registry=registry)


def python_allows(name: str, value: Any) -> bool:
    return next(validator(name).iter_errors(value), None) is None


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of *value* itself and of every value in it."""
    yield path
    parts: Iterable[tuple[Any, Any]] = enumerate(value) if is_list(value) else ()
    for key, part in value.items() if is_object(value) else parts:
        yield from places(part, (*path, key))


def replaced(value: Any, path: Path, new: list[Any]) -> Any:
    """Return *value* with the part at *path* replaced by the item of *new*, or removed if empty."""
    if not path:
        return new[0] if new else None
    key: Any = path[0]
    parts = new if len(path) == 1 else [replaced(value[key], path[1:], new)]
    if is_list(value):
        return [*value[:key], *parts, *value[key + 1 :]]
    kept = {name: part for name, part in value.items() if name != key}
    return kept | ({key: parts[0]} if parts else {})


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw a schema name and data in which one value, at any depth, is dropped or replaced."""
    name = draw(st.sampled_from(sorted(data())))
    value = draw(st.sampled_from(data()[name]))
    path = draw(st.sampled_from(list(places(value))))
    return name, replaced(value, path, draw(st.lists(st.sampled_from(OTHERS), max_size=1)))


def test_both_allow_what_real_servers_sent() -> None:
    refused = [
        (name, value)
        for name, value in events()
        if not (rust(name).is_valid(value) and python_allows(name, value))
    ]

    assert refused == []


@settings(max_examples=1000, deadline=None)
@given(case=mutated())
def test_both_agree_on_mutated_data(case: tuple[str, Any]) -> None:
    name, value = case

    assert rust(name).is_valid(value) == python_allows(name, value)


@pytest.mark.parametrize(
    ("value", "path", "new", "result"),
    [
        ({"a": [1, 2]}, ("a", 0), [], {"a": [2]}),
        ({"a": [1, 2]}, ("a", 1), ["x"], {"a": [1, "x"]}),
        ({"a": 1, "b": 2}, ("a",), [], {"b": 2}),
        ({"a": 1}, (), ["x"], "x"),
        ({"a": 1}, (), [], None),
    ],
)
def test_a_mutation_changes_one_place(value: Any, path: Path, new: list[Any], result: Any) -> None:
    assert replaced(value, path, new) == result

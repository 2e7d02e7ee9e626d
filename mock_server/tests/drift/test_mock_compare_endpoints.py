"""Changes outside runs: in the deployment, its assistants, the schemas and nodes of graphs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from drifting import Edit, around, body, body_of, status, with_body

from graphtape_contracts import Exchange, Request
from graphtape_contracts.json_value import Json
from graphtape_mock.drift.compare_runs import compare
from graphtape_mock.drift.severity import Severity

BREAKING, ADDITIVE, COSMETIC = Severity
Told = list[tuple[Severity, str, str]]
JsonEdit = Callable[[Any], Any]

INFO = around("state", "/info")
SEARCH = around("state", "/assistants/search")
SCHEMAS = around("state", "/schemas")
GRAPH = around("state", "/graph")


def told(before: Exchange, edit: Edit) -> Told:
    return [(drift.severity, drift.kind, drift.summary) for drift in compare(before, edit(before))]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"version": "0.17.0"}, [(COSMETIC, "version", "the version changed")]),
        ({"version": 17}, [(BREAKING, "retyped", "'version' is of another type")]),
        ({"more": {}}, [(ADDITIVE, "new", "'more' is new")]),
        ({"flags": {"crons": True}}, None),
    ],
)
def test_what_a_deployment_says_of_itself(edit: Json, expected: Told | None) -> None:
    found = told(INFO, body(lambda info: info | edit))

    assert found == expected or (expected is None and {f[0] for f in found} == {BREAKING})


def test_a_version_is_told_with_what_it_was() -> None:
    (drift,) = compare(INFO, body(lambda info: info | {"version": "9"})(INFO))

    assert (drift.before, drift.after, drift.where) == ("0.16.7", "9", ("body $.version",))


OF_USERS: Json = {"metadata": {"mine": 1}, "config": {"tags": ["a"]}, "context": {"x": 1}}


SEARCHES: list[tuple[JsonEdit, Told]] = [
    (lambda found: [*found, *found], []),
    (lambda found: [*found, found[0] | OF_USERS], []),
    (lambda found: [], [(BREAKING, "empty", "the list is empty now")]),
    (lambda found: [found[0] | {"more": 1}], [(ADDITIVE, "new", "'more' is new")]),
    (
        lambda found: [{k: v for k, v in found[0].items() if k != "name"}],
        [(BREAKING, "missing", "'name' is missing")],
    ),
    (lambda found: "broken", [(BREAKING, "retyped", "the data is of another type")]),
]


@pytest.mark.parametrize(("edit", "expected"), SEARCHES)
def test_what_a_search_for_assistants_finds(edit: JsonEdit, expected: Told) -> None:
    assert told(SEARCH, body(edit)) == expected


def schemas(name: str, edit: JsonEdit) -> Edit:
    """Return an edit of the schema *name*."""
    return body(lambda found: found | {name: edit(found[name])})


def field(name: str, schema: Json, *, required: bool = False) -> JsonEdit:
    """Return an edit that adds a field to a schema."""

    def edit(found: Json) -> Json:
        properties = found["properties"] | {name: schema}
        return found | {
            "properties": properties,
            "required": [*found.get("required", []), *([name] if required else [])],
        }

    return edit


def no_field(name: str) -> JsonEdit:
    """Return an edit that removes a field from a schema."""

    def edit(found: Json) -> Json:
        properties = {key: value for key, value in found["properties"].items() if key != name}
        return found | {"properties": properties}

    return edit


TEXT = {"type": "string"}
INPUT, OUTPUT = "input_schema", "output_schema"


SCHEMA_EDITS: list[tuple[Edit, Told]] = [
    (lambda found: found, []),
    (schemas(INPUT, lambda schema: schema | {"title": "New", "description": "x"}), []),
    (
        schemas(INPUT, field("more", TEXT)),
        [(ADDITIVE, "input", "the input 'more' is new")],
    ),
    (
        schemas(INPUT, field("more", TEXT, required=True)),
        [(BREAKING, "input", "the input 'more' is new, and required")],
    ),
    (
        schemas(INPUT, lambda schema: schema | {"required": []}),
        [],
    ),
    (
        schemas(INPUT, no_field("customer")),
        [(BREAKING, "input", "the input 'customer' is gone")],
    ),
    (
        schemas(INPUT, field("customer", {"type": "integer"})),
        [(BREAKING, "input", "the input 'customer' is of another type")],
    ),
    (
        schemas(INPUT, field("customer", {"anyOf": [TEXT, {"type": "null"}]})),
        [],
    ),
    (
        schemas(OUTPUT, field("more", TEXT)),
        [(ADDITIVE, "new", "'more' is new")],
    ),
    (
        schemas(OUTPUT, no_field("total")),
        [(BREAKING, "missing", "'total' is missing")],
    ),
    (schemas(OUTPUT, lambda schema: None), [(BREAKING, "schema", "the output_schema is gone")]),
    (body(lambda found: found | {"more": {}}), []),
]


@pytest.mark.parametrize(("edit", "expected"), SCHEMA_EDITS)
def test_what_a_graph_takes_and_gives(edit: Edit, expected: Told) -> None:
    assert told(SCHEMAS, edit) == expected


def test_a_schema_that_there_was_not_is_new() -> None:
    without = body(lambda found: found | {OUTPUT: None})(SCHEMAS)

    (drift,) = compare(without, SCHEMAS)

    assert (drift.severity, drift.summary) == (ADDITIVE, "the output_schema is new")
    assert compare(without, without) == []


def node(name: str) -> Json:
    return {"id": name, "type": "runnable", "data": {"name": name}}


GRAPHS: list[tuple[JsonEdit, Told]] = [
    (
        lambda graph: graph | {"nodes": [*graph["nodes"], node("more")]},
        [(ADDITIVE, "graph", "the node 'more' is new")],
    ),
    (
        lambda graph: graph | {"nodes": [n for n in graph["nodes"] if n["id"] != "price"]},
        [(BREAKING, "graph", "the node 'price' is gone")],
    ),
    (
        lambda graph: graph | {"edges": [e | {"conditional": True} for e in graph["edges"]]},
        [(COSMETIC, "graph", "the edges between the nodes changed")],
    ),
    (lambda graph: graph | {"nodes": [n | {"metadata": 1} for n in graph["nodes"]]}, []),
]


@pytest.mark.parametrize(("edit", "expected"), GRAPHS)
def test_the_nodes_of_a_graph(edit: JsonEdit, expected: Told) -> None:
    assert told(GRAPH, body(edit)) == expected


def test_a_graph_without_edges_is_told_as_one() -> None:
    (drift,) = compare(GRAPH, body(lambda graph: {"nodes": graph["nodes"]})(GRAPH))

    assert drift.after == "none"
    assert "__start__ -> " in drift.before


def test_ids_of_nodes_do_not_count() -> None:
    one, other = (
        with_body(GRAPH, {"nodes": [node(f"0000000{n}-0000-4000-8000-000000000000")]})
        for n in (1, 2)
    )

    assert compare(one, other) == []


def test_a_refusal_is_compared_by_its_shape() -> None:
    request = Request("POST", "/runs/stream", (), b"{}")
    refused = with_body(replace(status(422)(INFO), request=request), {"detail": "no input"})

    assert compare(refused, with_body(refused, {"detail": "no assistant"})) == []
    (drift,) = compare(refused, with_body(refused, {"detail": [{"loc": []}]}))
    assert (drift.severity, drift.summary) == (BREAKING, "'detail' is of another type")


def test_a_body_that_is_no_json_is_told() -> None:
    (drift,) = compare(SCHEMAS, replace(SCHEMAS, frames=()))

    assert (drift.severity, drift.after) == (BREAKING, "empty")
    assert body_of(SCHEMAS)["graph_id"] == "state"

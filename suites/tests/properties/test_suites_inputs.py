"""Inputs generated from the schemas that deployments advertise."""

from typing import Any

import orjson
import pytest
from captured import assert_for_each, captured, captures
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from graphtape_contracts.json_value import Json, is_object
from graphtape_mock.recordings.file import read
from graphtape_mock.server.mock import bundled_recordings
from graphtape_suites.properties.inputs import human_messages, inputs
from graphtape_suites.runner.input_schema import GREETING, plain_input

HELLO = [{"type": "human", "content": GREETING}]


def _advertised_schemas() -> dict[str, Json]:
    """Return the input schemas in captures and recordings, by name."""
    told = [(name, e) for name, e in captures().items() if e.request.path.endswith("/schemas")]
    for path in bundled_recordings().glob("*.jsonl"):
        around = read(path).exchanges
        told += [(path.stem, e) for e in around if e.request.path.endswith("/schemas")]
    schemas = {name: orjson.loads(exchange.body).get("input_schema") for name, exchange in told}
    return {name: schema for name, schema in schemas.items() if is_object(schema)}


NODE: Json = {
    "$ref": "#/$defs/Node",
    "$defs": {
        "Node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer", "minimum": 2, "maximum": 9},
                "next": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]},
                "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
            },
            "required": ["value", "next"],
        }
    },
}
MADE_BY_HAND: dict[str, Json] = {
    "recursion": {
        "type": "object",
        "properties": {"tree": {"$ref": "#/$defs/Node"}},
        "$defs": NODE["$defs"],
    },
    "definitions": {
        "type": "object",
        "properties": {"a": {"$ref": "#/definitions/A"}},
        "definitions": {"A": {"$ref": "#/definitions/B"}, "B": {"type": "boolean"}},
    },
    "any-of": {
        "type": "object",
        "properties": {"a": {"anyOf": [{"type": "null"}, {"type": "string"}]}},
        "required": ["a"],
    },
    "one-of": {
        "type": "object",
        "properties": {"a": {"oneOf": [{"type": "boolean"}, {"type": "string"}]}},
    },
    "all-of": {
        "type": "object",
        "properties": {"a": {"allOf": [{"$ref": "#/$defs/A"}], "title": "A"}},
        "$defs": {"A": {"enum": ["x", "y"]}},
    },
    "several-types": {
        "type": "object",
        "properties": {"a": {"type": ["null", "integer"]}, "b": {"type": ["string", "null"]}},
    },
    "scalars": {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "count": {"type": "integer"},
            "share": {"type": "number", "minimum": 0, "maximum": 0.5},
            "flag": {"type": "boolean"},
            "nothing": {"type": "null"},
            "list": {"type": "array"},
            "any": {},
            "anything": True,
            "bag": {"type": "object"},
            "fixed": {"const": 7},
            "one": {"enum": [3, 4]},
            "given": {"type": "integer", "default": 12},
        },
    },
    "required": {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "required": ["b", "c"],
    },
    "further": {
        "type": "object",
        "properties": {"a": {"type": "object", "additionalProperties": {"type": "integer"}}},
    },
}


def fits(value: Json, schema: Json) -> bool:
    """Whether *schema* allows *value*; roles of messages, which no schema allows, are replaced."""
    if "messages" in value:
        said = [{"type": "human", "content": m["content"]} for m in value["messages"]]
        value = value | {"messages": said}
    validator: Any = Draft202012Validator(schema)
    return bool(validator.is_valid(value))


@pytest.fixture(name="schemas", scope="module", params=["advertised", "made by hand"])
def _schemas(request: pytest.FixtureRequest) -> dict[str, Json]:
    """Distinct schemas by name; many recordings are of the same graph."""
    if request.param == "made by hand":
        return MADE_BY_HAND
    different = {
        orjson.dumps(schema): (name, schema) for name, schema in _advertised_schemas().items()
    }
    return dict(different.values())


def test_a_plain_input_is_one_that_the_schema_allows(schemas: dict[str, Json]) -> None:
    def is_allowed(_: str, schema: Json) -> None:
        assert fits(plain_input(schema), schema)

    assert_for_each(schemas, is_allowed)


def test_drawn_inputs_are_such_that_the_schema_allows(schemas: dict[str, Json]) -> None:
    def are_allowed(_: str, schema: Json) -> None:
        @given(inputs(schema))
        def is_allowed(drawn: Json) -> None:
            assert fits(drawn, schema)

        is_allowed()

    assert_for_each(schemas, are_allowed)


def test_schemas_of_real_servers_are_among_those_that_are_tried() -> None:
    told = _advertised_schemas()

    assert "python/nb-assistant-schemas" in told
    assert len(told) > 10


def test_a_plain_input_has_what_is_required() -> None:
    assert plain_input(MADE_BY_HAND["required"]) == {"b": GREETING, "c": None}


def test_a_plain_input_has_all_fields_where_none_is_required() -> None:
    assert plain_input(MADE_BY_HAND["scalars"]) == {
        "text": GREETING,
        "count": 1,
        "share": 0.5,
        "flag": True,
        "nothing": None,
        "list": [],
        "any": None,
        "anything": None,
        "bag": {},
        "fixed": 7,
        "one": 3,
        "given": 12,
    }


def test_a_schema_that_refers_to_itself_ends_somewhere() -> None:
    chain: Json | None = plain_input(NODE)
    depth = 0
    while chain:
        chain = chain.get("next")
        depth += 1

    assert 1 < depth < 9


@pytest.mark.parametrize("schema", [{}, {"type": "array"}, {"$ref": "#/nowhere"}, {"$ref": 5}])
def test_a_plain_input_is_an_object_whatever_the_schema_is(schema: Json) -> None:
    assert plain_input(schema) == {}


def test_a_reference_that_leads_nowhere_allows_anything() -> None:
    lost: Json = {"properties": {"a": {"$ref": "#/$defs/A/x/y"}}, "$defs": {"A": {"x": []}}}

    assert plain_input({"type": "object"} | lost) == {"a": None}


def test_a_reference_to_itself_alone_allows_anything() -> None:
    assert plain_input({"$ref": "#"}) == {}


def _messages(items: Json, title: str = "Messages") -> Json:
    messages = {"type": "array", "title": title, "items": items}
    return {"type": "object", "properties": {"messages": messages}}


LANGCHAIN: Json = {"oneOf": [{"title": "AIMessage"}, {"title": "HumanMessage"}]}


@pytest.mark.parametrize("schema", [_messages(LANGCHAIN, "Said"), _messages({})])
def test_messages_are_what_a_person_says(schema: Json) -> None:
    assert plain_input(schema) == {"messages": HELLO}


@pytest.mark.parametrize("schema", [_messages({}, "Files"), _messages({"type": "string"})])
def test_lists_of_something_else_are_no_messages(schema: Json) -> None:
    assert plain_input(schema) == {"messages": []}


@given(inputs(_messages({})))
def test_drawn_messages_are_what_a_person_says(drawn: Any) -> None:
    kinds = {message.get("role", message.get("type")) for message in drawn["messages"]}

    assert kinds <= {"user", "human"}


@given(human_messages())
def test_what_a_person_says_is_text_or_parts_with_text(message: Json) -> None:
    content = message["content"]

    assert isinstance(content if isinstance(content, str) else content[0]["text"], str)


@pytest.mark.parametrize("schema", [None, {}, {"type": "object"}])
@given(data=st.data())
def test_without_a_schema_any_object_may_be_an_input(
    schema: Json | None, data: st.DataObject
) -> None:
    assert is_object(data.draw(inputs(schema)))


def test_the_captured_schema_is_that_of_a_list_of_messages() -> None:
    schemas = orjson.loads(captured("python/nb-assistant-schemas").body)

    assert plain_input(schemas["input_schema"]) == {"messages": HELLO}

"""The OpenAPI documents are complete, valid in their version, and consistent with the schemas."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator, OpenAPIV32SpecValidator

from graphtape_contracts.json_value import is_list, is_object
from graphtape_contracts.openapi import VERSIONS, Version, bundle, document
from graphtape_contracts.rules.data import RULES
from graphtape_contracts.schema import Validator, load, names

SPECIFICATIONS = {"3.1": OpenAPIV31SpecValidator, "3.2": OpenAPIV32SpecValidator}
STREAM_EVENT = "#/components/schemas/stream-event"


def references(node: object) -> Iterator[str]:
    if is_object(node):
        for key, value in node.items():
            yield from [str(value)] if key == "$ref" else references(value)
    elif is_list(node):
        for item in node:
            yield from references(item)


def follow(root: Any, pointer: str) -> Any:
    for part in pointer.removeprefix("#/").split("/"):
        root = root[part]
    return root


def stream(version: Version) -> Any:
    answer = document(version)["paths"]["/runs/stream"]["post"]["responses"]["200"]
    return answer["content"]["text/event-stream"]


def problems(version: Version, whole: dict[str, Any]) -> list[str]:
    return [str(error) for error in SPECIFICATIONS[version](whole).iter_errors()]


def fits(schema: dict[str, Any], value: Any) -> bool:
    formats = FormatChecker(["uuid"])
    validator = cast(Validator, Draft202012Validator(schema, format_checker=formats))
    return not list(validator.iter_errors(value))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_document_is_valid_in_its_version_of_openapi(version: Version) -> None:
    whole = document(version, graphs=["agent"], requests={"one": {"assistant_id": "agent"}})

    assert whole["openapi"].startswith(f"{version}.")
    assert problems(version, whole) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_an_invalid_document_is_reported(version: Version) -> None:
    whole = document(version)
    del whole["info"]["title"]

    assert problems(version, whole)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_document_refers_to_nothing_outside_itself(version: Version) -> None:
    found = set(references(document(version)))

    assert found
    assert [ref for ref in found if not ref.startswith("#/")] == []
    assert all(follow(document(version), ref) is not None for ref in found)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_schema_in_a_document_is_a_json_schema(version: Version) -> None:
    for schema in document(version)["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_a_document_has_the_schema_of_every_message() -> None:
    messages = {name.removesuffix(".json") for name in names()}
    of_no_answer = {"recording", "checkpoint", "thread-state"}

    assert messages - document()["components"]["schemas"].keys() <= of_no_answer


def test_a_reference_in_a_schema_has_only_annotations_beside_it() -> None:
    schemas = document()["components"]["schemas"]

    assert load("run-request.json")["$ref"] == "background-run-request.json"
    assert schemas["run-request"]["allOf"] == [
        {"$ref": "#/components/schemas/background-run-request"}
    ]
    assert "properties" in schemas["run-request"]
    assert schemas["config"]["propertyNames"] == {"$ref": "#/components/schemas/config/$defs/key"}


def test_every_response_has_a_schema() -> None:
    for version in VERSIONS:
        answers = list(_answers(document(version)))
        contents = [content for answer in answers for content in answer.get("content", {}).values()]

        assert contents
        assert all(content.get("schema") or content.get("itemSchema") for content in contents)


def _answers(whole: dict[str, Any]) -> Iterator[Any]:
    for methods in whole["paths"].values():
        for operation in methods.values():
            for answer in operation["responses"].values():
                yield follow(whole, answer["$ref"]) if "$ref" in answer else answer


def test_openapi_3_2_describes_each_event_of_a_stream() -> None:
    assert stream("3.2") == {"itemSchema": {"$ref": STREAM_EVENT}}


def test_openapi_3_1_describes_a_stream_as_a_string_or_as_events() -> None:
    text, event = stream("3.1")["schema"]["anyOf"]

    assert text["type"] == "string"
    assert event == {"$ref": STREAM_EVENT}
    assert "itemSchema" not in json.dumps(document("3.1"))


def test_the_versions_differ_only_in_streams() -> None:
    newer, older = (document(version) for version in VERSIONS)
    for whole in (newer, older):
        del whole["openapi"]
        del whole["paths"]["/runs/stream"]["post"]["responses"]["200"]["content"]

    assert newer == older


def test_the_data_of_each_event_has_the_schema_that_the_rules_apply() -> None:
    ruled = {rule.id.removeprefix("data.") for rule in RULES} & {
        name.removesuffix(".json") for name in names()
    }

    described = {
        case["then"]["properties"]["data"]["contentSchema"]["$ref"].removesuffix(".json")
        for case in load("stream-event.json")["allOf"]
    }

    assert described == ruled | {"custom"}  # `custom` may be any JSON.


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("metadata", "metadata"),
        ("values", "values"),
        ("values|child:1", "values"),
        ("updates|child:1|inner:2", "updates"),
        ("messages", "messages"),
        ("messages|child:1", "messages"),
        ("messages/partial", "messages-partial"),
        ("messages/complete", "messages-complete"),
        ("custom", "custom"),
        ("error", "error"),
        ("values2", None),
        ("metadata|child:1", None),
        ("unheard-of", None),
    ],
)
def test_the_schema_of_the_data_is_chosen_by_the_name(name: str, schema: str | None) -> None:
    event = {"event": name, "data": "{}"}
    cases = cast(list[dict[str, Any]], load("stream-event.json")["allOf"])

    applied = [
        case["then"]["properties"]["data"]["contentSchema"]["$ref"]
        for case in cases
        if fits(case["if"], event)
    ]

    assert applied == ([] if schema is None else [f"{schema}.json"])


@pytest.mark.parametrize("name", ["values", "custom", "end"])
def test_data_may_be_empty_if_a_server_writes_null_as_nothing(name: str) -> None:
    cases = cast(list[dict[str, Any]], load("stream-event.json")["allOf"])
    event = {"event": name, "data": ""}

    assert not any(fits(case["if"], event) for case in cases)


def test_a_deployment_is_described_with_its_graphs_and_requests() -> None:
    body: dict[str, Any] = {"assistant_id": "mine", "input": {}}

    described = document(graphs=["mine", "other"], requests={"first": body})

    assert described["components"]["schemas"]["graph-name"]["enum"] == ["mine", "other"]
    for path in ("/runs/stream", "/runs/wait"):
        content = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        assert content["examples"] == {"first": {"value": body}}


def test_a_document_without_a_deployment_allows_any_graph() -> None:
    document(graphs=["mine"])["paths"].clear()

    assert document()["paths"]
    assert "enum" not in document()["components"]["schemas"]["graph-name"]
    assert "examples" not in document()["paths"]["/runs/wait"]["post"]["requestBody"]["content"]


def accepts(name: str, body: Any) -> bool:
    whole = document(graphs=["agent"])
    schema = {"$ref": f"#/components/schemas/{name}", "components": whole["components"]}
    return fits(schema, body)


AGENT = {"assistant_id": "agent"}
UUID = "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ("stateless-run", AGENT),
        ("stateless-run", {"assistant_id": UUID}),
        ("stateless-run", AGENT | {"command": None}),
        ("stateless-run", AGENT | {"command": {"resume": None, "goto": "x"}}),
        ("stateless-run", AGENT | {"config": {"configurable": {"a": 1}}, "context": {}}),
        ("stateless-run", AGENT | {"context": {"a": 1}}),
        ("stateless-run", AGENT | {"webhook": "https://hooks.example:8080/a?b=c"}),
        ("cancellation", {"status": "all"}),
        ("cancellation", {"thread_id": UUID, "run_ids": [UUID]}),
        ("new-thread", {"thread_id": ""}),
        ("new-assistant", {"graph_id": "agent", "assistant_id": UUID}),
    ],
)
def test_a_body_that_servers_accept_is_valid(schema: str, body: dict[str, Any]) -> None:
    assert accepts(schema, body)


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ("stateless-run", {"assistant_id": "nobody"}),
        ("stateless-run", AGENT | {"command": {"resume": "yes"}}),
        ("stateless-run", AGENT | {"config": {"configurable": {"a": 1}}, "context": {"b": 2}}),
        ("stateless-run", AGENT | {"webhook": "/relative"}),
        ("stateless-run", AGENT | {"webhook": "http://127.0.0.1/"}),
        ("stateless-run", AGENT | {"on_disconnect": "x"}),
        ("background-run", AGENT | {"command": {"resume": "yes"}}),
        ("cancellation", {"status": "all", "thread_id": UUID}),
        ("cancellation", {"thread_id": UUID, "run_ids": ["x"]}),
        ("new-thread", {"thread_id": "x"}),
        ("new-assistant", {"graph_id": "agent", "assistant_id": "x"}),
    ],
)
def test_a_body_that_servers_refuse_is_invalid(schema: str, body: dict[str, Any]) -> None:
    assert not accepts(schema, body)


def test_the_path_of_a_run_matches_the_location_header() -> None:
    headers = document()["components"]["headers"]

    run, joining = (
        headers[name]["schema"]["pattern"] for name in ("run-location", "join-location")
    )
    assert re.search(run, f"/runs/{UUID}")
    assert re.search(run, f"/threads/{UUID}/runs/{UUID}")
    assert not re.search(run, f"/runs/{UUID}/stream")
    assert re.search(joining, f"/threads/{UUID}/runs/{UUID}/join")


def test_a_document_without_references_is_unchanged() -> None:
    template = {"components": {"schemas": {"a": {"$ref": "#/components/schemas/a"}}}}

    assert bundle(template) == template


def test_references_in_examples_are_unchanged() -> None:
    example = {"properties": {"a": {"$ref": "#/$defs/b", "type": "string"}}}
    template = {"components": {"schemas": {"a": {"examples": [example]}}}}

    assert bundle(template) == template

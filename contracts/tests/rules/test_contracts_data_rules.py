"""Unusual data that the rules accept, and the findings in invalid data."""

from dataclasses import replace
from typing import Any

import pytest
from captured import captured
from mutation import asking, with_data, with_frames

from graphtape_contracts import Exchange, Frame
from graphtape_contracts.checker import check
from graphtape_contracts.finding import Finding
from graphtape_contracts.parsing.output_schema import output_validator
from graphtape_contracts.rules import data

TUPLES = "python/full-tools-all-tuple-noevents"
UPDATES = "python/mode-agent-updates"
WRITTEN = "python/custom-all"
STRINGS = {"type": "string"}


def found(exchange: Exchange, schema: dict[str, Any] | None = None) -> list[Finding]:
    return check(exchange, data.RULES, output_schema=schema)


def named(name: str) -> Any:
    """Make a change that renames the `values` events."""

    def change(frames: list[Frame]) -> list[Frame | bytes]:
        renamed = [
            frame.raw.replace(b"event: values", b"event: " + name.encode()) for frame in frames
        ]
        return [*renamed]

    return with_frames(change)


def test_data_of_another_protocol_are_not_checked_if_requested() -> None:
    mutant = with_data("messages", lambda data: {"type": "event"})(captured(TUPLES))
    asked = asking(config={"configurable": {"__event_streaming_v2": True}})(mutant)

    assert found(mutant) != []
    assert found(asked) == []


def test_invalid_json_is_reported_by_the_framing_rules_only() -> None:
    broken = captured(UPDATES).frames[1].raw.replace(b"data: {", b"data: ")
    mutant = with_frames(lambda frames: [frames[0], broken, *frames[2:]])(captured(UPDATES))

    assert found(mutant) == []


def test_events_with_other_names_may_have_any_data() -> None:
    mutant = named("news")(with_data("values", lambda data: 5)(captured(WRITTEN)))

    assert found(mutant) == []


def test_a_finding_has_the_place_and_the_values() -> None:
    mutant = with_data("messages", lambda data: [data[0] | {"tool_calls": [{}]}, data[1]])(
        captured(TUPLES)
    )

    (finding,) = found(mutant)

    assert finding.where == "frame 5, $[0].tool_calls[0]"
    assert finding.expected == (
        'a value that matches the schema messages.json, which requires "required": ["name","args"]'
    )
    assert finding.got == '"name" is a required property'


def test_a_finding_shows_both_ends_of_a_long_value() -> None:
    mutant = with_data("updates", lambda data: [1] * 1000)(captured(UPDATES))

    (finding,) = found(mutant)

    assert len(finding.got) < 500
    assert finding.got.startswith("[1,1,1")
    assert finding.got.endswith('is not of type "object"')


def test_values_are_checked_against_the_advertised_schema() -> None:
    schema = {"type": "object", "properties": {"out": STRINGS}, "required": ["out"]}

    assert found(captured(WRITTEN), schema) == []
    assert [
        f.path for f in found(captured(WRITTEN), schema | {"required": [], "maxProperties": 1})
    ] == [
        (),
        (),
    ]


def test_the_state_of_a_subgraph_is_not_checked_against_the_schema() -> None:
    mutant = named("values|child:1")(captured(WRITTEN))

    assert found(captured(WRITTEN), STRINGS) != []
    assert found(mutant, STRINGS) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "text"},
        {"$ref": "#/definitions/nowhere"},
        {"$ref": "https://graphtape.invalid/elsewhere.json"},
        {"properties": {"a": {"pattern": "(?<name"}}},
        {"$ref": "#"},
    ],
)
def test_an_unusable_schema_forbids_nothing(schema: dict[str, Any]) -> None:
    assert output_validator(schema)({"a": "text"}) is None


def test_interrupts_are_not_checked_against_the_schema() -> None:
    judge = output_validator({"type": "object", "additionalProperties": False})

    assert judge({"__interrupt__": []}) is None
    assert judge({"other": 1}) is not None


@pytest.mark.parametrize("output", [{}, {"__interrupt__": []}, {"__feedback__": {}}])
def test_missing_output_is_not_checked_against_the_schema(output: dict[str, Any]) -> None:
    assert output_validator({"type": "array"})(output) is None
    assert output_validator({"type": "array"})(output | {"a": 1}) is not None


def test_a_schema_of_an_older_draft_is_read_by_that_draft() -> None:
    tuples = {"$schema": "http://json-schema.org/draft-07/schema#", "items": [STRINGS]}

    judge = output_validator(tuples)

    assert judge(["a"]) is None
    assert judge([1]) == ((0,), "1 is not of type 'string'")


def test_the_response_to_an_unreadable_request_is_checked() -> None:
    mutant = with_data("updates", lambda data: [])(captured(UPDATES))
    unknown = replace(mutant, request=replace(mutant.request, body=b""))

    assert [finding.rule for finding in found(unknown)] == ["data.updates"]

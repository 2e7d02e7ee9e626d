"""Data of events that the rules accept, and the findings in data that they do not."""

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
    """Return a change that renames the `values` events of an exchange."""

    def change(frames: list[Frame]) -> list[Frame | bytes]:
        renamed = [
            frame.raw.replace(b"event: values", b"event: " + name.encode()) for frame in frames
        ]
        return [*renamed]

    return with_frames(change)


def test_data_of_another_protocol_that_was_asked_for_are_let_pass() -> None:
    mutant = with_data("messages", lambda data: {"type": "event"})(captured(TUPLES))
    asked = asking(config={"configurable": {"__event_streaming_v2": True}})(mutant)

    assert found(mutant) != []
    assert found(asked) == []


def test_data_that_are_no_json_are_left_to_the_rules_of_framing() -> None:
    broken = captured(UPDATES).frames[1].raw.replace(b"data: {", b"data: ")
    mutant = with_frames(lambda frames: [frames[0], broken, *frames[2:]])(captured(UPDATES))

    assert found(mutant) == []


def test_events_of_other_names_may_hold_anything() -> None:
    mutant = named("news")(with_data("values", lambda data: 5)(captured(WRITTEN)))

    assert found(mutant) == []


def test_a_finding_says_where_and_what() -> None:
    mutant = with_data("messages", lambda data: [data[0] | {"tool_calls": [{}]}, data[1]])(
        captured(TUPLES)
    )

    (finding,) = found(mutant)

    assert finding.where == "frame 5, $[0].tool_calls[0]"
    assert finding.expected == (
        'a value that matches the schema messages.json, which requires "required": ["name","args"]'
    )
    assert finding.got == '"name" is a required property'


def test_of_a_long_value_a_finding_shows_both_ends() -> None:
    mutant = with_data("updates", lambda data: [1] * 1000)(captured(UPDATES))

    (finding,) = found(mutant)

    assert len(finding.got) < 500
    assert finding.got.startswith("[1,1,1")
    assert finding.got.endswith('is not of type "object"')


def test_values_fit_the_schema_that_the_deployment_advertises() -> None:
    schema = {"type": "object", "properties": {"out": STRINGS}, "required": ["out"]}

    assert found(captured(WRITTEN), schema) == []
    assert [
        f.path for f in found(captured(WRITTEN), schema | {"required": [], "maxProperties": 1})
    ] == [
        (),
        (),
    ]


def test_the_state_of_a_subgraph_is_not_the_advertised_one() -> None:
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
def test_a_schema_that_can_not_be_used_forbids_nothing(schema: dict[str, Any]) -> None:
    assert output_validator(schema)({"a": "text"}) is None


def test_interrupts_are_no_part_of_the_advertised_state() -> None:
    judge = output_validator({"type": "object", "additionalProperties": False})

    assert judge({"__interrupt__": []}) is None
    assert judge({"other": 1}) is not None


@pytest.mark.parametrize("output", [{}, {"__interrupt__": []}, {"__feedback__": {}}])
def test_where_there_is_no_output_yet_nothing_is_asked_of_it(output: dict[str, Any]) -> None:
    assert output_validator({"type": "array"})(output) is None
    assert output_validator({"type": "array"})(output | {"a": 1}) is not None


def test_an_older_schema_is_read_as_it_was_meant() -> None:
    tuples = {"$schema": "http://json-schema.org/draft-07/schema#", "items": [STRINGS]}

    judge = output_validator(tuples)

    assert judge(["a"]) is None
    assert judge([1]) == ((0,), "1 is not of type 'string'")


def test_the_answer_to_a_request_that_nobody_can_read_is_judged_too() -> None:
    mutant = with_data("updates", lambda data: [])(captured(UPDATES))
    unknown = replace(mutant, request=replace(mutant.request, body=b""))

    assert [finding.rule for finding in found(unknown)] == ["data.updates"]

"""Null is not a breaking change in a field whose schema allows null."""

from drifting import around, body, recorded

from graphtape_contracts.json_value import Json
from graphtape_mock.drift.advertised import nullable_fields
from graphtape_mock.drift.compare_runs import compare
from graphtape_mock.drift.severity import Severity
from graphtape_mock.recordings.file import read
from graphtape_mock.server.mock import bundled_recordings

SCHEMAS = around("state", "/schemas")
NULL: Json = {"type": "null"}


def test_the_fields_that_may_be_null_are_known() -> None:
    exchanges = read(bundled_recordings() / "state.jsonl").exchanges

    assert nullable_fields(exchanges) == {"discount", "notes"}
    assert nullable_fields([]) == frozenset()


def test_fields_are_found_at_any_depth_and_not_in_messages() -> None:
    message = {
        "properties": {"type": {"const": "ai"}, "content": NULL, "name": NULL},
        "required": ["type"],
    }
    inner = {"type": "object", "properties": {"inner": {"type": ["string", "null"]}}}
    state = {"properties": {"list": {"type": "array", "items": {"anyOf": [inner, message]}}}}
    exchange = body(lambda schemas: schemas | {"state_schema": state})(SCHEMAS)

    assert nullable_fields([exchange]) == {"inner"}


def test_null_where_it_was_advertised_is_cosmetic() -> None:
    nullable = nullable_fields([SCHEMAS])
    before, after = recorded("state"), recorded("state-no-items")

    with_schema = {d.summary: d.severity for d in compare(before, after, nullable)}
    without = {d.summary: d.severity for d in compare(before, after)}

    says = "'discount' is of another type"
    assert (with_schema[says], without[says]) == (Severity.COSMETIC, Severity.BREAKING)

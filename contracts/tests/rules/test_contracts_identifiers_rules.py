"""Unusual ids that are valid, and data without ids."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from captured import captured
from mutation import with_header

from graphtape_contracts import Exchange, sse
from graphtape_contracts.checker import check
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.rules import identifiers, reconnect_ids

UNKNOWN = "javascript-embed/stream-default"
ID = "01a2021a-ff2e-775a-b3e7-411d3384fb79"
OTHER = "01a2021a-ff2e-775a-b3e7-411d3384fb70"

SentEvent = tuple[str, Any] | tuple[str, Any, str]


def stream(*events: SentEvent) -> Exchange:
    body = b"".join(
        sse.encode_event(name, orjson.dumps(data).decode(), *id_) for name, data, *id_ in events
    )
    exchange = with_header("content-location", f"/runs/{ID}")(captured(UNKNOWN))
    return replace(exchange, frames=tuple(sse.decode(body)))


def judge(exchange: Exchange, dialect: Dialect | None = None) -> list[str]:
    rules = (*identifiers.RULES, *reconnect_ids.RULES)
    return [finding.rule for finding in check(exchange, rules, dialect=dialect)]


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("metadata", None),
        ("metadata", {}),
        ("metadata", {"run_id": 5}),
        ("metadata", {"run_id": ID}),
        ("tasks", []),
        ("tasks", {}),
        ("tasks", {"id": 5}),
        ("debug", []),
        ("debug", {}),
        ("debug", {"type": "task", "payload": []}),
        ("debug", {"type": "checkpoint", "payload": {"id": "1", "interrupts": [{"id": "1"}]}}),
        ("updates", []),
        ("updates", {"__interrupt__": {}}),
        ("updates", {"__interrupt__": ["x", {}, {"id": 5}]}),
        ("values", {"__interrupt__": [{"id": "mine"}]}),
        ("custom", {"id": "1", "run_id": "5", "interrupts": [{"id": "1"}]}),
    ],
)
def test_data_without_an_id_to_check_are_accepted(name: str, data: Any, dialect: Dialect) -> None:
    rules = identifiers.RULES

    assert check(stream((name, data)), rules, dialect=dialect) == []


def test_a_run_id_may_be_in_upper_case() -> None:
    assert judge(stream(("metadata", {"run_id": ID.upper()}))) == []


def test_a_run_without_a_location_may_have_any_id() -> None:
    exchange = with_header("content-location", None)(stream(("metadata", {"run_id": OTHER})))

    assert judge(exchange) == []


def test_only_the_first_run_id_is_compared_with_the_head() -> None:
    exchange = stream(("metadata", {"run_id": ID}), ("metadata", {"run_id": OTHER}))

    assert judge(exchange) == ["identifiers.same-run"]


def test_a_finding_has_the_place_of_an_interrupt() -> None:
    task = {"id": ID, "interrupts": [{"id": "0" * 32}, {"id": "mine"}]}
    exchange = stream(("debug", {"type": "task_result", "payload": task}))

    (finding,) = check(exchange, identifiers.RULES, dialect=Dialect.PYTHON)

    assert finding.path == ("payload", "interrupts", 1, "id")


def test_ids_of_an_unknown_server_may_have_any_form() -> None:
    assert judge(stream(("custom", 1, "b"), ("custom", 2, "a"), ("custom", 3, "c"))) == []


@pytest.mark.parametrize("name", ["end", "error"])
def test_the_last_event_of_a_stream_may_have_no_id(name: str) -> None:
    assert judge(stream(("custom", 1, "a"), (name, {}))) == []


def test_a_single_id_among_events_without_ids_is_reported() -> None:
    exchange = stream(("custom", 1), ("custom", 2, "a"))

    assert judge(exchange) == ["reconnect.ids-throughout"]


@pytest.mark.parametrize("ids", [("1-9", "1-10"), ("9-0", "10-0"), ("5-1", "6-0")])
def test_ids_are_compared_as_numbers(ids: tuple[str, str]) -> None:
    exchange = stream(*(("custom", 1, id_) for id_ in ids))

    assert judge(exchange, Dialect.PYTHON) == ["reconnect.ids-unasked"] * 2


def test_an_id_of_another_form_is_not_compared() -> None:
    exchange = stream(("custom", 1, "5"), ("custom", 2, "x"), ("custom", 3, "4"))

    found = judge(exchange, Dialect.JAVASCRIPT)

    assert sorted(found) == [
        "reconnect.ids-form",
        "reconnect.ids-ordered",
        *["reconnect.ids-unasked"] * 3,
    ]


def test_an_id_of_thousands_of_digits_is_reported_and_crashes_no_rule() -> None:
    exchange = stream(("custom", 1, "9" * 5000))

    assert judge(exchange, Dialect.JAVASCRIPT) == ["reconnect.ids-unasked", "reconnect.ids-form"]


def test_ids_in_a_transcript_without_a_request_are_accepted() -> None:
    exchange = captured("python/boom-resumable")
    unknown = replace(exchange, request=replace(exchange.request, body=b""))

    assert judge(unknown) == []


def test_a_stream_without_events_has_no_ids() -> None:
    assert judge(stream(), Dialect.AEGRA) == []

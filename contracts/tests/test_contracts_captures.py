"""Captured responses of real servers comply with the rules, except for known defects."""

import json
from pathlib import Path

import pytest
from captured import CAPTURES, assert_for_each, captured, captures, read_capture

from graphtape_contracts import Exchange
from graphtape_contracts.checker import check, check_body, parse_head
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level
from graphtape_contracts.parsing.exchange_head import Kind, kind_of

DEFECTS: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "known-defects.json").read_text(encoding="utf-8")
)
"""For each rule, the captures that violate it, and why that is a defect of the server."""
RULES_FOR_NEW_RUNS = {
    "order.metadata-first",
    "order.end-shown",
    "reconnect.ids-unasked",
    "reconnect.ids-present",
}
"""Rules for streams of new runs, which a joined stream may violate."""


def known_defects(name: str) -> set[str]:
    return {rule for rule, names in DEFECTS.items() if name in names}


def test_captures_comply_with_the_contract_except_for_known_defects() -> None:
    def complies(name: str, capture: Exchange) -> None:
        findings = [finding for finding in check(capture) if finding.level is not Level.NOTE]

        broken = {finding.rule for finding in findings}
        assert broken == known_defects(name), "\n".join(map(str, findings))
        assert Level.MUST not in {finding.level for finding in findings}

    assert_for_each(captures(), complies)


def test_an_unknown_request_causes_no_further_findings() -> None:
    def has_no_further_findings(name: str, capture: Exchange) -> None:
        head = parse_head(None, capture.response)
        # Without the request, a joined stream looks like the stream of a new run.
        joined = kind_of(capture.request, capture.response) is Kind.JOIN_STREAM
        allowed = (
            RULES_FOR_NEW_RUNS if joined and head.dialect is not Dialect.PYTHON else set[str]()
        )

        findings = check_body(head, capture.frames, capture.end)

        binding = {finding.rule for finding in findings if finding.level is not Level.NOTE}
        assert binding <= known_defects(name) | allowed, "\n".join(map(str, findings))

    assert_for_each(captures(), has_no_further_findings)


@pytest.mark.parametrize("case", ["stream-default", "stream-docs-updates", "stream-error-updates"])
def test_a_server_of_another_protocol_violates_the_contract(case: str) -> None:
    exchange = read_capture(CAPTURES / "pure-graph" / f"{case}.txt")

    broken = {finding.rule for finding in check(exchange) if finding.level is Level.MUST}

    assert "order.metadata-first" in broken


def test_every_known_defect_names_an_existing_capture() -> None:
    named = {name for names in DEFECTS.values() for name in names}

    assert named <= captures().keys()


def test_a_failed_claim_names_all_captures_for_which_it_is_false() -> None:
    def was_refused(name: str, capture: Exchange) -> None:
        assert capture.response.status == 422, f"{name} was answered"

    tried = {
        name: captured(name)
        for name in (
            "python/mode-agent-values",
            "python-cases/bad-stream-no-assistant",
            "python/wait-mode-values",
        )
    }

    with pytest.raises(AssertionError) as caught:
        assert_for_each(tried, was_refused)

    headline, *reasons = str(caught.value).split("\n\n")
    assert headline.endswith(": python/mode-agent-values, python/wait-mode-values")
    assert "python/mode-agent-values was answered" in reasons[0]
    assert "python/wait-mode-values was answered" in reasons[1]


def test_a_claim_about_zero_captures_fails() -> None:
    with pytest.raises(AssertionError, match="got none"):
        assert_for_each({}, lambda name, capture: None)

"""What real servers sent keeps the contract."""

import json
from pathlib import Path

import pytest
from captured import CAPTURES, captures, read_capture

from understudy_contracts import Exchange
from understudy_contracts.contract import check
from understudy_contracts.finding import Level

DEFECTS: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "known-defects.json").read_text(encoding="utf-8")
)
"""By rule: the captures that break it, and why that is a defect of the server."""


def test_what_a_server_sent_keeps_the_contract_but_for_its_known_defects(
    capture: Exchange, capture_name: str
) -> None:
    known = {rule for rule, captures in DEFECTS.items() if capture_name in captures}

    findings = [finding for finding in check(capture) if finding.level is not Level.MAY]

    assert {finding.rule for finding in findings} == known, "\n".join(map(str, findings))
    assert Level.MUST not in {finding.level for finding in findings}


@pytest.mark.parametrize("case", ["stream-default", "stream-docs-updates", "stream-error-updates"])
def test_a_server_of_another_protocol_is_found_out(case: str) -> None:
    exchange = read_capture(CAPTURES / "pure-graph" / f"{case}.txt")

    broken = {finding.rule for finding in check(exchange) if finding.level is Level.MUST}

    assert "order.metadata-first" in broken


def test_every_known_defect_is_of_a_capture() -> None:
    named = {name for captured in DEFECTS.values() for name in captured}

    assert named <= captures().keys()

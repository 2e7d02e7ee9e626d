"""What real servers sent keeps the contract."""

import json
from pathlib import Path

import pytest
from captured import CAPTURES, captures, read_capture

from understudy_contracts import Exchange
from understudy_contracts.call import Kind, kind_of
from understudy_contracts.contract import check, check_body, read_call
from understudy_contracts.dialect import Dialect
from understudy_contracts.finding import Level

DEFECTS: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "known-defects.json").read_text(encoding="utf-8")
)
"""By rule: the captures that break it, and why that is a defect of the server."""
JOINED = {"order.metadata-first", "order.end-shown", "resumption.unasked", "resumption.given"}
"""What a stream that was joined does not keep."""


def test_what_a_server_sent_keeps_the_contract_but_for_its_known_defects(
    capture: Exchange, capture_name: str
) -> None:
    known = {rule for rule, captures in DEFECTS.items() if capture_name in captures}

    findings = [finding for finding in check(capture) if finding.level is not Level.MAY]

    assert {finding.rule for finding in findings} == known, "\n".join(map(str, findings))
    assert Level.MUST not in {finding.level for finding in findings}


def test_an_answer_is_judged_no_harder_where_nobody_knows_the_request(
    capture: Exchange, capture_name: str
) -> None:
    known = {rule for rule, captures in DEFECTS.items() if capture_name in captures}
    call = read_call(None, capture.response)
    # But for what is taken for a run: without its request a stream that was joined looks like one.
    joined = kind_of(capture.request, capture.response) is Kind.JOIN_STREAM
    aside = JOINED if joined and call.dialect is not Dialect.PYTHON else set[str]()

    findings = check_body(call, capture.frames, capture.end)

    binding = {finding.rule for finding in findings if finding.level is not Level.MAY}
    assert binding <= known | aside, "\n".join(map(str, findings))


@pytest.mark.parametrize("case", ["stream-default", "stream-docs-updates", "stream-error-updates"])
def test_a_server_of_another_protocol_is_found_out(case: str) -> None:
    exchange = read_capture(CAPTURES / "pure-graph" / f"{case}.txt")

    broken = {finding.rule for finding in check(exchange) if finding.level is Level.MUST}

    assert "order.metadata-first" in broken


def test_every_known_defect_is_of_a_capture() -> None:
    named = {name for captured in DEFECTS.values() for name in captured}

    assert named <= captures().keys()

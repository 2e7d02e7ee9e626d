"""Verdicts as JSON, for other processes."""

import json

from graphtape_contracts.finding import Finding, Level
from graphtape_mock.deployment.budget import BudgetLimits, Spent
from graphtape_suites.verdicts.results import Outcome, Results, ScenarioVerdict, Verdict, numbered

FINDING = Finding(
    "head.once", Level.MUST, "There is one.", "observed", "one", "two", frame=3, path=("a", 0)
)
VERDICT = Verdict(
    "head.once",
    "stream",
    "test_stream.py::test_head[head.once]",
    Level.MUST,
    "There is one.",
    Outcome.FAILED,
    "there are two",
    (ScenarioVerdict("stream.default", 2, 1, (FINDING,)),),
)


def test_a_verdict_survives_json() -> None:
    assert Verdict.from_json(json.loads(json.dumps(VERDICT.to_json()))) == VERDICT


def test_findings_get_the_number_of_their_exchange() -> None:
    (found,) = numbered([FINDING], 7)

    assert found.exchange == 7
    assert found.rule == FINDING.rule


def test_verdicts_can_be_selected_by_outcome() -> None:
    results = Results(
        url="http://x.test",
        server={},
        dialect="python",
        contract="0.16",
        level=Level.SHOULD,
        profile="smoke",
        started_at="2026-01-01T00:00:00+00:00",
        budget=BudgetLimits(1, 1.0),
        spent=Spent(),
        verdicts=(VERDICT,),
    )

    assert results.with_outcome(Outcome.FAILED) == [VERDICT]
    assert results.with_outcome(Outcome.PASSED) == []

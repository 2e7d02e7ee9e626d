"""The results of a session, for the terminal summary and the report.

Workers of pytest-xdist send verdicts to the main process as JSON; the exchanges are in recordings
in the folder that the processes share.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from graphtape_contracts.finding import Finding, Level
from graphtape_contracts.json_value import Json
from graphtape_mock.deployment.budget import BudgetLimits, Spent
from graphtape_suites.session.scenario_result import ScenarioResult


class Outcome(StrEnum):
    """The outcome of a check."""

    PASSED = "passed"
    FAILED = "failed"
    EXPECTED_FAILURE = "expected failure"
    """It failed and is listed in the file of expected failures."""
    NOT_EXERCISED = "not exercised"
    """It applies but could not be exercised; counts as a failure of the session."""
    NOT_APPLICABLE = "not applicable"
    """It does not apply to the deployment."""


@dataclass(frozen=True, slots=True)
class ScenarioVerdict:
    """The verdict on a requirement in one scenario."""

    scenario: str
    exchanges: int
    """The number of exchanges that the requirement applies to."""
    failed: int
    """The number of them that failed."""
    findings: tuple[Finding, ...] = ()
    """The findings; their `exchange` is its number in the scenario, from 1."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a requirement, from one test."""

    requirement: str
    """The id of a rule or a check."""
    suite: str
    """The test module without `test_`, such as `stream`."""
    test: str
    """The node id of the test."""
    level: Level
    statement: str
    """The requirement in one sentence."""
    outcome: Outcome
    reason: str = ""
    """The reason for an outcome other than passed; for a failure, its description."""
    scenarios: tuple[ScenarioVerdict, ...] = ()

    def to_json(self) -> Json:
        """Return the verdict as JSON."""
        return asdict(self)

    @staticmethod
    def from_json(value: Any) -> "Verdict":
        """Return the verdict that `to_json` turned into *value*."""
        return Verdict(
            **value
            | {
                "level": Level(value["level"]),
                "outcome": Outcome(value["outcome"]),
                "scenarios": tuple(map(_scenario, value["scenarios"])),
            }
        )


def _scenario(value: Any) -> ScenarioVerdict:
    return ScenarioVerdict(**value | {"findings": tuple(map(_finding, value["findings"]))})


def _finding(value: Any) -> Finding:
    return Finding(**value | {"level": Level(value["level"]), "path": tuple(value["path"])})


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a session."""

    url: str
    """The URL of the deployment, without user and password."""
    server: Json
    """The body of `GET /info`."""
    dialect: str
    """The dialect whose contract was checked, such as `python`; empty for an unknown server."""
    contract: str
    """The version of the contract."""
    level: Level
    """The least strict level that was checked."""
    profile: str
    started_at: str
    """ISO 8601, UTC."""
    budget: BudgetLimits
    spent: Spent
    verdicts: Sequence[Verdict] = ()
    scenario_results: Sequence[ScenarioResult] = ()

    def with_outcome(self, outcome: Outcome) -> list[Verdict]:
        """Return the verdicts with that *outcome*."""
        return [verdict for verdict in self.verdicts if verdict.outcome is outcome]


def numbered(findings: Sequence[Finding], exchange: int) -> tuple[Finding, ...]:
    """Return *findings*, assigned to the exchange number *exchange*."""
    return tuple(replace(finding, exchange=exchange) for finding in findings)

"""The results of a session, for the terminal summary and the report.

Workers of pytest-xdist send verdicts to the main process as JSON, and write exchanges to recordings
in a folder that the processes share.
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
    """The requirement failed, and is listed in the file of expected failures."""
    NOT_EXERCISED = "not exercised"
    """The requirement applies, but its test could not be completed. The session fails."""
    NOT_APPLICABLE = "not applicable"
    """The requirement does not apply to the deployment."""


@dataclass(frozen=True, slots=True)
class ScenarioVerdict:
    """The verdict on a requirement in one scenario."""

    scenario: str
    exchanges: int
    """The number of exchanges that the requirement applies to."""
    failed: int
    """The number of these exchanges that violate the requirement."""
    findings: tuple[Finding, ...] = ()
    """The findings. Their `exchange` is a position in the scenario, counted from 1."""


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
    """The description of a failure, or the reason for another outcome; empty if passed."""
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
    """Return *findings* with their exchange set to number *exchange*."""
    return tuple(replace(finding, exchange=exchange) for finding in findings)

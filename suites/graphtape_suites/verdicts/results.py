"""What a session of the suites found out: what the summary tells, and the report shows.

Verdicts cross from the workers of pytest-xdist to the process that reports as JSON; the exchanges
they are about are in recordings in the folder that the processes share.
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
    """What a test says of its promise."""

    PASSED = "passed"
    FAILED = "failed"
    EXPECTED_FAILURE = "expected failure"
    """It stands in the file of expected failures."""
    NOT_EXERCISED = "not exercised"
    """It should have been tried, and could not be: as bad as broken, as nobody knows."""
    NOT_APPLICABLE = "not applicable"
    """The deployment never claimed it."""


@dataclass(frozen=True, slots=True)
class ScenarioVerdict:
    """What became of a promise in one scenario."""

    scenario: str
    exchanges: int
    """How many exchanges of it the promise is made about."""
    failed: int
    """The number of them that failed."""
    findings: tuple[Finding, ...] = ()
    """`exchange` of a finding is the number of the exchange in the scenario, counted from 1."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one test says."""

    requirement: str
    """The id of the promise: that of a rule, or of what the suites themselves try."""
    suite: str
    """The module of the test without `test_`: `stream`."""
    test: str
    """The node id of the test."""
    level: Level
    statement: str
    """The promise, in a sentence."""
    outcome: Outcome
    reason: str = ""
    """Why it is not applicable, expected or not exercised; how it was broken."""
    scenarios: tuple[ScenarioVerdict, ...] = ()

    def to_json(self) -> Json:
        """Return it as JSON."""
        return asdict(self)

    @staticmethod
    def from_json(value: Any) -> "Verdict":
        """Return the verdict that was made JSON."""
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
    """All that a session found out."""

    url: str
    """Where the deployment is, without user and password."""
    server: Json
    """What it says of itself (`GET /info`)."""
    dialect: str
    """Whose contract it was judged by: `python`, ...; empty for a server of no known dialect."""
    contract: str
    """The version of the contract."""
    level: Level
    """The level down to which requirements were judged."""
    profile: str
    started_at: str
    """ISO 8601, UTC."""
    budget: BudgetLimits
    spent: Spent
    verdicts: Sequence[Verdict] = ()
    scenario_results: Sequence[ScenarioResult] = ()

    def judged(self, outcome: Outcome) -> list[Verdict]:
        """Return the verdicts with that *outcome*."""
        return [verdict for verdict in self.verdicts if verdict.outcome is outcome]


def numbered(findings: Sequence[Finding], exchange: int) -> tuple[Finding, ...]:
    """Return *findings* as those of the *exchange* with that number."""
    return tuple(replace(finding, exchange=exchange) for finding in findings)

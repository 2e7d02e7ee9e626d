"""Isolation: ids and data of one run never appear in another."""

from graphtape_contracts.finding import Level
from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import isolation
from graphtape_suites.checks.check import check, fail_check, rules_of, scenarios_of
from graphtape_suites.checks.run_tags import foreign_run_tags
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.scenarios import SCENARIOS, Scenario
from graphtape_suites.verdicts.evaluation import EvaluateRule


@scenarios_of("isolation")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Each scenario of this suite runs to its end."""
    run_scenario(scenario)


@rules_of(isolation)
def test_ids(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """Each run has its own ids."""
    evaluate_rule(rule)


@check(
    "isolation.nothing-remembered",
    Level.MUST,
    "Metadata of one run never appears in the response to another.",
)
def test_metadata_of_one_run_never_appears_in_another(run_scenario: RunScenario) -> None:
    """A leak would show data of one user to another, since users share a deployment."""
    if found := foreign_run_tags(run_scenario(SCENARIOS["isolation.again"])):
        fail_check(found)

"""Reconnect: clients resume streams, or join the runs of other clients."""

from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import reconnect, reconnect_ids
from graphtape_suites.checks.check import rules_of, scenarios_of
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.scenarios import Scenario
from graphtape_suites.verdicts.evaluation import EvaluateRule


@scenarios_of("reconnect")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Each scenario of this suite runs to its end."""
    run_scenario(scenario)


@rules_of(reconnect_ids)
def test_event_ids(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """The ids of events are positions to resume from."""
    evaluate_rule(rule)


@rules_of(reconnect)
def test_joins(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A client that joins a run gets the rest of it."""
    evaluate_rule(rule)

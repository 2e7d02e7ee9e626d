"""Messages while they are made: whole, growing, or in chunks."""

from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import message_assembly, messages, messages_tuple
from graphtape_suites.checks.check import rules_of, scenarios_of
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.scenarios import Scenario
from graphtape_suites.verdicts.evaluation import EvaluateRule


@scenarios_of("messages")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Messages can be asked for, of either kind."""
    run_scenario(scenario)


@rules_of(messages)
def test_growing_messages(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A message is introduced, grows, and stays the same message."""
    evaluate_rule(rule)


@rules_of(messages_tuple)
def test_chunks(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A chunk comes with where it is from."""
    evaluate_rule(rule)


@rules_of(message_assembly)
def test_sums(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """The chunks of a message are, together, the message."""
    evaluate_rule(rule)

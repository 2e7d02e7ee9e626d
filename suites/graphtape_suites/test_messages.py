"""Messages: complete and partial messages, and chunks."""

from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import message_assembly, messages, messages_tuple
from graphtape_suites.checks.check import rules_of, scenarios_of
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.scenarios import Scenario
from graphtape_suites.verdicts.evaluation import EvaluateRule


@scenarios_of("messages")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Each scenario of this suite runs to its end."""
    run_scenario(scenario)


@rules_of(messages)
def test_messages(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """The metadata of a message comes first; then the message grows, with the same id."""
    evaluate_rule(rule)


@rules_of(messages_tuple)
def test_chunks(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A chunk comes with the metadata of its node and run."""
    evaluate_rule(rule)


@rules_of(message_assembly)
def test_message_assembly(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """The chunks of a message add up to the message."""
    evaluate_rule(rule)

"""Messages while they are made: whole, growing, or in chunks."""

from collections.abc import Callable

from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import message_assembly, messages, messages_tuple
from graphtape_suites.checks.check import rules_of, scenarios_of
from graphtape_suites.runner.session import RunScenario
from graphtape_suites.scenarios import Scenario


@scenarios_of("messages")
def test_scenario(scenario: Scenario, play: RunScenario) -> None:
    """Messages can be asked for, of either kind."""
    play(scenario)


@rules_of(messages)
def test_growing_messages(rule: AnyRule, judge: Callable[[AnyRule], None]) -> None:
    """A message is introduced, grows, and stays the same message."""
    judge(rule)


@rules_of(messages_tuple)
def test_chunks(rule: AnyRule, judge: Callable[[AnyRule], None]) -> None:
    """A chunk comes with where it is from."""
    judge(rule)


@rules_of(message_assembly)
def test_sums(rule: AnyRule, judge: Callable[[AnyRule], None]) -> None:
    """The chunks of a message are, together, the message."""
    judge(rule)

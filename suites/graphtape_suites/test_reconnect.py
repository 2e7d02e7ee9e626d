"""Streams that are left and taken up again, and runs that others join."""

from collections.abc import Callable

from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import reconnect, reconnect_ids
from graphtape_suites.checks.check import rules_of, scenarios_of
from graphtape_suites.runner.session import RunScenario
from graphtape_suites.scenarios import Scenario


@scenarios_of("resume")
def test_scenario(scenario: Scenario, play: RunScenario) -> None:
    """A stream can be asked for that can be resumed."""
    play(scenario)


@rules_of(reconnect_ids)
def test_event_ids(rule: AnyRule, judge: Callable[[AnyRule], None]) -> None:
    """The ids of events are places to go on from."""
    judge(rule)


@rules_of(reconnect)
def test_joins(rule: AnyRule, judge: Callable[[AnyRule], None]) -> None:
    """Who joins a run is shown what is left of it."""
    judge(rule)

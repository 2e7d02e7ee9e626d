"""Runs scenarios for the tests of the suites."""

from collections.abc import Callable

from graphtape_contracts import Exchange
from graphtape_suites.checks.check import NotExercised, not_applicable
from graphtape_suites.scenarios import Scenario
from graphtape_suites.session.session import Session

RunScenario = Callable[[Scenario], tuple[Exchange, ...]]
"""Runs a scenario, and returns its exchanges."""


def scenario_runner(session: Session) -> RunScenario:
    """Return a function that runs scenarios in *session*.

    The function skips the test if the scenario does not apply to the deployment, and raises
    NotExercised if the scenario did not run to its end.
    """

    def run_scenario(scenario: Scenario) -> tuple[Exchange, ...]:
        result = session.run(scenario)
        if result.inapplicable:
            not_applicable(result.inapplicable)
        if result.problem:
            raise NotExercised(result.problem)
        return result.exchanges

    return run_scenario

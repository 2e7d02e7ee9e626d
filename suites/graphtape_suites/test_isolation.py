"""Stateless: a run knows nothing of those before it, and leaves nothing for those after it."""

from collections.abc import Callable

from graphtape_contracts.finding import Level
from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import isolation
from graphtape_suites.checks.check import check, fail_check, rules_of, scenarios_of
from graphtape_suites.checks.run_tags import foreign_run_tags
from graphtape_suites.runner.session import RunScenario
from graphtape_suites.scenarios import SCENARIOS, Scenario


@scenarios_of("stateless")
def test_scenario(scenario: Scenario, play: RunScenario) -> None:
    """The same run can be made again."""
    play(scenario)


@rules_of(isolation)
def test_ids(rule: AnyRule, judge: Callable[[AnyRule], None]) -> None:
    """Each run has ids of its own."""
    judge(rule)


@check(
    "isolation.nothing-remembered",
    Level.MUST,
    "Nothing that was sent with one run comes back with another.",
)
def test_nothing_of_one_run_comes_back_with_another(play: RunScenario) -> None:
    """Runs of different people go through one deployment."""
    if found := foreign_run_tags(play(SCENARIOS["isolation.again"])):
        fail_check(found)

"""Stateless: a run knows nothing of those before it, and leaves nothing for those after it."""

from collections.abc import Callable

from graphtape_contracts.finding import Level
from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import isolation as relations
from graphtape_suites.checks.run_tags import foreign_markers
from graphtape_suites.checks.check import broken, promise, rules_of, scenarios_of
from graphtape_suites.scenarios import SCENARIOS, Scenario
from graphtape_suites.runner.session import Player


@scenarios_of("stateless")
def test_scenario(scenario: Scenario, play: Player) -> None:
    """The same run can be made again."""
    play(scenario)


@rules_of(relations)
def test_ids(rule: AnyRule, judge: Callable[[AnyRule], None]) -> None:
    """Each run has ids of its own."""
    judge(rule)


@promise(
    "stateless.nothing-remembered",
    Level.MUST,
    "Nothing that was sent with one run comes back with another.",
)
def test_nothing_of_one_run_comes_back_with_another(play: Player) -> None:
    """Runs of different people go through one deployment."""
    if found := foreign_markers(play(SCENARIOS["stateless.again"])):
        broken(found)

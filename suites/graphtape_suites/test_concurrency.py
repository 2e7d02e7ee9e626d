"""Runs at the same time, and one after the other in any order."""

from graphtape_contracts import End
from graphtape_contracts.finding import Level
from graphtape_suites.checks.check import check, check_in, fail_check, scenarios_of
from graphtape_suites.checks.run_tags import foreign_run_tags
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.scenarios import Scenario

NAMES = ("concurrency.streams", "concurrency.mixed")


@scenarios_of("concurrency")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """As many runs as may be can be made at the same time."""
    run_scenario(scenario)


@check_in(
    NAMES,
    "concurrency.not-mixed-up",
    Level.MUST,
    "Runs at the same time do not get each other's responses.",
)
def test_runs_at_the_same_time_are_not_mixed_up(
    scenario: Scenario, run_scenario: RunScenario
) -> None:
    """Each run is marked in its metadata, which comes back with messages."""
    if found := foreign_run_tags(run_scenario(scenario)):
        fail_check(found)


@check_in(
    NAMES,
    "concurrency.all-answered",
    Level.MUST,
    "Runs at the same time all get complete responses.",
)
def test_runs_at_the_same_time_are_all_answered(
    scenario: Scenario, run_scenario: RunScenario
) -> None:
    """A run that starts while others are served waits; it is not refused."""
    exchanges = run_scenario(scenario)
    for number, exchange in enumerate(exchanges, 1):
        status = exchange.response.status
        if status != 200 or exchange.end is not End.COMPLETE:
            of = f"run {number} of {len(exchanges)}"
            fail_check(
                f"expected a whole answer to {of}, got status {status}, {exchange.end.value}"
            )


@check(
    "concurrency.any-order",
    Level.MUST,
    "Runs that are started, dropped, waited for and refused in any order meet the contract.",
    runs=4,
    is_property=True,
)
def test_any_order_of_runs_keeps_the_contract(property_runner: PropertyRunner) -> None:
    """Runs are started, dropped, waited for and refused, in any order, as many as may be."""
    property_runner.sequences(runs=4)

"""Concurrency: runs at the same time, and random sequences of runs."""

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
    """Each scenario of this suite runs to its end."""
    run_scenario(scenario)


@check_in(
    NAMES,
    "concurrency.not-mixed-up",
    Level.MUST,
    "Concurrent runs do not get each other's responses.",
)
def test_concurrent_runs_are_not_mixed_up(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Each run has a tag in its metadata, which streams return with messages."""
    if found := foreign_run_tags(run_scenario(scenario)):
        fail_check(found)


@check_in(
    NAMES,
    "concurrency.all-answered",
    Level.MUST,
    "Concurrent runs all get complete responses.",
)
def test_concurrent_runs_all_get_complete_responses(
    scenario: Scenario, run_scenario: RunScenario
) -> None:
    """A run that starts while others are running waits for its turn; it is not refused."""
    exchanges = run_scenario(scenario)
    for number, exchange in enumerate(exchanges, 1):
        status = exchange.response.status
        if status != 200 or exchange.end is not End.COMPLETE:
            run = f"run {number} of {len(exchanges)}"
            fail_check(
                f"expected a complete response to {run}, got status {status}, {exchange.end.value}"
            )


@check(
    "concurrency.any-order",
    Level.MUST,
    "Runs that are streamed, abandoned, waited for and refused in any order meet the contract.",
    runs=4,
    is_property=True,
)
def test_any_sequence_of_runs_meets_the_contract(property_runner: PropertyRunner) -> None:
    """Sequences of runs are generated: streamed, abandoned, waited for and refused."""
    property_runner.sequences(runs=4)

"""Disconnect: a client that hangs up does not affect other runs."""

from graphtape_contracts import End
from graphtape_contracts.finding import Level
from graphtape_suites.checks.check import check_in, fail_check, scenario_names, scenarios_of
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.scenarios import Scenario


@scenarios_of("disconnect")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Each scenario of this suite runs to its end."""
    run_scenario(scenario)


@check_in(
    scenario_names("disconnect"),
    "disconnect.next-run-unharmed",
    Level.MUST,
    "The run after a client hung up gets a complete response.",
)
def test_the_next_run_gets_a_complete_response(
    scenario: Scenario, run_scenario: RunScenario
) -> None:
    """Users often close a page in the middle of a response."""
    following = run_scenario(scenario)[-1]
    if following.response.status != 200 or following.end is not End.COMPLETE:
        fail_check(
            f"expected a complete response, got status {following.response.status}, "
            f"{following.end.value}"
        )

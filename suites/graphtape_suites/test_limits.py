"""Limits: requests with odd, deeply nested or large JSON."""

from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Json
from graphtape_suites.checks.check import check, check_in, fail_check, scenario_names, scenarios_of
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.runner.client import STREAM, ScenarioClient
from graphtape_suites.scenarios import Scenario
from graphtape_suites.strategies import json_objects


@scenarios_of("limits")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Each scenario of this suite runs to its end."""
    run_scenario(scenario)


@check_in(
    scenario_names("limits"),
    "limits.accepted",
    Level.SHOULD,
    "Odd, deeply nested or large JSON is accepted in metadata and unknown fields.",
)
def test_odd_requests_are_accepted(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Users of a deployment send arbitrary text."""
    for exchange in run_scenario(scenario):
        if exchange.response.status != 200:
            fail_check(f"expected 200 from {exchange.request.path}, got {exchange.response.status}")


@check(
    "limits.any-json",
    Level.MUST,
    "The stream of a run with any JSON object as metadata meets the contract.",
    runs=1,
    is_property=True,
)
def test_any_json_is_accepted_as_metadata(property_runner: PropertyRunner) -> None:
    """Metadata has text of any script, deep nesting and any number that fits in 64 bits."""

    def stream(client: ScenarioClient, metadata: Json) -> None:
        exchange = client.run(STREAM, metadata=metadata, stream_mode=["messages-tuple", "values"])
        if exchange.response.status >= 500:
            client.complain(f"expected a status below 500, got {exchange.response.status}")

    property_runner(json_objects(max_size=2), stream)


@check(
    "limits.any-input",
    Level.MUST,
    "The response to any input that the advertised schema allows meets the contract; the run "
    "may end with an error.",
    runs=1,
    is_property=True,
)
def test_any_input_that_the_schema_allows_can_be_run(property_runner: PropertyRunner) -> None:
    """Inputs are generated from `/assistants/{id}/schemas`."""

    def stream(client: ScenarioClient, input_: Json) -> None:
        exchange = client.run(STREAM, input=input_, stream_mode=["values", "updates"])
        if exchange.response.status >= 500:
            client.complain(f"expected a status below 500, got {exchange.response.status}")

    property_runner(property_runner.inputs, stream)

"""Odd, deep and large requests."""

from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Json
from graphtape_suites.properties.property_runner import Explorer
from graphtape_suites.checks.check import broken, promise, promise_in, scenario_names, scenarios_of
from graphtape_suites.scenarios import Scenario
from graphtape_suites.runner.session import Player
from graphtape_suites.runner.client import STREAM, Stage
from graphtape_suites.strategies import json_objects


@scenarios_of("limits")
def test_scenario(scenario: Scenario, play: Player) -> None:
    """Odd requests can be sent."""
    play(scenario)


@promise_in(
    scenario_names("limits"),
    "limits.taken",
    Level.SHOULD,
    "What is odd, deep or large, and legal JSON, is taken where nobody needs to understand it.",
)
def test_odd_requests_are_taken(scenario: Scenario, play: Player) -> None:
    """People paste whatever they have."""
    for exchange in play(scenario):
        if exchange.response.status != 200:
            broken(f"expected 200 to {exchange.request.path}, got {exchange.response.status}")


@promise(
    "limits.any-json",
    Level.MUST,
    "Whatever JSON the metadata of a run is, its stream keeps the contract.",
    runs=1,
    explores=True,
)
def test_any_json_may_be_metadata(explore: Explorer) -> None:
    """Text of any script, deep nesting, numbers of any size that fits in 64 bits."""

    def stream(stage: Stage, metadata: Json) -> None:
        exchange = stage.run(STREAM, metadata=metadata, stream_mode=["messages-tuple", "values"])
        if exchange.response.status >= 500:
            stage.complain(f"expected a status below 500, got {exchange.response.status}")

    explore(json_objects(max_size=2), stream)


@promise(
    "limits.any-input",
    Level.MUST,
    "Whatever input the advertised schema allows, the answer keeps the contract: it may fail, "
    "and then says so.",
    runs=1,
    explores=True,
)
def test_any_input_that_the_schema_allows_may_be_run(explore: Explorer) -> None:
    """Inputs are made from `/assistants/{id}/schemas`."""

    def stream(stage: Stage, input_: Json) -> None:
        exchange = stage.run(STREAM, input=input_, stream_mode=["values", "updates"])
        if exchange.response.status >= 500:
            stage.complain(f"expected a status below 500, got {exchange.response.status}")

    explore(explore.inputs, stream)

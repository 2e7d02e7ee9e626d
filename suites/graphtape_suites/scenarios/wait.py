"""Scenarios of runs that are waited for."""

from graphtape_suites.runner.client import WAIT, ScenarioClient
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario
from graphtape_suites.scenarios.stream import EVERYTHING


@scenario("wait.default", runs=1, every=True)
def default(client: ScenarioClient) -> None:
    """A run is waited for with only an assistant and an input."""
    client.run(WAIT)


@scenario("wait.updates", runs=1)
def updates(client: ScenarioClient) -> None:
    """A run is waited for with `updates` as its only mode."""
    client.run(WAIT, stream_mode="updates")


@scenario("wait.values-updates", runs=1, profile=STANDARD)
def values_updates(client: ScenarioClient) -> None:
    """A run is waited for with `values` and `updates`."""
    client.run(WAIT, stream_mode=["values", "updates"])


@scenario("wait.everything", runs=1, profile=STANDARD)
def everything(client: ScenarioClient) -> None:
    """A run is waited for with every mode."""
    client.run(WAIT, stream_mode=EVERYTHING)

"""Scenarios that request the same run in several ways."""

from graphtape_suites.runner.client import STREAM, WAIT, ScenarioClient
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario


@scenario("consistency.ways", runs=5)
def ways(client: ScenarioClient) -> None:
    """The same run is streamed with one mode, two modes, and subgraphs, and is waited for."""
    client.run(STREAM, stream_mode="values")
    client.run(WAIT, stream_mode="values")
    client.run(STREAM, stream_mode="updates")
    client.run(STREAM, stream_mode=["values", "updates"])
    client.run(STREAM, stream_mode=["updates"], stream_subgraphs=True)


@scenario("consistency.all-ways", runs=4, every=True, profile=STANDARD)
def all_ways(client: ScenarioClient) -> None:
    """A run is streamed with single modes and with several modes, and is waited for."""
    client.run(STREAM, stream_mode="values")
    client.run(STREAM, stream_mode=["values", "updates", "tasks"])
    client.run(STREAM, stream_mode="tasks")
    client.run(WAIT, stream_mode="values")

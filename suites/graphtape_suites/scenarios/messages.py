"""Scenarios of the two modes of messages."""

from graphtape_suites.runner.client import ScenarioClient
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario


@scenario("messages.partial", runs=1)
def partial(client: ScenarioClient) -> None:
    """A run is streamed with partial messages and values."""
    client.run(stream_mode=["messages", "values"])


@scenario("messages.chunks", runs=1)
def chunks(client: ScenarioClient) -> None:
    """A run is streamed with message chunks and values."""
    client.run(stream_mode=["messages-tuple", "values"])


@scenario("messages.alone", runs=1, profile=STANDARD)
def alone(client: ScenarioClient) -> None:
    """A run is streamed with message chunks only, as chat pages do."""
    client.run(stream_mode="messages-tuple")


@scenario("messages.both", runs=1, profile=STANDARD)
def both(client: ScenarioClient) -> None:
    """A run is streamed with both modes of messages."""
    client.run(stream_mode=["messages", "messages-tuple"])


@scenario("messages.subgraphs", runs=2, profile=STANDARD)
def subgraphs(client: ScenarioClient) -> None:
    """A run is streamed with either mode of messages, including subgraphs."""
    for mode in ("messages", "messages-tuple"):
        client.run(stream_mode=mode, stream_subgraphs=True)

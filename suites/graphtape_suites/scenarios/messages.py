"""Messages while they are made."""

from graphtape_suites.runner.client import ScenarioClient
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario


@scenario("messages.partial", runs=1)
def partial(client: ScenarioClient) -> None:
    """A run is streamed with messages as they grow, and the values."""
    client.run(stream_mode=["messages", "values"])


@scenario("messages.chunks", runs=1)
def chunks(client: ScenarioClient) -> None:
    """A run is streamed with messages in chunks, and the values."""
    client.run(stream_mode=["messages-tuple", "values"])


@scenario("messages.alone", runs=1, profile=STANDARD)
def alone(client: ScenarioClient) -> None:
    """A run is streamed with messages in chunks alone, as chat pages do."""
    client.run(stream_mode="messages-tuple")


@scenario("messages.both", runs=1, profile=STANDARD)
def both(client: ScenarioClient) -> None:
    """A run is streamed with both kinds of messages."""
    client.run(stream_mode=["messages", "messages-tuple"])


@scenario("messages.subgraphs", runs=2, profile=STANDARD)
def subgraphs(client: ScenarioClient) -> None:
    """A run is streamed with either kind of messages, those of subgraphs too."""
    for mode in ("messages", "messages-tuple"):
        client.run(stream_mode=mode, stream_subgraphs=True)

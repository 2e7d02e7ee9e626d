"""Scenarios of streams with default modes, with every mode, and with unusual requests."""

from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_suites.runner.client import ScenarioClient
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario

EVERYTHING = [mode for mode in STREAM_MODES if mode != "messages"]
"""All modes but `messages`, because most servers ignore it beside `messages-tuple`."""
WITH_WHOLE_MESSAGES = [mode for mode in STREAM_MODES if mode != "messages-tuple"]


@scenario("stream.default", runs=1, every=True)
def default(client: ScenarioClient) -> None:
    """A run is streamed with only an assistant and an input."""
    client.run()


@scenario("stream.everything", runs=1, every=True)
def everything(client: ScenarioClient) -> None:
    """A run is streamed with every mode but `messages`."""
    client.run(stream_mode=EVERYTHING)


@scenario("stream.whole-messages", runs=1, every=True)
def whole_messages(client: ScenarioClient) -> None:
    """A run is streamed with every mode but `messages-tuple`."""
    client.run(stream_mode=WITH_WHOLE_MESSAGES)


@scenario("stream.subgraphs", runs=1, every=True, profile=STANDARD)
def subgraphs(client: ScenarioClient) -> None:
    """A run is streamed with every mode but `messages`, including subgraphs."""
    client.run(stream_mode=EVERYTHING, stream_subgraphs=True)


@scenario("stream.accept", runs=1, profile=STANDARD)
def accept(client: ScenarioClient) -> None:
    """A client that accepts only JSON requests a stream."""
    client.run(headers=(("accept", "application/json"), ("accept-encoding", "gzip")))


@scenario("stream.plain-text", runs=1, profile=STANDARD)
def plain_text(client: ScenarioClient) -> None:
    """The request has the content type text/plain."""
    request = client.request()
    headers = tuple((n, "text/plain" if n == "content-type" else v) for n, v in request.headers)
    client.send(type(request)(request.method, request.path, headers, request.body))


@scenario("stream.unknown-field", runs=1)
def unknown_field(client: ScenarioClient) -> None:
    """The request has an unknown field."""
    client.run(graphtape_unknown_field={"a": [1, None]})


@scenario("stream.assistant-id", runs=1, profile=STANDARD)
def assistant_id(client: ScenarioClient) -> None:
    """The assistant is named by its id instead of its graph."""
    info = client.target.deployment_info[client.run_input.assistant]
    client.run(assistant_id=info.assistant_id or client.run_input.assistant)

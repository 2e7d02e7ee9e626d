"""Scenarios of wrong requests and failing runs."""

from typing import Any

from graphtape_contracts import Request
from graphtape_mock.deployment.connection import request_headers
from graphtape_suites.runner.client import ABSENT, STREAM, WAIT, ScenarioClient, fresh_id
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario

PATHS = (STREAM, WAIT)

NO_OBJECTS = {
    "empty": b"",
    "cut": b'{"assistant_id": "agent", "input',
    "text": b"hello",
    "form": b"assistant_id=agent&input=x",
    "single-quotes": b"{'assistant_id': 'agent'}",
    "array": b"[]",
    "string": b'"agent"',
    "null": b"null",
}
"""Request bodies that are not a JSON object, by name."""

WRONG_FIELDS: dict[str, dict[str, Any]] = {
    "no-assistant": {"assistant_id": ABSENT},
    "null-assistant": {"assistant_id": None},
    "number-assistant": {"assistant_id": 5},
    "text-config": {"config": "x"},
    "list-metadata": {"metadata": ["x"]},
    "number-stream-mode": {"stream_mode": 5},
    "text-subgraphs": {"stream_subgraphs": "perhaps"},
    "unknown-completion": {"on_completion": "explode"},
}
"""Missing or wrong fields that make every server refuse a request, by name."""


@scenario("errors.no-object", runs=0)
def no_object(client: ScenarioClient) -> None:
    """The body of the request is not a JSON object."""
    for path in PATHS:
        for body in NO_OBJECTS.values():
            client.send(Request("POST", path, request_headers(b"{}"), body))


@scenario("errors.wrong-field", runs=0)
def wrong_field(client: ScenarioClient) -> None:
    """A field of the request is missing, or has a type that all servers refuse."""
    for path in PATHS:
        for fields in WRONG_FIELDS.values():
            client.run(path, **fields)


@scenario("errors.odd-field", runs=2, profile=STANDARD)
def odd_field(client: ScenarioClient) -> None:
    """A field of the request has a type that some servers accept."""
    for path in PATHS:
        client.run(path, stream_resumable="perhaps")


@scenario("errors.unknown-assistant", runs=0)
def unknown_assistant(client: ScenarioClient) -> None:
    """The assistant does not exist, by name or by id."""
    for path in PATHS:
        for name in (f"nobody-{fresh_id()}", fresh_id(), ""):
            client.run(path, assistant_id=name)


@scenario("errors.method", runs=0)
def method(client: ScenarioClient) -> None:
    """A run is requested with a method other than POST."""
    for path in PATHS:
        for name in ("GET", "PUT", "PATCH", "DELETE", "HEAD"):
            client.send(Request(name, path))


@scenario("errors.path", runs=0)
def path(client: ScenarioClient) -> None:
    """A run is requested at a path that is slightly misspelled."""
    for name in ("/runs/stream/", "/runs/wait/", "/runs/streams", "/Runs/Wait"):
        client.run(name)


@scenario("errors.no-input", runs=4)
def no_input(client: ScenarioClient) -> None:
    """A run has no input, or null as its input."""
    for name in PATHS:
        for input_ in (ABSENT, None):
            client.run(name, input=input_, command=ABSENT)


@scenario("errors.wrong-input", runs=2, profile=STANDARD)
def wrong_input(client: ScenarioClient) -> None:
    """The input of a run is a number instead of an object."""
    for name in PATHS:
        client.run(name, input=5, stream_mode=["values", "updates"], command=ABSENT)


@scenario("errors.recursion-limit", runs=2, profile=STANDARD)
def recursion_limit(client: ScenarioClient) -> None:
    """The recursion limit of a run is 0."""
    for name in PATHS:
        client.run(name, config={"recursion_limit": 0})


@scenario("errors.resume", runs=2, profile=STANDARD)
def resume(client: ScenarioClient) -> None:
    """A stateless run is requested with a `resume` command, although there is nothing to resume."""
    for name in PATHS:
        client.run(name, input=ABSENT, command={"resume": "yes"})

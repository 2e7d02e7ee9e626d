"""Scenarios of odd, deeply nested and large requests.

The odd data is in fields that no model reads, so the runs cost little.
"""

from typing import Any

from graphtape_contracts.json_value import Json
from graphtape_suites.runner.client import STREAM, WAIT, ScenarioClient
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario

ODD_TEXT = "\u2028 \u2029 \u0085 \ufeff \U0001f600 e\u0301 \x01 \\ \" ' line\r\nline"
ODD_NUMBERS = [0, -0.0, 1e300, 1e-7, 2**53 + 1, 2**63 - 1, -(2**63)]


def nested(depth: int) -> Any:
    """Return a value that is nested *depth* levels deep."""
    value: Any = "bottom"
    for level in range(depth):
        value = [value] if level % 2 else {"deeper": value}
    return value


@scenario("limits.odd-text", runs=2)
def odd_text(client: ScenarioClient) -> None:
    """The metadata of a run has characters that can be mistaken for line ends."""
    for path in (STREAM, WAIT):
        client.run(path, metadata={"text": ODD_TEXT}, stream_mode=["messages-tuple", "values"])


@scenario("limits.numbers", runs=1, profile=STANDARD)
def numbers(client: ScenarioClient) -> None:
    """The metadata of a run has extreme numbers."""
    # Each in a field of its own: Aegra accepts no lists in metadata.
    client.run(metadata={f"number_{place}": value for place, value in enumerate(ODD_NUMBERS)})


@scenario("limits.deep", runs=1, profile=STANDARD)
def deep(client: ScenarioClient) -> None:
    """An unknown field of the request is nested fifty levels deep."""
    client.run(graphtape_unknown_field=nested(50))


@scenario("limits.large", runs=2)
def large(client: ScenarioClient) -> None:
    """A request is one megabyte long."""
    for path in (STREAM, WAIT):
        client.run(path, graphtape_unknown_field="x" * 1_000_000)


@scenario("limits.many-fields", runs=1, profile=STANDARD)
def many_fields(client: ScenarioClient) -> None:
    """A request has a thousand unknown fields."""
    unknown: Json = {f"graphtape_unknown_field_{number}": number for number in range(1000)}
    client.run(**unknown)

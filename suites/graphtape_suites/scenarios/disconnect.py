"""Scenarios of clients that hang up."""

from graphtape_contracts import Frame
from graphtape_contracts.json_value import Json
from graphtape_mock.deployment.client import StopWhen
from graphtape_suites.runner.client import STREAM, WAIT, ScenarioClient
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario

MODES = ["values", "updates"]


@scenario("disconnect.first-event", runs=2)
def first_event(client: ScenarioClient) -> None:
    """A client hangs up after the first event; another run follows."""
    _hang_up_then_run(client, 1, {})


@scenario("disconnect.middle", runs=2, profile=STANDARD)
def middle(client: ScenarioClient) -> None:
    """A client hangs up after the third event; another run follows."""
    _hang_up_then_run(client, 3, {})


@scenario("disconnect.continue", runs=2, profile=STANDARD)
def on_disconnect_continue(client: ScenarioClient) -> None:
    """A client hangs up after a request with on_disconnect=continue; another run follows."""
    _hang_up_then_run(client, 1, {"on_disconnect": "continue"})


@scenario("disconnect.wait", runs=2)
def wait(client: ScenarioClient) -> None:
    """A client that waits for a run hangs up after the headers; another run follows."""
    client.run(WAIT, on_headers=lambda _: True)
    client.run(WAIT)


def _hang_up_then_run(client: ScenarioClient, events: int, fields: Json) -> None:
    client.run(STREAM, stop_when=after(events), stream_mode=MODES, **fields)
    client.run(STREAM, stream_mode=MODES)


def after(events: int) -> StopWhen:
    """Return a condition that stops a response after this number of *events*."""
    seen: list[Frame] = []

    def stop_when(frame: Frame) -> bool:
        seen.extend([frame] if frame.data is not None else [])
        return len(seen) >= events

    return stop_when

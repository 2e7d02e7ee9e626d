"""Clients that hang up."""

from graphtape_contracts import Frame
from graphtape_contracts.json_value import Json
from graphtape_mock.deployment.client import Enough
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario
from graphtape_suites.runner.client import STREAM, WAIT, Stage

MODES = ["values", "updates"]


@scenario("disconnect.first-event", runs=2)
def first_event(stage: Stage) -> None:
    """A client hangs up after the first event; the next run is as any."""
    _hang_up_and_go_on(stage, 1, {})


@scenario("disconnect.middle", runs=2, profile=STANDARD)
def middle(stage: Stage) -> None:
    """A client hangs up after the third event; the next run is as any."""
    _hang_up_and_go_on(stage, 3, {})


@scenario("disconnect.continue", runs=2, profile=STANDARD)
def goes_on(stage: Stage) -> None:
    """A client hangs up and wants the run to go on; the next run is as any."""
    _hang_up_and_go_on(stage, 1, {"on_disconnect": "continue"})


@scenario("disconnect.wait", runs=2)
def wait(stage: Stage) -> None:
    """A client that waits for a run hangs up when the head has come; the next run is as any."""
    stage.run(WAIT, began=lambda _: True)
    stage.run(WAIT)


def _hang_up_and_go_on(stage: Stage, events: int, fields: Json) -> None:
    stage.run(STREAM, enough=after(events), stream_mode=MODES, **fields)
    stage.run(STREAM, stream_mode=MODES)


def after(events: int) -> Enough:
    """Return what hangs up after so many *events*."""
    seen: list[Frame] = []

    def enough(frame: Frame) -> bool:
        seen.extend([frame] if frame.data is not None else [])
        return len(seen) >= events

    return enough

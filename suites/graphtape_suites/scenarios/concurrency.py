"""Runs at the same time."""

from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario
from graphtape_suites.scenarios.isolation import MARKER
from graphtape_suites.runner.client import STREAM, WAIT, Stage, fresh_id
from graphtape_suites.runner.target import Target

MODES = ["values", "messages-tuple", "updates"]


def alone(target: Target) -> str:
    """Say why nothing is made at the same time."""
    if target.settings.concurrency > 1:
        return ""
    return "runs are made one after the other: say --graphtape-concurrency N for more"


@scenario("concurrency.streams", runs=8, inapplicable=alone)
def streams(stage: Stage) -> None:
    """As many runs as may be are streamed at the same time, each marked in its metadata."""
    requests = [
        stage.request(STREAM, {"stream_mode": MODES, "metadata": {MARKER: fresh_id()}})
        for _ in range(stage.target.settings.concurrency)
    ]
    stage.together(requests)


@scenario("concurrency.mixed", runs=8, inapplicable=alone, profile=STANDARD)
def mixed(stage: Stage) -> None:
    """Runs are streamed and waited for at the same time."""
    requests = [
        stage.request(path, {"metadata": {MARKER: fresh_id()}})
        for _ in range((stage.target.settings.concurrency + 1) // 2)
        for path in (STREAM, WAIT)
    ]
    stage.together(requests)

"""Scenarios of concurrent runs."""

from graphtape_suites.runner.client import STREAM, WAIT, ScenarioClient, fresh_id
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.runner.target import Target
from graphtape_suites.scenarios.isolation import RUN_TAG
from graphtape_suites.scenarios.scenario import scenario

MODES = ["values", "messages-tuple", "updates"]


def alone(target: Target) -> str:
    """Return the reason why no concurrent runs are made; empty if they are made."""
    if target.settings.concurrency > 1:
        return ""
    return "runs are made one at a time: add --graphtape-concurrency N for concurrent runs"


@scenario("concurrency.streams", runs=8, inapplicable=alone)
def streams(client: ScenarioClient) -> None:
    """Runs are streamed concurrently, up to the allowed number, each tagged in its metadata."""
    requests = [
        client.request(STREAM, {"stream_mode": MODES, "metadata": {RUN_TAG: fresh_id()}})
        for _ in range(client.target.settings.concurrency)
    ]
    client.send_all(requests)


@scenario("concurrency.mixed", runs=8, inapplicable=alone, profile=STANDARD)
def mixed(client: ScenarioClient) -> None:
    """Runs are streamed and waited for concurrently."""
    requests = [
        client.request(path, {"metadata": {RUN_TAG: fresh_id()}})
        for _ in range((client.target.settings.concurrency + 1) // 2)
        for path in (STREAM, WAIT)
    ]
    client.send_all(requests)

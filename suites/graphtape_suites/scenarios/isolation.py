"""Scenarios of runs that must not affect each other."""

from graphtape_contracts.json_value import Json
from graphtape_suites.runner.client import STREAM, WAIT, ScenarioClient, fresh_id
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario

RUN_TAG = "graphtape_marker"
"""The metadata key whose value identifies a run."""


@scenario("isolation.again", runs=4)
def again(client: ScenarioClient) -> None:
    """The same run is repeated, streamed and waited for."""
    for path in (STREAM, WAIT, STREAM, WAIT):
        client.run(path, metadata={RUN_TAG: fresh_id()}, **_modes(path))


@scenario("isolation.same-thread", runs=2, profile=STANDARD)
def same_thread(client: ScenarioClient) -> None:
    """Two runs have the same thread id in `config.configurable`."""
    thread_id = fresh_id()
    for _ in range(2):
        client.run(config={"configurable": {"thread_id": thread_id}}, **_modes(STREAM))


def _modes(path: str) -> Json:
    return {"stream_mode": ["values", "messages-tuple", "tasks"]} if path == STREAM else {}

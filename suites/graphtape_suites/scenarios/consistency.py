"""One request, asked for in several ways."""

from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario
from graphtape_suites.runner.client import STREAM, WAIT, Stage


@scenario("relations.ways", runs=5)
def ways(stage: Stage) -> None:
    """The same run is streamed with one mode, with two, with subgraphs, and waited for."""
    stage.run(STREAM, stream_mode="values")
    stage.run(WAIT, stream_mode="values")
    stage.run(STREAM, stream_mode="updates")
    stage.run(STREAM, stream_mode=["values", "updates"])
    stage.run(STREAM, stream_mode=["updates"], stream_subgraphs=True)


@scenario("relations.all-ways", runs=4, every=True, profile=STANDARD)
def all_ways(stage: Stage) -> None:
    """Every example is streamed with modes alone and together, and waited for."""
    stage.run(STREAM, stream_mode="values")
    stage.run(STREAM, stream_mode=["values", "updates", "tasks"])
    stage.run(STREAM, stream_mode="tasks")
    stage.run(WAIT, stream_mode="values")

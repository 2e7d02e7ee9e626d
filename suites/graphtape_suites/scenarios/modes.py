"""Scenarios of streams with a single mode or a common pair of modes, partly with subgraphs."""

from graphtape_contracts.json_value import Json
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_suites.runner.client import ScenarioClient
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import ScenarioFunction, scenario

MESSAGES = ("messages", "messages-tuple")
ALONE = [mode for mode in STREAM_MODES if mode not in MESSAGES]
PAIRS = (
    ("values", "updates"),  # The modes of RemoteGraph.
    ("updates", "custom"),
    ("values", "debug"),
    ("tasks", "checkpoints"),
    ("values", "events"),
)


def _streaming(modes: str | list[str], *, subgraphs: bool) -> ScenarioFunction:
    def run(client: ScenarioClient) -> None:
        more: Json = {"stream_subgraphs": True} if subgraphs else {}
        client.run(stream_mode=modes, **more)

    shown = modes if isinstance(modes, str) else " and ".join(modes)
    run.__doc__ = f"A run is streamed with {shown}{', including subgraphs' if subgraphs else ''}."
    return run


for _mode in ALONE:
    scenario(f"modes.{_mode}", runs=1)(_streaming(_mode, subgraphs=False))
    scenario(f"modes.{_mode}-subgraphs", runs=1, profile=STANDARD)(
        _streaming(_mode, subgraphs=True)
    )
for _pair in PAIRS:
    scenario(f"modes.{'-'.join(_pair)}", runs=1, profile=STANDARD)(
        _streaming(list(_pair), subgraphs=False)
    )


@scenario("modes.none", runs=1, profile=STANDARD)
def none(client: ScenarioClient) -> None:
    """A run is streamed with an empty list of modes."""
    client.run(stream_mode=[])

"""Scenarios: named series of requests to a deployment."""

from collections.abc import Callable
from dataclasses import dataclass

from graphtape_suites.runner.client import ScenarioClient
from graphtape_suites.runner.profile import SMOKE, Profile
from graphtape_suites.runner.target import Target

ScenarioFunction = Callable[[ScenarioClient], None]
Inapplicable = Callable[[Target], str]
"""A function that returns why a scenario does not apply to a deployment; empty if it applies."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A series of requests, made once per session. All rules check the exchanges."""

    name: str
    """The name that users type: `suite.scenario`."""
    about: str
    """A sentence that describes the scenario."""
    runs: int
    """The approximate number of runs that the scenario makes."""
    run: ScenarioFunction
    profile: Profile = SMOKE
    """The smallest profile that includes the scenario."""
    every: bool = False
    """Whether the scenario runs once for each run input. If not, only the first input is used."""
    inapplicable: Inapplicable | None = None

    @property
    def suite(self) -> str:
        """The suite of the scenario: the first part of its name."""
        return self.name.partition(".")[0]


SCENARIOS: dict[str, Scenario] = {}
"""All scenarios by name, in the order in which they run."""


def scenario(
    name: str,
    *,
    runs: int,
    profile: Profile = SMOKE,
    every: bool = False,
    inapplicable: Inapplicable | None = None,
) -> Callable[[ScenarioFunction], ScenarioFunction]:
    """Register the decorated function as the scenario *name*; its docstring describes it."""

    def register(run: ScenarioFunction) -> ScenarioFunction:
        about = " ".join((run.__doc__ or "").split())
        SCENARIOS[name] = Scenario(name, about, runs, run, profile, every, inapplicable)
        return run

    return register

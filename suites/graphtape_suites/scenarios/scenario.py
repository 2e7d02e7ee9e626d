"""Scenarios: what is tried with a deployment, by name."""

from collections.abc import Callable
from dataclasses import dataclass

from graphtape_suites.runner.client import ScenarioClient
from graphtape_suites.runner.profile import SMOKE, Profile
from graphtape_suites.runner.target import Target

Play = Callable[[ScenarioClient], None]
Inapplicable = Callable[[Target], str]
"""Says why a deployment does not offer what a scenario tries; empty where it does."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Something that is tried once, and judged by every rule that is about it."""

    name: str
    """`suite.what`: what people type."""
    about: str
    """What is tried, in a sentence."""
    runs: int
    """How many runs it makes, about."""
    play: Play
    profile: Profile = SMOKE
    """The smallest profile that plays it."""
    every: bool = False
    """Whether it is played with every example; else with the first one."""
    inapplicable: Inapplicable | None = None

    @property
    def suite(self) -> str:
        """The suite that it belongs to."""
        return self.name.partition(".")[0]


SCENARIOS: dict[str, Scenario] = {}
"""All scenarios, by name, in the order in which they are played."""


def scenario(
    name: str,
    *,
    runs: int,
    profile: Profile = SMOKE,
    every: bool = False,
    inapplicable: Inapplicable | None = None,
) -> Callable[[Play], Play]:
    """Make the decorated function the scenario *name*; its docstring says what is tried."""

    def add(play: Play) -> Play:
        about = " ".join((play.__doc__ or "").split())
        SCENARIOS[name] = Scenario(name, about, runs, play, profile, every, inapplicable)
        return play

    return add

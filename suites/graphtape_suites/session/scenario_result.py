"""The result of running a scenario once."""

from dataclasses import dataclass

from graphtape_contracts import Exchange


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """The exchanges of a scenario, or the reason why there are none."""

    scenario: str
    about: str
    """What the scenario does, in a sentence."""
    exchanges: tuple[Exchange, ...] = ()
    problem: str = ""
    """Why it did not run to its end; empty if it did."""
    inapplicable: str = ""
    """Why it was not run: what the deployment does not offer. Empty if it was run."""

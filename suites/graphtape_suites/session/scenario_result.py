"""The result of running a scenario once."""

from dataclasses import dataclass

from graphtape_contracts import Exchange


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """The exchanges of a scenario, or the reason why there are none."""

    scenario: str
    about: str
    """A sentence that describes the scenario."""
    exchanges: tuple[Exchange, ...] = ()
    problem: str = ""
    """The reason why the scenario did not run to its end; empty if it did."""
    inapplicable: str = ""
    """The reason why the scenario does not apply to the deployment; empty if it was run."""

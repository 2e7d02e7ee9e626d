"""Clients that hang up: nobody else notices."""

from collections.abc import Callable

import pytest

from understudy_contracts import End
from understudy_contracts.finding import Level
from understudy_suites.promises import Untried, broken, not_applicable, promise, scenarios_of
from understudy_suites.scenarios import SCENARIOS, Scenario
from understudy_suites.session import Session

NAMES = [name for name, scenario in SCENARIOS.items() if scenario.suite == "disconnect"]


@scenarios_of("disconnect")
def test_scenario(scenario: Scenario, play: Callable[[Scenario], None]) -> None:
    """A client can hang up."""
    play(scenario)


@pytest.mark.parametrize("name", NAMES)
@promise(
    "disconnect.unharmed",
    Level.MUST,
    "After a client hung up, the next run is answered to its end.",
)
def test_the_next_run_is_answered_to_its_end(name: str, session: Session) -> None:
    """A page is closed in the middle of an answer all the time."""
    if SCENARIOS[name] not in session.scenarios:
        not_applicable(f"not tried by the profile {session.target.settings.profile.name}")
    played = session.played(SCENARIOS[name])
    if played.problem:
        raise Untried(played.problem)
    following = played.exchanges[-1]
    if following.response.status != 200 or following.end is not End.COMPLETE:
        broken(
            f"expected a whole answer, got status {following.response.status}, "
            f"{following.end.value}"
        )

"""Stream modes: what each of them shows, and how one agrees with the other."""

from collections.abc import Callable

from graphtape_contracts.finding import Level
from graphtape_contracts.parsing.event import event_of
from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import data, debug, langchain, tasks, updates, values
from graphtape_suites.checks.check import (
    check_in,
    fail_check,
    rules_of,
    scenarios_of,
)
from graphtape_suites.runner.session import RunScenario
from graphtape_suites.scenarios import Scenario


@scenarios_of("modes")
def test_scenario(scenario: Scenario, play: RunScenario) -> None:
    """Each mode can be asked for."""
    play(scenario)


@rules_of(data)
def test_data(rule: AnyRule, judge: Callable[[AnyRule], None]) -> None:
    """The data of each event is as its schema says."""
    judge(rule)


@rules_of(values, updates)
def test_state(rule: AnyRule, judge: Callable[[AnyRule], None]) -> None:
    """The state, and what changes it, agree."""
    judge(rule)


@rules_of(tasks, debug)
def test_tasks(rule: AnyRule, judge: Callable[[AnyRule], None]) -> None:
    """Tasks start, end, and are told twice in the same words."""
    judge(rule)


@rules_of(langchain)
def test_langchain_events(rule: AnyRule, judge: Callable[[AnyRule], None]) -> None:
    """LangChain's events start and end in order."""
    judge(rule)


@check_in(
    [f"modes.{mode}" for mode in ("values", "updates", "tasks", "debug", "events")],
    "modes.present",
    Level.SHOULD,
    "A mode that is asked for is shown: a run that makes a step has values, updates, tasks, "
    "debug events and LangChain's events.",
)
def test_a_mode_that_is_asked_for_is_shown(scenario: Scenario, play: RunScenario) -> None:
    """A page that shows one of these modes shows nothing otherwise."""
    mode = scenario.name.removeprefix("modes.")
    for exchange in play(scenario):
        shown = [e for f in exchange.frames if (e := event_of(f, 0)) is not None]
        names = {event.name for event in shown}
        if "error" not in names and mode not in names:
            fail_check(f"expected events {mode!r}, got {', '.join(sorted(names)) or 'none'}")

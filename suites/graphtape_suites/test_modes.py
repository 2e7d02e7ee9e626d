"""Stream modes: each mode has valid events, which agree with those of other modes."""

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
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.scenarios import Scenario
from graphtape_suites.verdicts.evaluation import EvaluateRule


@scenarios_of("modes")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Each scenario of this suite runs to its end."""
    run_scenario(scenario)


@rules_of(data)
def test_data(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """The data of each event matches its schema."""
    evaluate_rule(rule)


@rules_of(values, updates)
def test_state(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """Values and updates agree."""
    evaluate_rule(rule)


@rules_of(tasks, debug)
def test_tasks(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """Tasks start and end, and `debug` repeats them unchanged."""
    evaluate_rule(rule)


@rules_of(langchain)
def test_langchain_events(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """LangChain's events start and end in order."""
    evaluate_rule(rule)


@check_in(
    [f"modes.{mode}" for mode in ("values", "updates", "tasks", "debug", "events")],
    "modes.present",
    Level.SHOULD,
    "A requested mode has events: a run with a step has values, updates, tasks, debug events "
    "and LangChain events.",
)
def test_a_requested_mode_has_events(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Without its events, a page that displays a mode stays empty."""
    mode = scenario.name.removeprefix("modes.")
    for exchange in run_scenario(scenario):
        found = [e for f in exchange.frames if (e := event_of(f, 0)) is not None]
        names = {event.name for event in found}
        if "error" not in names and mode not in names:
            fail_check(f"expected events {mode!r}, got {', '.join(sorted(names)) or 'none'}")

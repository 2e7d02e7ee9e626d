"""`POST /runs/wait`: the output of a run, in one JSON value."""

from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Json
from graphtape_contracts.parsing.exchange_head import Kind
from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import wait
from graphtape_suites.checks.check import check, rules_of, scenarios_of
from graphtape_suites.checks.endings import whole
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.checks.timing import head_first
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.runner.client import WAIT, ScenarioClient
from graphtape_suites.scenarios import Scenario
from graphtape_suites.session.session import Session
from graphtape_suites.strategies import run_options
from graphtape_suites.verdicts.evaluation import EvaluateRule


@scenarios_of("wait")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Runs can be waited for."""
    run_scenario(scenario)


@rules_of(wait)
def test_output(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """The output of a run is one JSON value that says what became of it."""
    evaluate_rule(rule)


@check(
    "wait.complete",
    Level.MUST,
    "An output is not broken off: it ends as HTTP asks for.",
)
def test_outputs_come_to_their_end(session: Session) -> None:
    """The SDKs fail on half of a JSON value."""
    whole(session, Kind.WAIT)


@check(
    "wait.head-first",
    Level.SHOULD,
    "The head of the answer comes when the run was taken, not when it is over.",
    runs=1,
)
def test_the_head_comes_first(session: Session) -> None:
    """The SDKs know the run by the head, and join it when the connection breaks."""
    head_first(session, WAIT)


@check(
    "wait.any-request",
    Level.MUST,
    "Whatever a request asks to see, its output keeps the contract.",
    runs=1,
    is_property=True,
)
def test_any_request_is_answered_by_the_contract(property_runner: PropertyRunner) -> None:
    """Modes and options in any combination."""

    def wait_for(client: ScenarioClient, options: Json) -> None:
        exchange = client.run(WAIT, **options)
        if exchange.response.status != 200:
            client.complain(f"expected an output, got status {exchange.response.status}")

    property_runner(run_options(dialect=property_runner.dialect), wait_for)

"""`POST /runs/wait`: the output of a run as one JSON value."""

from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Json
from graphtape_contracts.parsing.exchange_head import Kind
from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import wait
from graphtape_suites.checks.check import check, rules_of, scenarios_of
from graphtape_suites.checks.endings import check_complete
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.checks.timing import check_headers_first
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.runner.client import WAIT, ScenarioClient
from graphtape_suites.scenarios import Scenario
from graphtape_suites.session.session import Session
from graphtape_suites.strategies import run_options
from graphtape_suites.verdicts.evaluation import EvaluateRule


@scenarios_of("wait")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Each scenario of this suite runs to its end."""
    run_scenario(scenario)


@rules_of(wait)
def test_output(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """The output of a run is one JSON value: its state or its error."""
    evaluate_rule(rule)


@check(
    "wait.complete",
    Level.MUST,
    "An output ends as HTTP requires; the connection is not cut.",
)
def test_outputs_are_complete(session: Session) -> None:
    """The SDKs fail on a truncated JSON value."""
    check_complete(session, Kind.WAIT)


@check(
    "wait.head-first",
    Level.SHOULD,
    "The headers of the response arrive when the run is accepted, not when it ends.",
    runs=1,
)
def test_headers_come_first(session: Session) -> None:
    """The SDKs read the id of the run from the headers, to join the run after a lost connection."""
    check_headers_first(session, WAIT)


@check(
    "wait.any-request",
    Level.MUST,
    "The output of any combination of modes and options meets the contract.",
    runs=1,
    is_property=True,
)
def test_any_wait_request_meets_the_contract(property_runner: PropertyRunner) -> None:
    """Modes and options are generated in any combination."""

    def wait_for(client: ScenarioClient, options: Json) -> None:
        exchange = client.run(WAIT, **options)
        if exchange.response.status != 200:
            client.complain(f"expected an output, got status {exchange.response.status}")

    property_runner(run_options(dialect=property_runner.dialect), wait_for)

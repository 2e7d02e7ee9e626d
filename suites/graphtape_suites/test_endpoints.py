"""Endpoints other than runs, and CORS for pages of other origins."""

from graphtape_contracts.finding import Level
from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import cors, endpoints
from graphtape_suites.checks.check import check, fail_check, not_applicable, rules_of, scenarios_of
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.scenarios import SCENARIOS, Scenario
from graphtape_suites.session.session import Session
from graphtape_suites.verdicts.evaluation import EvaluateRule


@scenarios_of("endpoints")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Each scenario of this suite runs to its end."""
    run_scenario(scenario)


@rules_of(endpoints)
def test_responses(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """The endpoints that clients use before they make a run have valid responses."""
    evaluate_rule(rule)


@rules_of(cors)
def test_browsers(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A page of another origin can request runs and read the responses."""
    evaluate_rule(rule)


@check(
    "endpoints.documented",
    Level.SHOULD,
    "The system endpoints that the deployment's OpenAPI document lists exist.",
)
def test_documented_endpoints_exist(run_scenario: RunScenario, session: Session) -> None:
    """Clients call the endpoints that the document lists."""
    documented = 0
    for exchange in run_scenario(SCENARIOS["endpoints.system"]):
        path, status = exchange.request.path, exchange.response.status
        if session.target.announces(path):
            documented += 1
            if status >= 400:
                fail_check(f"expected {path} to exist, since /openapi.json lists it, got {status}")
    if not documented:
        not_applicable("the deployment has no OpenAPI document that lists any of them")

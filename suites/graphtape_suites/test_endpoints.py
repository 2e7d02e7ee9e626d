"""The routes around runs, and what pages of other origins may read."""

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
    """The deployment can be asked what it is."""
    run_scenario(scenario)


@rules_of(endpoints)
def test_answers(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """Clients request these endpoints before they make a run."""
    evaluate_rule(rule)


@rules_of(cors)
def test_browsers(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A page of another origin may ask for runs, and read the responses."""
    evaluate_rule(rule)


@check(
    "endpoints.documented",
    Level.SHOULD,
    "The system endpoints in the OpenAPI document of a deployment exist.",
)
def test_what_the_openapi_document_claims_is_there(
    run_scenario: RunScenario, session: Session
) -> None:
    """Clients rely on the document."""
    claimed = 0
    for exchange in run_scenario(SCENARIOS["endpoints.system"]):
        path, status = exchange.request.path, exchange.response.status
        if session.target.announces(path):
            claimed += 1
            if status >= 400:
                fail_check(f"expected {path} to be there, as /openapi.json says, got {status}")
    if not claimed:
        not_applicable("the deployment has no OpenAPI document that claims any of them")

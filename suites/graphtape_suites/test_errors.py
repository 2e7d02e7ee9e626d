"""Errors: invalid requests are refused, failed runs report errors, and the server never crashes."""

from graphtape_contracts import Exchange
from graphtape_contracts.checker import parse_head
from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Json
from graphtape_contracts.parsing.parsed_exchange import ParsedExchange
from graphtape_contracts.parsing.run_outcome import run_outcome_of
from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import errors, refusals, validation
from graphtape_suites.checks.check import check, check_in, fail_check, rules_of, scenarios_of
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.runner.client import STREAM, ScenarioClient
from graphtape_suites.scenarios import SCENARIOS, Scenario
from graphtape_suites.scenarios.errors import PATHS
from graphtape_suites.session.session import Session
from graphtape_suites.strategies.wrong_fields import wrong_fields
from graphtape_suites.verdicts.evaluation import EvaluateRule

WRONG = ("no-object", "wrong-field", "unknown-assistant", "method", "path")
MAY_FAIL = ("errors.no-input", "errors.wrong-input", "errors.recursion-limit", "errors.resume")


@scenarios_of("errors")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Each scenario of this suite runs to its end."""
    run_scenario(scenario)


@rules_of(refusals)
def test_refusals(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A refused request gets a status and a reason, and makes no run."""
    evaluate_rule(rule)


@rules_of(validation)
def test_validation(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A request is validated before its run starts."""
    evaluate_rule(rule)


@rules_of(errors)
def test_failures(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A failed run reports the class of its error, and reveals no internals."""
    evaluate_rule(rule)


@check_in(
    [f"errors.{wrong}" for wrong in WRONG],
    "errors.refused",
    Level.MUST,
    "A wrong request is refused as a client error: 4xx, or a redirect to the right path; "
    "never a success or a server error.",
)
def test_wrong_requests_are_refused(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Clients distinguish their own errors from those of the server by the status."""
    for exchange in run_scenario(scenario):
        status = exchange.response.status
        if not 300 <= status < 500:
            request = exchange.request
            shown = f"{request.method} {request.path} {_body(request.body)}"
            fail_check(f"expected 4xx, got {status} for {shown}")


@check(
    "errors.stream-and-wait-agree",
    Level.MUST,
    "A run that fails as a stream also fails as a wait, and vice versa.",
)
def test_streams_and_waits_agree_on_failures(run_scenario: RunScenario, session: Session) -> None:
    """Neither the stream nor the wait hides an error."""
    for name in MAY_FAIL:
        if SCENARIOS[name] in session.scenarios:
            exchanges = run_scenario(SCENARIOS[name])
            streamed, waited = ([e for e in exchanges if e.request.path == p] for p in PATHS)
            for pair in zip(streamed, waited, strict=True):
                results = [_result(session, exchange) for exchange in pair]
                if results[0] != results[1]:
                    fail_check(
                        f"expected the same result from both, got {results[0]} from the stream and "
                        f"{results[1]} from the wait for {_body(pair[0].request.body)}"
                    )


@check(
    "errors.any-wrong-field",
    Level.MUST,
    "A field of a wrong type is refused or ignored; it never makes the server fail.",
    runs=1,
    is_property=True,
)
def test_wrong_fields_never_make_the_server_fail(property_runner: PropertyRunner) -> None:
    """Requests are generated with one or two fields of any type."""

    def stream(client: ScenarioClient, fields: Json) -> None:
        exchange = client.run(STREAM, **fields)
        if exchange.response.status >= 500:
            client.complain(f"expected a status below 500, got {exchange.response.status}")

    property_runner(wrong_fields(), stream)


def _result(session: Session, exchange: Exchange) -> str:
    """Return the result of a run as a phrase, such as `a refusal`."""
    if exchange.response.status != 200:
        return "a refusal"
    call = parse_head(exchange.request, exchange.response, dialect=session.target.dialect)
    outcome = run_outcome_of(ParsedExchange(1, exchange, call))
    if outcome is None:
        return "an incomplete response"
    return "a success" if outcome.error is None else "a failure"


def _body(body: bytes) -> str:
    text = body.decode(errors="replace")
    return text if len(text) <= 200 else f"{text[:200]}..."

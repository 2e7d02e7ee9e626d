"""One request, asked for in several ways: what is the same in all of them."""

from graphtape_contracts.checker import parse_head
from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Json
from graphtape_contracts.parsing.exchange_head import Kind
from graphtape_contracts.parsing.parsed_exchange import ParsedExchange
from graphtape_contracts.parsing.run_outcome import run_outcome_of
from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import consistency
from graphtape_contracts.shape import shape_of, type_of
from graphtape_suites.checks.check import check, fail_check, not_applicable, rules_of, scenarios_of
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.runner.client import STREAM, WAIT, ScenarioClient
from graphtape_suites.scenarios import SCENARIOS, Scenario
from graphtape_suites.session.session import Session
from graphtape_suites.strategies import run_options
from graphtape_suites.verdicts.evaluation import EvaluateRule


@scenarios_of("consistency")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """The same run can be asked for in several ways."""
    run_scenario(scenario)


@rules_of(consistency)
def test_repetition(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """Where a request gets the same answer every time, it does so in every way of asking."""
    evaluate_rule(rule)


@check(
    "consistency.same-shape",
    Level.SHOULD,
    "The output of a run that is waited for has the fields of the last `values` of its stream.",
)
def test_a_wait_has_the_fields_of_the_last_values(
    run_scenario: RunScenario, session: Session
) -> None:
    """The values of an agent's output vary, its fields do not."""
    outputs: dict[Kind, object] = {}
    for exchange in run_scenario(SCENARIOS["consistency.ways"]):
        head = parse_head(exchange.request, exchange.response, dialect=session.target.dialect)
        asked, outcome = head.options, run_outcome_of(ParsedExchange(1, exchange, head))
        if asked is None or outcome is None or asked.modes != frozenset({"values"}):
            continue
        if outcome.error is None and not outcome.interrupts and type_of(outcome.output) == "object":
            outputs[head.kind] = outcome.output
    if len(outputs) < 2:
        not_applicable("no two runs of the example ended with an object as their output")
    streamed, waited = (shape_of(outputs[kind]) for kind in (Kind.STREAM, Kind.WAIT))
    fields = [shape.objects[""].always for shape in (streamed, waited)]
    if fields[0] != fields[1]:
        told = " and ".join(", ".join(sorted(names)) or "none" for names in fields)
        fail_check(f"expected the same fields of the stream and of the wait, got {told}")


@check(
    "consistency.any-request",
    Level.MUST,
    "The stream and the wait of any request agree.",
    runs=2,
    is_property=True,
)
def test_any_request_gets_the_same_run_either_way(property_runner: PropertyRunner) -> None:
    """The rules of repetition hold for any modes and options, where answers repeat."""

    def ask_twice(client: ScenarioClient, options: Json) -> None:
        for path in (STREAM, WAIT):
            client.run(path, **options)

    property_runner(run_options(dialect=property_runner.dialect), ask_twice, runs=2)

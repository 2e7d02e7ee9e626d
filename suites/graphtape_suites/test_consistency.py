"""Consistency: the responses to several ways of requesting the same run agree."""

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
    """Each scenario of this suite runs to its end."""
    run_scenario(scenario)


@rules_of(consistency)
def test_consistency(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A deterministic deployment gives the same run, however it is requested."""
    evaluate_rule(rule)


@check(
    "consistency.same-shape",
    Level.SHOULD,
    "The output of a wait has the same fields as the last `values` event of a stream.",
)
def test_a_wait_has_the_fields_of_the_last_values_event(
    run_scenario: RunScenario, session: Session
) -> None:
    """The values in an agent's output vary from run to run; its fields do not."""
    outputs: dict[Kind, object] = {}
    for exchange in run_scenario(SCENARIOS["consistency.ways"]):
        head = parse_head(exchange.request, exchange.response, dialect=session.target.dialect)
        options, outcome = head.options, run_outcome_of(ParsedExchange(1, exchange, head))
        if options is None or outcome is None or options.modes != frozenset({"values"}):
            continue
        if outcome.error is None and not outcome.interrupts and type_of(outcome.output) == "object":
            outputs[head.kind] = outcome.output
    if len(outputs) < 2:
        not_applicable("the stream and the wait did not both have an object as their output")
    streamed, waited = (shape_of(outputs[kind]) for kind in (Kind.STREAM, Kind.WAIT))
    fields = [shape.objects[""].always for shape in (streamed, waited)]
    if fields[0] != fields[1]:
        shown = " and ".join(", ".join(sorted(names)) or "none" for names in fields)
        fail_check(f"expected the same fields in the stream and in the wait, got {shown}")


@check(
    "consistency.any-request",
    Level.MUST,
    "For any request, stream and wait agree.",
    runs=2,
    is_property=True,
)
def test_any_request_gets_the_same_run_from_stream_and_wait(
    property_runner: PropertyRunner,
) -> None:
    """The consistency rules hold for generated modes and options."""

    def stream_and_wait(client: ScenarioClient, options: Json) -> None:
        for path in (STREAM, WAIT):
            client.run(path, **options)

    property_runner(run_options(dialect=property_runner.dialect), stream_and_wait, runs=2)

"""The contract reports no findings for legal exchanges.

Each property is tried with 200 examples. To try 10,000:

    pytest suites/tests/strategies/test_suites_strategies.py --hypothesis-profile=deep
"""

from collections.abc import Iterable

from hypothesis import HealthCheck, given, settings

from graphtape_contracts import Exchange
from graphtape_contracts.checker import check, check_related
from graphtape_contracts.finding import Finding, Level
from graphtape_suites.strategies import joins, refusals, same_run_variants, streams, waits

MAY_NOTES = {
    "events.known": "an unknown server sends events of its own",
    "fields.known": "an unknown server adds keys of its own",
    "langchain.known": "an unknown server adds keys of its own",
    "tasks.unfinished": "a run may be cancelled, and the result of a task may come from a cache",
    "tasks.failure-ends-run": "a task may catch the failure of a graph that it calls",
}
"""Expected notes about legal exchanges, with the reason."""

# Each example is a whole run, so it is large, and models that are not deterministic are rejected.
thorough = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def reported(findings: Iterable[Finding]) -> list[str]:
    """Return the findings of the contract, except the expected notes."""
    return [
        str(finding)
        for finding in findings
        if finding.level is not Level.NOTE or finding.rule not in MAY_NOTES
    ]


@thorough
@given(streams())
def test_a_legal_stream_has_no_findings(exchange: Exchange) -> None:
    assert reported(check(exchange)) == []


@thorough
@given(waits())
def test_a_legal_output_has_no_findings(exchange: Exchange) -> None:
    assert reported(check(exchange)) == []


@thorough
@given(refusals())
def test_a_legal_refusal_has_no_findings(exchange: Exchange) -> None:
    assert reported(check(exchange)) == []


@thorough
@given(joins())
def test_a_stream_and_its_resumption_have_no_findings(exchanges: list[Exchange]) -> None:
    assert reported(check(exchanges[1])) == []
    assert reported(check_related(exchanges)) == []


@thorough
@given(same_run_variants())
def test_variants_of_the_same_run_have_no_findings(exchanges: list[Exchange]) -> None:
    assert reported(check_related(exchanges, deterministic=True)) == []

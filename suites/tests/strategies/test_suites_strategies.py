"""The contract reports no findings for legal exchanges.

Each property is tried with 200 examples; with 10,000 by:

    pytest suites/tests/test_suites_strategies.py --hypothesis-profile=deep
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
    "tasks.unfinished": "a run may be cancelled, and a task be answered from a cache",
    "tasks.failure-ends-run": "a task may catch the failure of a graph that it calls",
}
"""Expected notes about legal exchanges, with the reason."""

# One example is a whole run: large, and some are thrown away because they cannot be repeated.
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
def test_nothing_is_reported_of_a_legal_stream(exchange: Exchange) -> None:
    assert reported(check(exchange)) == []


@thorough
@given(waits())
def test_nothing_is_reported_of_a_legal_output(exchange: Exchange) -> None:
    assert reported(check(exchange)) == []


@thorough
@given(refusals())
def test_nothing_is_reported_of_a_legal_refusal(exchange: Exchange) -> None:
    assert reported(check(exchange)) == []


@thorough
@given(joins())
def test_nothing_is_reported_of_a_stream_and_its_rest(exchanges: list[Exchange]) -> None:
    assert reported(check(exchanges[1])) == []
    assert reported(check_related(exchanges)) == []


@thorough
@given(same_run_variants())
def test_nothing_is_reported_of_the_same_run_seen_in_many_ways(exchanges: list[Exchange]) -> None:
    assert reported(check_related(exchanges, deterministic=True)) == []

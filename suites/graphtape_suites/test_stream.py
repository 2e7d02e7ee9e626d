"""`POST /runs/stream`: bytes, headers, events and their order."""

from datetime import datetime

from graphtape_contracts import Exchange
from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Json, is_object
from graphtape_contracts.parsing.event import event_of
from graphtape_contracts.parsing.exchange_head import Kind
from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import (
    events,
    fields,
    framing,
    head,
    heartbeats,
    identifiers,
    order,
)
from graphtape_suites.checks.check import (
    check,
    check_in,
    fail_check,
    not_applicable,
    rules_of,
    scenarios_of,
)
from graphtape_suites.checks.endings import check_complete
from graphtape_suites.checks.scenario_runner import RunScenario
from graphtape_suites.checks.timing import check_headers_first
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.runner.client import STREAM, ScenarioClient
from graphtape_suites.scenarios import SCENARIOS, Scenario
from graphtape_suites.session.session import Session
from graphtape_suites.strategies import run_options
from graphtape_suites.verdicts.evaluation import EvaluateRule

_LEAST_SHARE = 0.02
"""The events of a run must be spread over at least this share of its duration."""
_LEAST_SECONDS = 0.5
"""Shorter runs, in seconds, do not show whether events are buffered."""


@scenarios_of("stream")
def test_scenario(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Each scenario of this suite runs to its end."""
    run_scenario(scenario)


@rules_of(framing, fields)
def test_bytes(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A stream has the format that readers of event streams expect."""
    evaluate_rule(rule)


@rules_of(heartbeats)
def test_heartbeats(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A quiet stream is kept alive."""
    evaluate_rule(rule)


@rules_of(head)
def test_head(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """The headers of a response give its type and its run."""
    evaluate_rule(rule)


@rules_of(events)
def test_events(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A stream has the requested events and no others."""
    evaluate_rule(rule)


@rules_of(order)
def test_order(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A stream begins with `metadata`, and nothing follows its end."""
    evaluate_rule(rule)


@rules_of(identifiers)
def test_identifiers(rule: AnyRule, evaluate_rule: EvaluateRule) -> None:
    """A run, a task and an interrupt keep their ids."""
    evaluate_rule(rule)


@check(
    "stream.complete",
    Level.MUST,
    "A stream ends as HTTP requires; the connection is not cut.",
)
def test_streams_are_complete(session: Session) -> None:
    """If a stream is cut, a client can't tell that events are missing."""
    check_complete(session, Kind.STREAM)


@check(
    "stream.not-buffered",
    Level.MUST,
    "Events arrive when they happen: a stream is not buffered until its run ends.",
)
def test_events_arrive_when_they_happen(run_scenario: RunScenario) -> None:
    """Arrival times are compared with the timestamps of `debug` events."""
    seen: list[tuple[float, float]] = []
    for name in ("stream.everything", "stream.whole-messages"):
        for exchange in run_scenario(SCENARIOS[name]):
            took = _seconds_by_its_clock(exchange)
            if took >= _LEAST_SECONDS:
                times = [frame.at for frame in exchange.frames]
                seen.append((took, times[-1] - times[0]))
    if not seen:
        not_applicable(f"no run took {_LEAST_SECONDS} s by the timestamps of its `debug` events")
    if all(came < took * _LEAST_SHARE for took, came in seen):
        took, came = max(seen)
        fail_check(
            f"expected the events of a run of {took:.2f} s as they happen, got all within "
            f"{came:.3f} s"
        )


@check(
    "stream.head-first",
    Level.MUST,
    "The headers of a stream arrive when the run is accepted, not with its first event.",
    runs=1,
)
def test_headers_come_first(session: Session) -> None:
    """The SDKs read the id of the run from the headers, and time out without headers."""
    check_headers_first(session, STREAM)


@check_in(
    ("stream.accept", "stream.plain-text", "stream.unknown-field"),
    "stream.lenient",
    Level.MUST,
    "`Accept`, the content type text/plain and unknown fields do not prevent a stream.",
)
def test_requests_are_read_leniently(scenario: Scenario, run_scenario: RunScenario) -> None:
    """Real servers were observed to accept such requests."""
    for exchange in run_scenario(scenario):
        if exchange.response.status != 200 or not exchange.is_stream:
            fail_check(
                f"expected a stream, got status {exchange.response.status}: {scenario.about}"
            )


@check(
    "stream.any-request",
    Level.MUST,
    "The stream of any combination of modes and options meets the contract.",
    runs=1,
    is_property=True,
)
def test_any_stream_request_meets_the_contract(property_runner: PropertyRunner) -> None:
    """Modes and options are generated in any combination."""

    def stream(client: ScenarioClient, options: Json) -> None:
        exchange = client.run(STREAM, **options)
        if exchange.response.status != 200:
            client.complain(f"expected a stream, got status {exchange.response.status}")

    property_runner(run_options(dialect=property_runner.dialect), stream)


def _seconds_by_its_clock(exchange: Exchange) -> float:
    """Return the time between the first and the last timestamp of `debug` events."""
    events = (event_of(frame, number) for number, frame in enumerate(exchange.frames, 1))
    debug = [e.value for e in events if e and e.mode == "debug" and is_object(e.value)]
    try:
        times = [datetime.fromisoformat(one["timestamp"]).timestamp() for one in debug]
    except (KeyError, TypeError, ValueError):  # The rule `data.debug` reports invalid timestamps.
        times = []
    return max(times) - min(times) if times else 0.0

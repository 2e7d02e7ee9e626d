"""Example results of a session: real and broken exchanges, and every kind of verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import mutants_errors
import mutants_head
import mutants_messages
import mutants_order
from captured import captured
from mutation import Mutant
from report_page import Node, read_page

from graphtape_contracts import Exchange, Frame, Request, Response, sse
from graphtape_contracts.checker import check, parse_head
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Finding, Level
from graphtape_contracts.rules import RULES
from graphtape_mock.deployment.budget import BudgetLimits, Spent
from graphtape_mock.recordings.file import read
from graphtape_mock.server.mock import bundled_recordings
from graphtape_suites.report.page import render
from graphtape_suites.session.scenario_result import ScenarioResult
from graphtape_suites.verdicts.results import Outcome, Results, ScenarioVerdict, Verdict, numbered

URL = "https://agents.example/v1"

STREAM_HEAD = Response(200, (("content-type", "text/event-stream"),))


def results(verdicts: Sequence[Verdict] = (), played: Sequence[ScenarioResult] = ()) -> Results:
    """Return results with these *verdicts* and scenario results."""
    return Results(
        url=URL,
        server={"version": "0.16.7", "langgraph_py_version": "1.2.22", "flags": {"crons": True}},
        dialect="python",
        contract="0.16",
        level=Level.SHOULD,
        profile="standard",
        started_at="2026-11-27T03:45:46+00:00",
        budget=BudgetLimits(runs=60, seconds=600.0),
        spent=Spent(runs=31, seconds=42.25, waits=2),
        verdicts=verdicts,
        scenario_results=played,
    )


def finding(rule: str = "order.metadata-first", **fields: Any) -> Finding:
    """Return a finding with those *fields*."""
    base = Finding(rule, Level.MUST, "It holds.", "somewhere", "this", "that")
    return replace(base, **fields)


def verdict(outcome: Outcome, *scenarios: ScenarioVerdict, **fields: Any) -> Verdict:
    """Return a verdict with those *fields*."""
    base = Verdict(
        "order.metadata-first",
        "stream",
        "test_stream.py::test_it",
        Level.MUST,
        "It holds.",
        outcome,
        scenarios=scenarios,
    )
    return replace(base, **fields)


def stream(*frames: Frame, **request: Any) -> Exchange:
    """Return a stream exchange with these *frames*."""
    asked = replace(Request("POST", "/runs/stream", (), b"{}"), **request)
    return Exchange(asked, STREAM_HEAD, frames)


def event(name: str, data: str, at: float = 0.0) -> Frame:
    """Return the frame of an event received *at* seconds."""
    return sse.frame(sse.encode_event(name, data), at)


SILENT = stream(event("metadata", "{}", 0.1), event("values", "{}", 0.2))
"""A short stream without findings."""


def played(*exchanges: Exchange) -> ScenarioResult:
    """Return the scenario `a` with these *exchanges*."""
    return ScenarioResult("a", "What is tried.", exchanges)


def shown(verdicts: Sequence[Verdict] = (), *played: ScenarioResult) -> Node:
    """Return the report of these *verdicts*."""
    return read_page(render(results(verdicts, played)))


def timed(exchange: Exchange, step: float = 0.02) -> Exchange:
    """Return *exchange* with a frame every *step* seconds, after half a second."""
    frames = (replace(frame, at=0.5 + n * step) for n, frame in enumerate(exchange.frames))
    return replace(exchange, frames=tuple(frames))


def mutant(family: Sequence[Mutant], wrong: str) -> Exchange:
    """Return the mutant of a *family* with that text in `wrong`."""
    (found,) = [mutant for mutant in family if mutant.wrong == wrong]
    return timed(found.make())


def recorded(name: str) -> Exchange:
    """Return the stream in a bundled recording, with its recorded times."""
    exchanges = read(bundled_recordings() / f"{name}.jsonl").exchanges
    return next(exchange for exchange in exchanges if exchange.is_stream)


@cache
def example() -> Results:
    """Return results of a deployment that passes many requirements and fails some."""
    played = (
        ScenarioResult(
            "stream.everything",
            "A run with every stream mode and the events of subgraphs.",
            tuple(recorded(name) for name in ("agent", "tools", "subgraphs", "slow", "fanout")),
        ),
        ScenarioResult(
            "messages.partial",
            "The messages of a run, as they grow.",
            (
                timed(captured("python/mode-agent-messages")),
                mutant(mutants_messages.MUTANTS, "the metadata of a streamed message are missing"),
                mutant(mutants_messages.MUTANTS, "a partial is a delta"),
            ),
        ),
        ScenarioResult(
            "stream.order",
            "The order of what every stream has.",
            tuple(timed(m.make()) for m in mutants_order.MUTANTS)[:3],
        ),
        ScenarioResult(
            "errors.refusals",
            "Invalid requests.",
            (
                captured("python-cases/bad-stream-no-assistant"),
                *(m.make() for m in mutants_errors.MUTANTS[:2]),
            ),
            problem="the budget is spent: 31 of 31 runs",
        ),
        ScenarioResult(
            "wait.head",
            "The response heads of waits.",
            tuple(m.make() for m in mutants_head.MUTANTS[:4]),
        ),
        ScenarioResult(
            "reconnect.join",
            "A stream is joined again where it was left.",
            inapplicable="/openapi.json does not list GET /runs/{run_id}/stream",
        ),
    )
    return results(judge({one.scenario: one.exchanges for one in played}), played)


def judge(scenarios: Mapping[str, Sequence[Exchange]]) -> list[Verdict]:
    """Return a verdict for each rule on the exchanges of *scenarios*."""
    known = {"messages.partials-grow"}
    verdicts: list[Verdict] = []
    for rule in RULES:
        judged: list[ScenarioVerdict] = []
        for name, exchanges in scenarios.items():
            about = [
                (number, exchange)
                for number, exchange in enumerate(exchanges, 1)
                if rule.applies(
                    parse_head(exchange.request, exchange.response, dialect=Dialect.PYTHON)
                )
            ]
            found = [
                (number, numbered(check(exchange, [rule], dialect=Dialect.PYTHON), number))
                for number, exchange in about
            ]
            if about:
                broken = sum(bool(findings) for _, findings in found)
                listed = tuple(finding for _, findings in found for finding in findings)
                judged.append(ScenarioVerdict(name, len(about), broken, listed))
        outcome, reason = Outcome.PASSED, ""
        if any(scenario.failed for scenario in judged):
            outcome = Outcome.EXPECTED_FAILURE if rule.id in known else Outcome.FAILED
            reason = "reported to the vendor, fixed in 0.17" if rule.id in known else ""
        elif not judged and rule.id.startswith("endpoints"):
            outcome, reason = Outcome.NOT_EXERCISED, "the budget is spent: 31 of 31 runs"
        elif not judged:
            outcome, reason = Outcome.NOT_APPLICABLE, "the deployment does not list these routes"
        suite = rule.id.partition(".")[0]
        test = f"graphtape_suites/test_{suite}.py::test_the_rule[{rule.id}]"
        verdicts.append(
            Verdict(
                rule.id, suite, test, rule.level, rule.statement, outcome, reason, tuple(judged)
            )
        )
    return verdicts

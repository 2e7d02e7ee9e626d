"""All requirements in tables, one table per suite."""

from collections.abc import Iterable, Sequence

from graphtape_suites.report.evidence import Evidence, verdict_id
from graphtape_suites.report.markup import (
    Html,
    code,
    counted,
    element,
    folded,
    joined,
    prose,
    row,
    table,
    text,
)
from graphtape_suites.report.verdicts import MOST_SCENARIOS, SIGNS, kind
from graphtape_suites.verdicts.results import Outcome, Results, ScenarioVerdict, Verdict

_COLUMNS = ("Outcome", "Requirement", "Level", "Checked in")

LINKED = frozenset((Outcome.FAILED, Outcome.NOT_EXERCISED, Outcome.EXPECTED_FAILURE))
"""The outcomes whose verdicts have a section with all details."""


def requirements(evidence: Evidence, results: Results) -> Html:
    """Return the verdicts of *results* as tables, in the order of the suites."""
    suites: dict[str, list[tuple[int, Verdict]]] = {}
    for number, verdict in enumerate(results.verdicts, 1):
        suites.setdefault(verdict.suite, []).append((number, verdict))
    return joined(
        _suite(evidence, position, *each) for position, each in enumerate(suites.items(), 1)
    )


def _suite(
    evidence: Evidence, position: int, name: str, verdicts: list[tuple[int, Verdict]]
) -> Html:
    id_ = f"suite{position}"
    counts = count_outcomes(verdict.outcome for _, verdict in verdicts)
    summary = ", ".join(f"{count} {outcome}" for outcome, count in counts if count)
    rows = (_row(evidence, *each) for each in verdicts)
    listed = table(_COLUMNS, rows, class_="requirements", aria_labelledby=id_)
    heading = element("h3", name, " ", element("small", summary), id=id_)
    return element("section", heading, listed, class_="suite")


def count_outcomes(outcomes: Iterable[Outcome]) -> list[tuple[Outcome, int]]:
    """Return the number of each outcome among *outcomes*, the worst outcome first."""
    listed = list(outcomes)
    return [(outcome, listed.count(outcome)) for outcome in SIGNS]


def _row(evidence: Evidence, number: int, verdict: Verdict) -> Html:
    sign = element("span", f"{SIGNS[verdict.outcome]} ", aria_hidden="true")
    id_: str = code(verdict.requirement)
    if verdict.outcome in LINKED:
        id_ = element("a", id_, href=f"#{verdict_id(number)}")
    cells = (
        element("span", sign, verdict.outcome.value, class_=f"outcome {kind(verdict.outcome)}"),
        joined((id_, element("span", prose(verdict.statement), class_="statement"))),
        verdict.level.value,
        _checked_in(evidence, verdict),
    )
    return row(cells, class_=kind(verdict.outcome))


def _checked_in(evidence: Evidence, verdict: Verdict) -> Html:
    """Return the scenarios in which a requirement was checked, or why it is not applicable."""
    if verdict.outcome is Outcome.NOT_APPLICABLE and verdict.reason:
        return text(evidence.redacted(verdict.reason))
    if not verdict.scenarios:
        return evidence.about(verdict)
    # Scenarios with failures come first.
    scenarios = sorted(verdict.scenarios, key=lambda scenario: not scenario.failed)
    if len(scenarios) <= MOST_SCENARIOS:
        return _listed(scenarios)
    shown = [scenario for scenario in scenarios if scenario.failed][:MOST_SCENARIOS]
    others = scenarios[len(shown) :]
    exchanges = sum(scenario.exchanges for scenario in others)
    summary = f"{counted(len(others), 'scenario')}, {counted(exchanges, 'exchange')}"
    return joined((_listed(shown), folded(summary, _listed(others))))


def _listed(scenarios: Sequence[ScenarioVerdict]) -> Html:
    return joined(map(_scenario, scenarios), ", ")


def _scenario(scenario: ScenarioVerdict) -> Html:
    all_ = str(scenario.exchanges)
    count = f"{scenario.failed} of {all_}" if scenario.failed else all_
    times = element("small", count)
    return joined((code(scenario.scenario), times), " ")

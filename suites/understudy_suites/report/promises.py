"""All promises in tables, a table for each suite."""

from collections.abc import Iterable, Iterator

from understudy_suites.report.evidence import Evidence, verdict_id
from understudy_suites.report.markup import Html, code, element, folded, joined, prose, row, table
from understudy_suites.report.verdicts import MOST_SCENARIOS, SIGNS, kind
from understudy_suites.results import Outcome, Results, ScenarioVerdict, Verdict

_COLUMNS = ("Outcome", "Promise", "Level", "Judged in")

LINKED = frozenset((Outcome.BROKEN, Outcome.UNTRIED, Outcome.EXPECTED))
"""The outcomes whose verdicts are shown whole, elsewhere on the page."""


def promises(evidence: Evidence, results: Results) -> Html:
    """Return the verdicts of *results* as tables, the suites in their order."""
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
    counts = tally(verdict.outcome for _, verdict in verdicts)
    said = ", ".join(f"{count} {outcome}" for outcome, count in counts if count)
    rows = (_row(evidence, *each) for each in verdicts)
    listed = table(_COLUMNS, rows, class_="promises", aria_labelledby=id_)
    heading = element("h3", name, " ", element("small", said), id=id_)
    return element("section", heading, listed, class_="suite")


def tally(outcomes: Iterable[Outcome]) -> list[tuple[Outcome, int]]:
    """Return how often each outcome is among *outcomes*, the gravest first."""
    listed = list(outcomes)
    return [(outcome, listed.count(outcome)) for outcome in SIGNS]


def _row(evidence: Evidence, number: int, verdict: Verdict) -> Html:
    sign = element("span", f"{SIGNS[verdict.outcome]} ", aria_hidden="true")
    id_: str = code(verdict.promise)
    if verdict.outcome in LINKED:
        id_ = element("a", id_, href=f"#{verdict_id(number)}")
    cells = (
        element("span", sign, verdict.outcome.value, class_=f"outcome {kind(verdict.outcome)}"),
        joined((id_, element("span", prose(verdict.says), class_="says"))),
        verdict.level.value,
        joined(_judged_in(evidence, verdict), ", "),
    )
    return row(cells, class_=kind(verdict.outcome))


def _judged_in(evidence: Evidence, verdict: Verdict) -> Iterator[str]:
    if verdict.outcome is Outcome.NOT_APPLICABLE and verdict.reason:
        yield evidence.told(verdict.reason)
    # Those where it was broken go first.
    judged = sorted(verdict.scenarios, key=lambda scenario: not scenario.broken)
    shown = [_scenario(scenario) for scenario in judged]
    yield from shown[:MOST_SCENARIOS]
    if others := shown[MOST_SCENARIOS:]:
        yield folded(f"{len(others)} more", joined(others, ", "))


def _scenario(scenario: ScenarioVerdict) -> Html:
    said = f"{scenario.broken} of {scenario.exchanges}" if scenario.broken else ""
    times = element("small", said or str(scenario.exchanges))
    return joined((code(scenario.scenario), times), " ")

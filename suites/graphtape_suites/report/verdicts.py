"""The verdicts in full: failed, not exercised, expected failures."""

from collections.abc import Iterator
from itertools import groupby

from graphtape_contracts.finding import Finding, json_path
from graphtape_contracts.json_value import Path
from graphtape_suites.report.evidence import Evidence, ExchangeOnPage, verdict_id
from graphtape_suites.report.markup import (
    Html,
    code,
    counted,
    element,
    folded,
    joined,
    lines,
    listed,
    prose,
    text,
)
from graphtape_suites.verdicts.results import Outcome, Results, ScenarioVerdict, Verdict

SIGNS = {
    Outcome.FAILED: "✗",
    Outcome.NOT_EXERCISED: "?",
    Outcome.EXPECTED_FAILURE: "~",
    Outcome.PASSED: "✓",
    Outcome.NOT_APPLICABLE: "-",
}
"""The sign shown beside the name and colour of an outcome; the worst outcome first."""

MOST_FINDINGS = 3
"""The maximum number of different findings shown per exchange of a verdict."""
MOST_EXCHANGES = 3
"""The maximum number of exchanges with findings shown per scenario."""
MOST_SCENARIOS = 4
"""The maximum number of scenarios with findings shown per verdict."""
_LONGEST = 2_000
_LONGEST_REASON = 20_000

Numbered = tuple[int, Verdict]

_FindingText = tuple[str, str, Path]
"""Expected, got, and JSON path: findings that agree in these are shown once."""


def kind(outcome: Outcome) -> str:
    """Return the CSS class that gives an *outcome* its colour."""
    return outcome.name.lower()


def numbered(results: Results, outcome: Outcome) -> list[Numbered]:
    """Return the verdicts with that *outcome*, each with its number, the strictest level first."""
    found = [(n, v) for n, v in enumerate(results.verdicts, 1) if v.outcome is outcome]
    return sorted(found, key=lambda one: one[1].level.rank)


def failed(evidence: Evidence, verdicts: list[Numbered]) -> Html:
    """Return *verdicts* that failed, expected or not, with their findings."""
    return joined(_failed(evidence, number, verdict) for number, verdict in verdicts)


def not_exercised(evidence: Evidence, verdicts: list[Numbered]) -> Html:
    """Return *verdicts* that could not be exercised, grouped by reason."""
    reasons: dict[str, list[Numbered]] = {}
    for number, verdict in verdicts:
        reasons.setdefault(verdict.reason, []).append((number, verdict))
    return joined(
        _not_exercised(evidence.redacted(reason), those) for reason, those in reasons.items()
    )


def _not_exercised(reason: str, verdicts: list[Numbered]) -> Html:
    sign = element("span", f"{SIGNS[Outcome.NOT_EXERCISED]} ", aria_hidden="true")
    requirements = (
        element("li", *_requirement(verdict), " ", prose(verdict.statement), id=verdict_id(number))
        for number, verdict in verdicts
    )
    head = element("h3", sign, reason or "No reason was given")
    return element(
        "article",
        head,
        element("ul", *requirements),
        class_=f"verdict {kind(Outcome.NOT_EXERCISED)}",
    )


def _requirement(verdict: Verdict) -> tuple[Html, Html]:
    return code(verdict.requirement), element("span", verdict.level.value, class_="level")


def _failed(evidence: Evidence, number: int, verdict: Verdict) -> Html:
    sign = element("span", f"{SIGNS[verdict.outcome]} ", aria_hidden="true")
    parts: list[str] = [
        element("h3", sign, *_requirement(verdict)),
        element("p", prose(verdict.statement), class_="statement"),
    ]
    found = [scenario for scenario in verdict.scenarios if scenario.failed or scenario.findings]
    if verdict.reason:
        parts.append(_reason(evidence.start_of(verdict.reason, _LONGEST_REASON), bool(found)))
    parts += [_scenario(evidence, scenario) for scenario in found[:MOST_SCENARIOS]]
    if others := found[MOST_SCENARIOS:]:
        names = joined((code(scenario.scenario) for scenario in others), ", ")
        parts.append(folded(f"Failed in {counted(len(others), 'more scenario')}", names))
    sources = dict.fromkeys(f.source for scenario in found for f in scenario.findings if f.source)
    cited = [("Source", prose(source)) for source in sources]
    about = evidence.about(verdict)
    tried = [("Tested with", about)] if about and not found else []
    parts.append(listed([*tried, *cited, ("Test", code(verdict.test))], class_="about"))
    return element(
        "article", *parts, id=verdict_id(number), class_=f"verdict {kind(verdict.outcome)}"
    )


def _reason(reason: str, repeated: bool) -> Html:
    """Return the message of the test, folded away if the findings below repeat it."""
    if "\n" not in reason:
        return element("p", prose(reason), class_="reason")
    message = lines(reason.split("\n"))
    return folded("Full test message", message) if repeated else message


def _scenario(evidence: Evidence, scenario: ScenarioVerdict) -> Html:
    count = f"{scenario.failed} of {counted(scenario.exchanges, 'exchange')} failed"
    parts: list[str] = [element("h4", "In ", code(scenario.scenario), f": {count}")]
    groups = [
        (place, list(findings))
        for place, findings in groupby(
            scenario.findings, lambda finding: evidence.find(scenario.scenario, finding)
        )
    ]
    for place, findings in groups[:MOST_EXCHANGES]:
        parts += _exchange(evidence, place, findings)
    if left := sum(len(findings) for _, findings in groups[MOST_EXCHANGES:]):
        parts.append(element("p", f"{counted(left, 'more finding')} in other exchanges."))
    return joined(parts)


def _exchange(
    evidence: Evidence, place: ExchangeOnPage | None, findings: list[Finding]
) -> Iterator[Html]:
    """Yield the *findings* in one exchange, and its request."""
    alike: dict[_FindingText, list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.expected, finding.got, finding.path), []).append(finding)
    groups = list(alike.values())
    yield from (_finding(evidence, place, group) for group in groups[:MOST_FINDINGS])
    if left := sum(map(len, groups[MOST_FINDINGS:])):
        yield element("p", f"{counted(left, 'more finding')} in this exchange.")
    if place is not None:
        request = evidence.exchange(place).request
        line = element("pre", code(evidence.curl(request)))
        yield folded(f"Request as curl: {evidence.call(request)}", line)


def _finding(evidence: Evidence, place: ExchangeOnPage | None, alike: list[Finding]) -> Html:
    """Return findings that differ only in their frames."""
    first = alike[0]
    return listed(
        [
            ("Where", joined(_where(evidence, place, alike), ", ")),
            ("Expected", prose(evidence.start_of(first.expected, _LONGEST))),
            ("Got", element("strong", prose(evidence.start_of(first.got, _LONGEST)))),
        ],
        class_="finding",
    )


def _where(evidence: Evidence, place: ExchangeOnPage | None, alike: list[Finding]) -> list[Html]:
    """Return the places of *alike* findings, with links to the exchange and the frames."""
    number = alike[0].exchange if place is None else place.exchange
    parts = [] if number is None else [_link(evidence, place, f"exchange {number}")]
    frames = [finding.frame for finding in alike if finding.frame is not None]
    parts += [_link(evidence, place, f"frame {frame}", frame) for frame in frames]
    parts += [code(evidence.redacted(json_path(alike[0].path)))] if alike[0].path else []
    return parts or [text("head")]


def _link(
    evidence: Evidence, place: ExchangeOnPage | None, label: str, frame: int | None = None
) -> Html:
    target = None if place is None else evidence.target(place, frame)
    return element("a", label, href=f"#{target}") if target else text(label)

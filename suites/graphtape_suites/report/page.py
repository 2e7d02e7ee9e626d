"""The whole page: one HTML file that makes no network request."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib import resources
from math import isfinite
from pathlib import Path

from graphtape_contracts.json_value import show
from graphtape_suites.report.evidence import Evidence
from graphtape_suites.report.markup import (
    Html,
    counted,
    element,
    folded,
    lines,
    listed,
)
from graphtape_suites.report.requirements import count_outcomes, requirements
from graphtape_suites.report.scenarios import scenarios
from graphtape_suites.report.verdicts import SIGNS, failed, kind, not_exercised, numbered
from graphtape_suites.verdicts.results import Outcome, Results

_LONGEST_LINE = 2_000


def write_report(results: Results, path: Path, *, secrets: Iterable[str] = ()) -> None:
    """Write the report of *results* to the file *path*, replacing any file there.

    *secrets* are values to leave out, besides values that look like a key or have a key's name.
    Raises OSError if the file can't be written.
    """
    path.write_text(render(results, secrets=secrets), encoding="utf-8", newline="\n")


def render(results: Results, *, secrets: Iterable[str] = ()) -> str:
    """Return the report of *results* as a page of HTML; see `write_report`."""
    evidence = Evidence(results, secrets)
    style, script = _asset("style.css"), _asset("filter.js")
    title = f"Graphtape: {evidence.redacted(results.url)}"
    head = element(
        "head",
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark">'),
        element("title", title),
        Html(f"<style>{style}</style>"),
    )
    body = element("body", *_body(evidence, results), Html(f"<script>{script}</script>"))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _asset(name: str) -> str:
    return (resources.files("graphtape_suites.report") / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return a content security policy that allows our own style and script, and nothing else."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(source: str) -> str:
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"


def _body(evidence: Evidence, results: Results) -> Iterator[Html]:
    sections = list(_sections(evidence, results))
    yield element("a", "Skip to the verdicts", href=f"#{sections[0][0]}", class_="skip")
    yield element("header", *_overview(evidence, results))
    links = (
        element("li", element("a", title, " ", element("small", count), href=f"#{id_}"))
        for id_, title, count, _ in sections
    )
    yield element("nav", element("ul", *links), aria_label="Sections")
    yield element(
        "main",
        *(
            element("section", element("h2", title), *content, id=id_)
            for id_, title, _, content in sections
        ),
    )


_Section = tuple[str, str, str, list[Html]]
"""Id, title, number of entries, and content."""


def _sections(evidence: Evidence, results: Results) -> Iterator[_Section]:
    shown = {
        outcome: numbered(results, outcome)
        for outcome in (Outcome.FAILED, Outcome.NOT_EXERCISED, Outcome.EXPECTED_FAILURE)
    }
    if verdicts := shown[Outcome.FAILED]:
        yield "failed", "Failed", str(len(verdicts)), [failed(evidence, verdicts)]
    if verdicts := shown[Outcome.NOT_EXERCISED]:
        yield (
            "not-exercised",
            "Not exercised",
            str(len(verdicts)),
            [not_exercised(evidence, verdicts)],
        )
    if verdicts := shown[Outcome.EXPECTED_FAILURE]:
        shown_on_demand = folded(
            counted(len(verdicts), "expected failure"), failed(evidence, verdicts)
        )
        yield "expected", "Expected failures", str(len(verdicts)), [shown_on_demand]
    content = [_filter(), requirements(evidence, results)]
    yield "requirements", "All requirements", str(len(results.verdicts)), content
    yield "scenarios", "Scenarios", str(len(results.scenario_results)), [scenarios(evidence)]


def _filter() -> Html:
    """Return the filter field, which stays hidden unless the script runs."""
    field = Html('<input type="search" id="words" autocomplete="off">')
    found = element("output", for_="words", id="found")
    label = element("label", "Filter ", field)
    return element("p", label, " ", found, id="filter", hidden="")


def _overview(evidence: Evidence, results: Results) -> Iterator[Html]:
    counts = count_outcomes(verdict.outcome for verdict in results.verdicts)
    yield element("p", "Graphtape", class_="product")
    yield element(
        "h1", "Can clients rely on ", element("span", evidence.redacted(results.url)), "?"
    )
    yield element("p", _conclusion(dict(counts)), class_="conclusion")
    yield element("ul", *(_count(*each) for each in counts), class_="counts")
    yield listed(_facts(evidence, results), class_="facts")
    if results.server:
        reported = (f"{show(key)}: {show(value)}" for key, value in results.server.items())
        shown = lines(evidence.start_of(line, _LONGEST_LINE) for line in reported)
        yield folded("What the deployment reports about itself", shown)


def _conclusion(counts: dict[Outcome, int]) -> str:
    checked = sum(counts.values()) - counts[Outcome.NOT_APPLICABLE]
    if not checked:
        return "Unknown: no requirement was checked."
    requirements = counted(checked, "requirement")
    if counts[Outcome.FAILED]:
        return f"No: {counts[Outcome.FAILED]} of {requirements} failed."
    if counts[Outcome.NOT_EXERCISED]:
        missing = counts[Outcome.NOT_EXERCISED]
        return f"Unknown: {missing} of {requirements} could not be exercised."
    if counts[Outcome.EXPECTED_FAILURE]:
        known = counted(counts[Outcome.EXPECTED_FAILURE], "expected failure")
        return f"Yes, except for {known}."
    return f"Yes: {requirements} checked, all passed."


def _count(outcome: Outcome, count: int) -> Html:
    sign = element("span", SIGNS[outcome], aria_hidden="true", class_="sign")
    none = " none" if not count else ""
    return element(
        "li", sign, " ", element("b", f"{count:,}"), f" {outcome}", class_=kind(outcome) + none
    )


def _facts(evidence: Evidence, results: Results) -> Iterator[tuple[str, str]]:
    budget, spent = results.budget, results.spent
    yield "Server", evidence.redacted(_server(results)) or "not reported"
    yield "Dialect", results.dialect or "unknown"
    yield "Contract", f"{results.contract}, level {results.level} and stricter"
    yield "Profile", results.profile
    yield "Started", element("time", _day_and_time(results), datetime=results.started_at)
    yield "Runs", f"{spent.runs:,} of {budget.runs:,}, {budget.at_once} at a time"
    limit = f"of {budget.seconds:,.0f} s" if isfinite(budget.seconds) else "(no limit)"
    yield "Time", f"{spent.seconds:,.1f} s {limit}"
    if spent.waits:
        yield "Waited", f"{counted(spent.waits, 'time')}: the deployment asked to retry later"


def _day_and_time(results: Results) -> str:
    return results.started_at.removesuffix("+00:00").replace("T", " ") + " UTC"


def _server(results: Results) -> str:
    """Return the names and versions that the deployment reports."""
    return ", ".join(
        f"{key.removesuffix('_version')} {value}" if key.endswith("_version") else str(value)
        for key, value in results.server.items()
        if isinstance(value, str) and (key in ("name", "version") or key.endswith("_version"))
    )

"""Verdicts written down: for people, for programs, and for GitHub Actions."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from graphtape_contracts.finding import Level, json_path
from graphtape_mock.console.github import COMMANDS, annotation
from graphtape_mock.console.text import count, escape
from graphtape_mock.verify.judgement import Judgement, LocatedFinding


def text(verdict: Judgement) -> Iterator[str]:
    """Yield the lines that tell a person the *verdict*, harmless to a terminal."""
    server = f"{verdict.dialect} dialect" if verdict.dialect else "a server of no known dialect"
    exchanges = count(verdict.exchanges, "exchange")
    outcome = count(len(verdict.remarks), "finding") if verdict.remarks else "good"
    yield escape(f"{verdict.file}: {exchanges}, {server}: {outcome}")
    for remark in verdict.remarks:
        request = f" ({remark.request})" if remark.request else ""
        line = f", line {remark.line}" if remark.line is not None else ""
        first, *rest = str(remark.finding).splitlines()
        yield escape(f"  {first}{line}{request}")
        yield from (escape(f"  {more}") for more in rest)


def summary(verdicts: Sequence[Judgement], rules: int) -> str:
    """Return one line about all *verdicts* by that number of *rules*."""
    levels = Counter(remark.finding.level for v in verdicts for remark in v.remarks)
    found = ", ".join(f"{levels[level]} at {level}" for level in Level if levels[level])
    return (
        f"{count(len(verdicts), 'file')}, "
        f"{count(sum(verdict.exchanges for verdict in verdicts), 'exchange')}, "
        f"{count(rules, 'rule')}: {found or 'no finding'}"
    )


def as_json(verdicts: Iterable[Judgement]) -> str:
    """Return the *verdicts* as a JSON object, for programs."""
    return json.dumps({"files": [_file(verdict) for verdict in verdicts]}, indent=2)


def _file(verdict: Judgement) -> dict[str, Any]:
    return {
        "file": verdict.file,
        "exchanges": verdict.exchanges,
        "dialect": verdict.dialect,
        "findings": [_finding(remark) for remark in verdict.remarks],
    }


def _finding(remark: LocatedFinding) -> dict[str, Any]:
    described = asdict(remark.finding) | {"path": json_path(remark.finding.path)}
    return described | {"request": remark.request, "line": remark.line}


def github(verdict: Judgement) -> Iterator[str]:
    """Yield the *verdict* as workflow commands, which GitHub shows at the lines of the file."""
    for remark in verdict.remarks:
        finding = remark.finding
        yield annotation(
            COMMANDS[finding.level.rank],
            f"{finding.statement}\nAt {finding.where}: expected {finding.expected}, "
            f"got {finding.got}",
            file=verdict.file,
            line=remark.line,
            title=finding.rule,
        )

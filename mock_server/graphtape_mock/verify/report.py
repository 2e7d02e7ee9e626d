"""Judgements as text, as JSON, and as annotations for GitHub Actions."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click

from graphtape_contracts.finding import Level, json_path
from graphtape_mock.console.github import COMMANDS, annotation
from graphtape_mock.console.text import count, escape
from graphtape_mock.verify.judgement import Judgement, LocatedFinding


def text(judged: Judgement) -> Iterator[str]:
    """Yield *judged* as lines of text, escaped for a terminal."""
    server = f"{judged.dialect} dialect" if judged.dialect else "unknown dialect"
    exchanges = count(judged.exchanges, "exchange")
    yield escape(f"{judged.file}: {exchanges}, {server}: ") + _outcome(judged)
    for located in judged.findings:
        request = f" ({located.request})" if located.request else ""
        line = f", line {located.line}" if located.line is not None else ""
        first, *rest = str(located.finding).splitlines()
        yield escape(f"  {first}{line}{request}")
        yield from (escape(f"  {more}") for more in rest)


def _outcome(judged: Judgement) -> str:
    found = [count(len(judged.findings), "finding")] if judged.findings else []
    if judged.cut:
        found.append(f"incomplete ({', '.join(judged.cut)}): record it again")
    return click.style("; ".join(found), fg="red") if found else click.style("good", fg="green")


def summary(judged: Sequence[Judgement], rules: int) -> str:
    """Return one line about all *judged* files; *rules* is the number of rules checked."""
    levels = Counter(located.finding.level for one in judged for located in one.findings)
    found = ", ".join(f"{levels[level]} at {level}" for level in Level if levels[level])
    return (
        f"{count(len(judged), 'file')}, "
        f"{count(sum(one.exchanges for one in judged), 'exchange')}, "
        f"{count(rules, 'rule')}: {found or 'no finding'}"
    )


def as_json(judged: Iterable[Judgement]) -> str:
    """Return *judged* as a JSON object: `files`, each with its exchanges, dialect and findings."""
    return json.dumps({"files": [_file(one) for one in judged]}, indent=2)


def _file(judged: Judgement) -> dict[str, Any]:
    return {
        "file": judged.file,
        "exchanges": judged.exchanges,
        "dialect": judged.dialect,
        "cut": judged.cut,
        "findings": [_finding(located) for located in judged.findings],
    }


def _finding(located: LocatedFinding) -> dict[str, Any]:
    described = asdict(located.finding) | {"path": json_path(located.finding.path)}
    return described | {"request": located.request, "line": located.line}


def github(judged: Judgement) -> Iterator[str]:
    """Yield *judged* as workflow commands. GitHub annotates lines of the file with them."""
    for located in judged.findings:
        finding = located.finding
        yield annotation(
            COMMANDS[finding.level.rank],
            f"{finding.statement}\nAt {finding.where}: expected {finding.expected}, "
            f"got {finding.got}",
            file=judged.file,
            line=located.line,
            title=finding.rule,
        )

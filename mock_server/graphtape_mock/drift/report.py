"""Reports of drift: as text, as JSON, and for GitHub Actions."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from graphtape_mock.console.github import COMMANDS, annotation
from graphtape_mock.console.text import count, escape
from graphtape_mock.deployment.budget import BudgetLimits, Spent
from graphtape_mock.drift.recording_drift import RecordingDrift
from graphtape_mock.drift.severity import Drift, Severity


def text(verdict: RecordingDrift) -> Iterator[str]:
    """Yield the *verdict* as lines of text, escaped for a terminal."""
    asked = f"{count(verdict.asked, 'response')} compared"
    yield escape(f"{verdict.file}: {asked}: {_outcome(verdict)}")
    for exchange in verdict.exchanges:
        for drift in exchange.drifts:
            yield escape(f"  {drift.severity}: {drift.summary}{_where(drift)} ({exchange.request})")
            yield escape(f"    was: {drift.before}")
            yield escape(f"    is:  {drift.after}")
        if exchange.unasked:
            yield escape(
                f"  not repeated: {exchange.request} of line {exchange.line}: {exchange.unasked}"
            )


def summary(verdicts: Sequence[RecordingDrift]) -> str:
    """Return one line about all *verdicts*."""
    compared = count(sum(verdict.asked for verdict in verdicts), "response")
    return f"{count(len(verdicts), 'file')}, {compared} compared: {_outcome(*verdicts)}"


def spending(spent: Spent, budget: BudgetLimits) -> str:
    """Return one line that says how much of the *budget* was *spent*."""
    waited = f", asked to come back {count(spent.waits, 'time')}" if spent.waits else ""
    return (
        f"spent: {spent.runs} of {count(budget.runs, 'run')}, "
        f"{spent.seconds:.1f} of {budget.seconds:g} s{waited}"
    )


def as_json(verdicts: Sequence[RecordingDrift], spent: Spent) -> str:
    """Return the *verdicts* and the *spent* budget as a JSON object."""
    return json.dumps(
        {"files": [_file(verdict) for verdict in verdicts], "spent": asdict(spent)}, indent=2
    )


def github(verdict: RecordingDrift) -> Iterator[str]:
    """Yield the *verdict* as workflow commands. GitHub annotates lines of the file with them."""
    for exchange in verdict.exchanges:
        lines = [
            (
                COMMANDS[drift.severity.rank],
                f"{drift.summary}{_where(drift)}: was {drift.before}, is {drift.after}",
            )
            for drift in exchange.drifts
        ]
        if exchange.unasked:
            lines.append((COMMANDS[0], f"not repeated: {exchange.unasked}"))
        for command, message in lines:
            yield annotation(
                command,
                message,
                file=str(verdict.file),
                line=exchange.line,
                title=f"drift of {exchange.request}",
            )


def _outcome(*verdicts: RecordingDrift) -> str:
    found = Counter(drift.severity for verdict in verdicts for drift in verdict.drifts)
    unasked = sum(len(verdict.unasked) for verdict in verdicts)
    lines = [f"{found[severity]} {severity}" for severity in Severity if found[severity]]
    lines += [f"{unasked} not repeated"] if unasked else []
    return ", ".join(lines) or "no drift"


def _where(drift: Drift) -> str:
    if not drift.where:
        return ""
    first, *others = drift.where
    more = f" and {count(len(others), 'more place')}" if others else ""
    return f", at {first}{more}"


def _file(verdict: RecordingDrift) -> dict[str, Any]:
    return {
        "file": str(verdict.file),
        "compared": verdict.asked,
        "drifts": [
            {"request": exchange.request, "line": exchange.line} | asdict(drift)
            for exchange in verdict.exchanges
            for drift in exchange.drifts
        ],
        "not_asked": [
            {"request": exchange.request, "line": exchange.line, "reason": exchange.unasked}
            for exchange in verdict.unasked
        ],
    }

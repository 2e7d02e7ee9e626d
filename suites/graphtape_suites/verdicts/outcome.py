"""From what pytest says of a test to what is to be said of its promise."""

import json
from collections.abc import Collection
from dataclasses import replace

import pytest

from graphtape_contracts.finding import Level
from graphtape_mock.deployment.budget import BudgetExhausted
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_suites.checks.check import Check, CheckFailed, NotExercised, check_of
from graphtape_suites.report.terminal import VERDICT_ATTRIBUTE
from graphtape_suites.verdicts.evaluation import Evaluation
from graphtape_suites.verdicts.expected_failures import ExpectedFailure, ExpectedFailures
from graphtape_suites.verdicts.results import Outcome, Verdict

EVALUATION = pytest.StashKey[Evaluation]()
"""What a test of a rule found, scenario by scenario."""
EXPECTED = pytest.StashKey[ExpectedFailures]()

_NOT_TRIED = NotExercised | BudgetExhausted | DeploymentError


def attach_verdict(
    item: pytest.Item, error: BaseException | None, report: pytest.TestReport
) -> None:
    """Put the verdict on the promise of *item* on its *report*; fail or pass as expected.

    *error* is what the test raised.
    """
    about = check_of(item)
    if about is None:
        return
    ruling = item.stash.get(EVALUATION, Evaluation())
    expectations = item.config.stash.get(EXPECTED, ExpectedFailures())
    verdict = verdict_on(about, item, error, ruling, expectations)
    if verdict.outcome is Outcome.EXPECTED_FAILURE:
        report.outcome = "skipped"
        report.wasxfail = verdict.reason
    elif verdict.outcome in (Outcome.FAILED, Outcome.NOT_EXERCISED):
        report.outcome = "failed"
        if _is_ours(error):
            report.longrepr = _told(about, verdict)
    setattr(report, VERDICT_ATTRIBUTE, json.dumps(verdict.to_json()))


def verdict_on(
    about: Check,
    item: pytest.Item,
    error: BaseException | None,
    ruling: Evaluation,
    expectations: ExpectedFailures,
) -> Verdict:
    """Return what the test *item* says of the promise *about*.

    *error* is what the test raised, *ruling* what it found of a rule.
    """
    verdict = Verdict(
        about.id,
        item.path.stem.removeprefix("test_"),
        item.nodeid,
        _level(about, error),
        about.statement,
        *_outcome(error),
        tuple(ruling.scenarios),
    )
    expectation = expectations.get(about.id)
    if expectation is None:
        return verdict
    return _as_expected(verdict, expectation, explores=about.explores)


def _level(about: Check, error: BaseException | None) -> Level:
    """Return how much that binds which is broken: of what a property tries, not all does alike."""
    least = error.level if isinstance(error, CheckFailed) else None
    return least or about.level


def _is_ours(error: BaseException | None) -> bool:
    """Whether *error* is about the deployment; any other is a failure of graphtape itself."""
    return error is None or isinstance(error, CheckFailed | _NOT_TRIED)


def _outcome(error: BaseException | None) -> tuple[Outcome, str]:
    if error is None:
        return Outcome.PASSED, ""
    if isinstance(error, CheckFailed):
        return Outcome.FAILED, str(error)
    if isinstance(error, pytest.skip.Exception):
        return Outcome.NOT_APPLICABLE, str(error)
    if isinstance(error, _NOT_TRIED | pytest.fail.Exception):
        return Outcome.NOT_EXERCISED, str(error)
    return Outcome.NOT_EXERCISED, f"graphtape itself failed: {type(error).__name__}: {error}"


def _as_expected(verdict: Verdict, expectation: ExpectedFailure, *, explores: bool) -> Verdict:
    """Take a failure that is expected for what it is, and one that does not come for a failure."""
    broken = [found.scenario for found in verdict.scenarios if found.broken]
    if verdict.outcome is Outcome.FAILED and expectation.covers(broken):
        stale = _stale(expectation, broken, [found.scenario for found in verdict.scenarios])
        if not stale:
            return replace(verdict, outcome=Outcome.EXPECTED_FAILURE, reason=expectation.reason)
    elif verdict.outcome is Outcome.PASSED and not explores:
        # What is tried with requests drawn at random need not be found every time.
        stale = "it is kept"
    else:
        return verdict
    return replace(
        verdict,
        outcome=Outcome.FAILED,
        reason=f"expected to be broken ({expectation.reason}), but {stale}: take that out of the "
        "file of expected failures",
    )


def _stale(expectation: ExpectedFailure, broken: Collection[str], judged: Collection[str]) -> str:
    """Say where a promise is kept that is expected to be broken there; empty if nowhere."""
    kept = sorted((expectation.scenarios & set(judged)) - set(broken))
    return f"it is kept in {', '.join(kept)}" if kept else ""


def _told(about: Check, verdict: Verdict) -> str:
    """Return what is printed of a promise that was not kept: all that its reader needs."""
    lines = [f"{about.id} ({verdict.level}): {about.statement}", "", verdict.reason]
    return "\n".join([*lines, "", f"to try just this: -k '{about.id}'"])

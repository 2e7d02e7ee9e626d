"""Turns the result of a test into a verdict on the check of the test."""

import json
from collections.abc import Collection
from dataclasses import replace

import pytest

from graphtape_contracts.finding import Level
from graphtape_mock.deployment.budget import BudgetExhausted
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_suites.checks.check import Check, CheckFailed, NotExercised, check_of
from graphtape_suites.marks import VERDICT_ATTRIBUTE
from graphtape_suites.verdicts.evaluation import Evaluation
from graphtape_suites.verdicts.expected_failures import ExpectedFailure, ExpectedFailures
from graphtape_suites.verdicts.results import Outcome, Verdict

EVALUATION = pytest.StashKey[Evaluation]()
"""The key of a test's evaluation of its rule."""
EXPECTED = pytest.StashKey[ExpectedFailures]()
"""The key of the session's expected failures."""

_NOT_EXERCISED = NotExercised | BudgetExhausted | DeploymentError


def attach_verdict(
    item: pytest.Item, error: BaseException | None, report: pytest.TestReport
) -> None:
    """Attach the verdict on the check of *item* to *report*, and change the report's outcome.

    *error* is the exception of the test, if any. The report of a test without a check is unchanged.
    """
    check = check_of(item)
    if check is None:
        return
    evaluation = item.stash.get(EVALUATION, Evaluation())
    expectations = item.config.stash.get(EXPECTED, ExpectedFailures())
    verdict = verdict_on(check, item, error, evaluation, expectations)
    if verdict.outcome is Outcome.EXPECTED_FAILURE:
        report.outcome = "skipped"
        report.wasxfail = verdict.reason
    elif verdict.outcome in (Outcome.FAILED, Outcome.NOT_EXERCISED):
        report.outcome = "failed"
        if _is_about_deployment(error):
            report.longrepr = _failure_text(check, verdict)
    setattr(report, VERDICT_ATTRIBUTE, json.dumps(verdict.to_json()))


def verdict_on(
    check: Check,
    item: pytest.Item,
    error: BaseException | None,
    evaluation: Evaluation,
    expectations: ExpectedFailures,
) -> Verdict:
    """Return the verdict on the *check* of the test *item*.

    *error* is the exception of the test, *evaluation* is the evaluation of its rule, and
    *expectations* are the expected failures of the session.
    """
    verdict = Verdict(
        check.id,
        item.path.stem.removeprefix("test_"),
        item.nodeid,
        _level(check, error),
        check.statement,
        *_outcome(error),
        tuple(evaluation.scenarios),
    )
    expectation = expectations.get(check.id)
    if expectation is None:
        return verdict
    return _as_expected(verdict, expectation, is_property=check.is_property)


def _level(check: Check, error: BaseException | None) -> Level:
    """Return the level of the failure; for a property, that of the violated rule."""
    least = error.level if isinstance(error, CheckFailed) else None
    return least or check.level


def _is_about_deployment(error: BaseException | None) -> bool:
    """Whether *error* is about the deployment; other errors are failures of graphtape itself."""
    return error is None or isinstance(error, CheckFailed | _NOT_EXERCISED)


def _outcome(error: BaseException | None) -> tuple[Outcome, str]:
    if error is None:
        return Outcome.PASSED, ""
    if isinstance(error, CheckFailed):
        return Outcome.FAILED, str(error)
    if isinstance(error, pytest.skip.Exception):
        return Outcome.NOT_APPLICABLE, str(error)
    if isinstance(error, _NOT_EXERCISED | pytest.fail.Exception):
        return Outcome.NOT_EXERCISED, str(error)
    return Outcome.NOT_EXERCISED, f"graphtape itself failed: {type(error).__name__}: {error}"


def _as_expected(verdict: Verdict, expectation: ExpectedFailure, *, is_property: bool) -> Verdict:
    """Return *verdict* with a failure changed to an expected failure, or a pass to a failure."""
    failed = [found.scenario for found in verdict.scenarios if found.failed]
    if verdict.outcome is Outcome.FAILED and expectation.covers(failed):
        stale = _stale(expectation, failed, [found.scenario for found in verdict.scenarios])
        if not stale:
            return replace(verdict, outcome=Outcome.EXPECTED_FAILURE, reason=expectation.reason)
    elif verdict.outcome is Outcome.PASSED and not is_property:
        # Generated requests need not find a failure every time.
        stale = "it passed"
    else:
        return verdict
    return replace(
        verdict,
        outcome=Outcome.FAILED,
        reason=f"expected to fail ({expectation.reason}), but {stale}: remove the entry "
        "from the file of expected failures",
    )


def _stale(
    expectation: ExpectedFailure, failed: Collection[str], evaluated: Collection[str]
) -> str:
    """Return a text that lists the scenarios that passed unexpectedly; empty if none did."""
    passed = sorted((expectation.scenarios & set(evaluated)) - set(failed))
    return f"it passed in {', '.join(passed)}" if passed else ""


def _failure_text(check: Check, verdict: Verdict) -> str:
    """Return the text of a failure: the check, the reason and the option that runs it alone."""
    lines = [f"{check.id} ({verdict.level}): {check.statement}", "", verdict.reason]
    return "\n".join([*lines, "", f"to run only this check: -k '{check.id}'"])

"""Verdicts from the exceptions of tests."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from inner_sessions import set_heap_aside

from graphtape_contracts.finding import Level
from graphtape_mock.deployment.budget import BudgetExhausted
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_suites.checks.check import CheckFailed, NotExercised, check
from graphtape_suites.marks import VERDICT_ATTRIBUTE
from graphtape_suites.verdicts.outcome import attach_verdict
from graphtape_suites.verdicts.results import Outcome, Verdict


@pytest.fixture(name="item")
def _item(pytester: pytest.Pytester) -> pytest.Item:
    """A test without a check."""
    set_heap_aside()
    return pytester.getitem("def test_it(): pass", "test_it")


def _attached(item: pytest.Item, error: BaseException | None) -> tuple[Verdict, Any]:
    item.add_marker(check("x.y", Level.MUST, "It is so."))
    report: Any = SimpleNamespace(longrepr="the report of pytest")
    attach_verdict(item, error, report)
    return Verdict.from_json(json.loads(getattr(report, VERDICT_ATTRIBUTE))), report


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (None, Outcome.PASSED, ""),
        (CheckFailed("got that"), Outcome.FAILED, "got that"),
        (pytest.skip.Exception("not there"), Outcome.NOT_APPLICABLE, "not there"),
        (NotExercised("no time"), Outcome.NOT_EXERCISED, "no time"),
        (BudgetExhausted("3 of 3 runs"), Outcome.NOT_EXERCISED, "the budget is spent: 3 of 3 runs"),
        (DeploymentError("lost"), Outcome.NOT_EXERCISED, "lost"),
        (pytest.fail.Exception("down"), Outcome.NOT_EXERCISED, "down"),
        (KeyError("a"), Outcome.NOT_EXERCISED, "graphtape itself failed: KeyError: 'a'"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_the_outcome_depends_on_the_exception_of_the_test(
    item: pytest.Item, error: BaseException | None, outcome: Outcome, reason: str
) -> None:
    verdict, _ = _attached(item, error)

    assert (verdict.requirement, verdict.outcome, verdict.reason) == ("x.y", outcome, reason)
    assert verdict.statement == "It is so."


@pytest.mark.parametrize("error", [CheckFailed("got that"), NotExercised("got that")])
def test_failures_of_the_deployment_are_reported_without_a_traceback(
    item: pytest.Item, error: Exception
) -> None:
    _, report = _attached(item, error)

    assert report.longrepr.startswith("x.y (MUST): It is so.\n\ngot that\n\n")
    assert "-k 'x.y'" in report.longrepr


@pytest.mark.parametrize("error", [KeyError("a"), pytest.fail.Exception("down")])
def test_failures_of_graphtape_keep_the_report_of_pytest(
    item: pytest.Item, error: Exception
) -> None:
    _, report = _attached(item, error)

    assert report.longrepr == "the report of pytest"


def test_a_failure_can_have_a_less_strict_level(item: pytest.Item) -> None:
    verdict, _ = _attached(item, CheckFailed("got that", Level.SHOULD))

    assert verdict.level is Level.SHOULD


def test_a_test_without_a_check_gets_no_verdict(item: pytest.Item) -> None:
    report: Any = SimpleNamespace()

    attach_verdict(item, None, report)

    assert vars(report) == {}

"""Completes pytest's report of a test that uses the mock: adds problems, hides secrets."""

from collections.abc import Generator
from typing import Any, cast

import pytest

from graphtape_suites.mock_fixture.mock_deployment import MockDeployment
from graphtape_suites.printing.redacted_report import redact_report

_FAILURE: pytest.StashKey[BaseException] = pytest.StashKey()
"""The failure that `fail_on_problems` raised."""


def fail_on_problems(item: pytest.Item, mock: MockDeployment) -> None:
    """Fail the test *item* if there are problems."""
    if problems := mock.problems():
        failure = item.stash[_FAILURE] = pytest.fail.Exception(problems, pytrace=False)
        raise failure


def complete_report(
    item: pytest.Item, call: pytest.CallInfo[None], mock: MockDeployment
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Wrap the hook that makes the report of a test: add problems that it lacks, hide secrets.

    A test that raises or skips because of a miss does not mention the miss. unittest stores the
    exception of a TestCase, and replaces our failure with it while the report is made.
    """
    raised = call.excinfo.value if call.excinfo else None
    failure = item.stash.get(_FAILURE, None)
    report = yield
    reported = call.excinfo.value if call.excinfo else None
    if reported is not None and reported is not failure and call.when != "teardown":
        problems = str(failure) if raised is failure and failure else mock.problems()
        if problems:
            _add(report, problems)
    if report.longrepr or report.sections:
        redact_report(report, mock.redact)
    return report


def _add(report: pytest.TestReport, problems: str) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        _, _, reason = cast(tuple[str, int, str], report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{problems}\n\nThe test skipped itself: {reason}"
    elif hasattr(report.longrepr, "addsection"):
        cast(Any, report.longrepr).addsection("graphtape", problems)
    else:
        report.longrepr = f"{report.longrepr}\n\n{problems}"

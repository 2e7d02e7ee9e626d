"""The terminal summary of the suites, in the main process of pytest.

The plugin registers it at every start of pytest, so heavy imports wait until they are needed.
"""

from __future__ import annotations  # Annotations use names that are imported later.

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graphtape_suites.marks import CHECK_MARK, FOLDER, STOPPED, VERDICT_ATTRIBUTE

if TYPE_CHECKING:
    from graphtape_suites.verdicts.results import Results, Verdict

_WORKER_FOLDER = "graphtape_folder"
_STOPPED_ATTRIBUTE = "graphtape_stopped"
_WRONG_USE = 2


def shared_folder(config: pytest.Config) -> Path:
    """Return the folder that the processes of this session share."""
    if worker := vars(config).get("workerinput"):
        return Path(worker[_WORKER_FOLDER])
    if FOLDER not in config.stash:
        config.stash[FOLDER] = Path(tempfile.mkdtemp(prefix="graphtape-"))
    return config.stash[FOLDER]


class SessionReport:
    """Collects the verdicts of all processes, and reports them at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._started_at = datetime.now(UTC).isoformat(timespec="seconds")
        self._verdicts: list[Verdict] = []
        self._stopped = ""
        self._unwritten = ""
        self._planned: list[Any] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Send the path of the shared folder to a worker of pytest-xdist."""
        node.workerinput[_WORKER_FOLDER] = str(shared_folder(self._config))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Store the plan of the checks."""
        if any(item.get_closest_marker(CHECK_MARK) for item in session.items):
            from graphtape_suites.checks.dry_run import plan_checks
            from graphtape_suites.runner.settings import settings_of

            self._planned = plan_checks(session.items, settings_of(self._config))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool | None:
        """Run no test with --graphtape-list."""
        return True if self._config.getoption("--graphtape-list") else None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach the reason why a worker stopped the session."""
        report = yield
        if stopped := self._config.stash.get(STOPPED, ""):
            setattr(report, _STOPPED_ATTRIBUTE, stopped)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the verdict of a test of the suites."""
        self._stopped = getattr(report, _STOPPED_ATTRIBUTE, self._stopped)
        if text := getattr(report, VERDICT_ATTRIBUTE, None):
            from graphtape_suites.verdicts.results import Verdict

            self._verdicts.append(Verdict.from_json(json.loads(text)))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report; exit with 2 if the session was stopped."""
        if self._stopped:
            session.exitstatus = _WRONG_USE
        path = self._config.getoption("--graphtape-report")
        if path and self._verdicts and not hasattr(self._config, "workerinput"):
            from graphtape_suites.report.page import write_report

            try:
                write_report(self._results(), Path(path))
            except OSError as error:
                self._unwritten = f" (can't be written: {error})"
                session.exitstatus = _WRONG_USE

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the plan of the checks, or the counts of verdicts and runs."""
        option = self._config.getoption
        if self._planned and (option("--graphtape-list") or option("collectonly")):
            from graphtape_suites.checks.dry_run import plan_lines
            from graphtape_suites.runner.settings import settings_of

            terminalreporter.section("graphtape: planned checks")
            for line in plan_lines(self._planned, settings_of(self._config)):
                terminalreporter.line(line)
        elif self._verdicts:
            self._summarize(terminalreporter)

    def _summarize(self, terminalreporter: pytest.TerminalReporter) -> None:
        from graphtape_suites.verdicts.results import Outcome

        results = self._results()
        counts = Counter(verdict.outcome for verdict in results.verdicts)
        spent, budget = results.spent, results.budget
        terminalreporter.section("graphtape")
        terminalreporter.line(
            f"{results.url or 'no deployment'}: "
            + ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome)
        )
        waited = f", waited {spent.waits} times" if spent.waits else ""
        terminalreporter.line(
            f"spent {spent.runs} of {budget.runs} runs, {spent.seconds:.0f} of "
            f"{budget.seconds:g} s{waited}"
        )
        if path := self._config.getoption("--graphtape-report"):
            terminalreporter.line(f"report: {path}{self._unwritten}")

    def _results(self) -> Results:
        from graphtape_contracts.finding import Level
        from graphtape_mock.deployment.budget import BudgetLimits, RunBudget
        from graphtape_suites.runner.settings import settings_of
        from graphtape_suites.session.folder import read_description, read_results
        from graphtape_suites.verdicts.results import Results

        settings = settings_of(self._config)
        folder = shared_folder(self._config)
        description = read_description(folder)
        budget = BudgetLimits(settings.max_runs, settings.max_seconds, settings.concurrency)
        return Results(
            url=description.get("url", ""),
            server=description.get("server", {}),
            dialect=description.get("dialect", ""),
            contract=description.get("contract", ""),
            level=Level(settings.level.upper()),
            profile=settings.profile.name,
            started_at=self._started_at,
            budget=budget,
            spent=RunBudget(budget, folder).spent,
            verdicts=tuple(self._verdicts),
            scenario_results=tuple(read_results(folder)),
        )

    def pytest_unconfigure(self) -> None:
        """Delete the shared folder."""
        if folder := self._config.stash.get(FOLDER, None):
            shutil.rmtree(folder, ignore_errors=True)

"""Fixtures for the broken servers. The summary lists the requirements that each server failed."""

from pathlib import Path

import pytest
from offline import Offline
from trying import FOUND

FOUND_LINES: list[str] = []


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the suites write their files into a temporary folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Offline:
    """Evaluates servers offline; in each process, the scenarios run only once."""
    return Offline(tmp_path_factory.mktemp("offline"))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Store the summary line of a test, also from other processes."""
    if report.when == "call":
        FOUND_LINES.extend(str(value) for name, value in report.user_properties if name == FOUND)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print for each server whether the expected requirement failed, and which others failed."""
    if FOUND_LINES:
        terminalreporter.section("broken servers: what the suites found")
    for line in FOUND_LINES:
        terminalreporter.line(line)

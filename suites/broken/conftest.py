"""What is told when the broken servers were tried: which promises each of them breaks."""

import pytest
from trying import FOUND

TOLD: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what a test says of its server, also one that another process ran."""
    TOLD.extend(str(value) for name, value in report.user_properties if name == FOUND)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print by server the promise that is named, and what is broken along with it."""
    if TOLD:
        terminalreporter.section("broken servers: what the suites found")
    for line in TOLD:
        terminalreporter.line(line)

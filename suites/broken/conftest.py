"""What is told when the broken servers were tried: which promises each of them breaks."""

from pathlib import Path

import pytest
from offline import Offline
from trying import FOUND

TOLD: list[str] = []


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the suites keep what fails in a folder of the test."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Offline:
    """What judges changed answers of the mock; it plays the scenarios once in each process."""
    return Offline(tmp_path_factory.mktemp("offline"))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what a test says of its server, also one that another process ran."""
    if report.when == "call":
        TOLD.extend(str(value) for name, value in report.user_properties if name == FOUND)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print by server the promise that is named, and what is broken along with it."""
    if TOLD:
        terminalreporter.section("broken servers: what the suites found")
    for line in TOLD:
        terminalreporter.line(line)

"""Recordings that the tests of a session used and made, counted over all its processes."""

from __future__ import annotations  # pytest 8.2 does not export TerminalReporter.

from collections.abc import Iterable
from typing import Any

import pytest

from graphtape_suites.mock_fixture.options import RECORDINGS_INI
from graphtape_suites.mock_fixture.settings import KNOWN_KEY, MockSettings, read_settings

_KEY = "graphtape_recordings"
"""The workeroutput key for the counts of a worker of pytest-xdist."""


class UsedRecordings:
    """Counts used recordings and reports unused ones at the end of the session."""

    def __init__(self, config: pytest.Config, settings: MockSettings) -> None:
        self._config = config
        self._fails = settings.fail_unused
        self._known = settings.known
        self._loaded: set[str] = set()
        self._used: set[str] = set()
        self._made: set[str] = set()

    @property
    def unused(self) -> list[str]:
        """The names of the recordings that no test used; empty if no test used the mock."""
        return sorted(self._loaded - self._used)

    def add(self, loaded: Iterable[str], used: Iterable[str], made: Iterable[str]) -> None:
        """Add the names of loaded, used and made recordings."""
        self._loaded.update(loaded)
        self._used.update(used)
        self._made.update(made)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Send the names of the initial recordings to a worker of pytest-xdist."""
        node.workerinput[KNOWN_KEY] = sorted(self._known)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add the counts of a worker of pytest-xdist."""
        self.add(*getattr(node, "workeroutput", {}).get(_KEY, ((), (), ())))

    @pytest.hookimpl(trylast=True)  # Fixtures may be torn down as late as here.
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send the counts to the main process, or fail the session for unused recordings."""
        output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_KEY] = [sorted(part) for part in (self._loaded, self._used, self._made)]
        elif self._fails and self.unused and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """List new and unused recordings."""
        if self._made:
            terminalreporter.section("graphtape: recorded")
            _list_names(terminalreporter, sorted(self._made))
        if self.unused:
            terminalreporter.section("graphtape: unused recordings")
            _list_names(terminalreporter, self.unused)
            if not self._fails:
                hint = "--graphtape-fail-unused makes this an error"
                terminalreporter.line(f"(in {RECORDINGS_INI}; {hint})")


def _list_names(terminalreporter: pytest.TerminalReporter, names: Iterable[str]) -> None:
    from graphtape_mock.console.text import escape

    for name in names:
        terminalreporter.line(escape(name))


def track_used_recordings(config: pytest.Config) -> UsedRecordings:
    """Register a counter of used recordings. Raises UsageError for invalid settings."""
    used_recordings = UsedRecordings(config, read_settings(config))
    config.pluginmanager.register(used_recordings, "graphtape-used-recordings")
    return used_recordings

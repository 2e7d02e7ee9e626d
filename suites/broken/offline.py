"""Runs the suites against a broken server offline, on exchanges recorded from the unchanged mock.

If single exchanges show the fault of a server, the server need not run: the scenarios run once
against the unchanged mock, the recorded responses are changed, and the suites evaluate the result.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer
from recorded import OfflineSession, Recorded, Unchanged, play
from trying import arguments, is_tried, served

from graphtape_contracts import Exchange
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_suites.checks.check import Check, all_checks, check_of
from graphtape_suites.checks.scenario_runner import scenario_runner
from graphtape_suites.runner.settings import Settings, settings_of
from graphtape_suites.runner.target import EXPECTED_OF_THE_MOCK
from graphtape_suites.scenarios import SCENARIOS
from graphtape_suites.verdicts.evaluation import Evaluation, rule_evaluator
from graphtape_suites.verdicts.expected_failures import ExpectedFailures, read_expected_failures
from graphtape_suites.verdicts.outcome import verdict_on
from graphtape_suites.verdicts.results import Verdict

LIVE_ONLY = frozenset(
    (
        "heartbeats.early",
        "heartbeats.silence",
        "stream.head-first",
        "stream.not-buffered",
        "wait.head-first",
    )
)
"""Requirements about timing, which cannot be checked offline."""

Kind = tuple[tuple[str, ...], str, tuple[str, ...]]
"""The `runs`, `profile` and `options` of a broken server."""


class Offline:
    """Evaluates changed responses of the mock with the suites."""

    def __init__(self, folder: Path) -> None:
        """Write the files that the suites need into *folder*."""
        self._folder = folder
        self._recorded: dict[tuple[tuple[str, ...], str], Recorded] = {}
        self._prepared: dict[Kind, _Unchanged] = {}

    def verdicts_on(self, broken: BrokenServer) -> list[Verdict]:
        """Return the verdicts of the suites on *broken*, which must be an offline server."""
        assert isinstance(broken.change, ResponseChange)
        unchanged = self._prepared.get(kind_of(broken)) or self._prepare(broken)
        with TemporaryDirectory() as folder:
            unchanged.upstream.start(broken.change.change)
            session = unchanged.play(Path(folder))
            session.unchanged = unchanged.unchanged
            checks = [(test, check_of(test)) for test in unchanged.tests]
            return [
                _verdict(test, check, session)
                for test, check in checks
                if check and _is_offline(check, broken.requirement)
            ]

    def _prepare(self, broken: BrokenServer) -> "_Unchanged":
        """Collect the tests for *broken*, and record the exchanges they need."""
        collecting = _Collecting()
        folder_of_kind = self._folder / str(len(self._prepared))
        folder_of_kind.mkdir(exist_ok=True)
        options = [*arguments(broken, _NOWHERE, folder_of_kind), "--collect-only"]
        code = pytest.main(options, plugins=[collecting])
        assert code == pytest.ExitCode.OK, f"expected tests to be collected, got {code!r}"
        settings = collecting.settings[0]
        expected = read_expected_failures(EXPECTED_OF_THE_MOCK, all_checks(), SCENARIOS)
        recorded_key = (broken.runs, broken.profile)
        if recorded_key not in self._recorded:
            self._recorded[recorded_key] = _record(broken.runs, settings, expected)
        unchanged = _Unchanged(self._recorded[recorded_key], settings, expected, collecting.tests)
        unchanged.upstream.start(lambda exchange: exchange)
        with TemporaryDirectory() as folder:
            session = unchanged.play(Path(folder))
        for scenario in session.scenarios:
            unchanged.unchanged |= dict.fromkeys(session.run(scenario).exchanges)
        self._prepared[kind_of(broken)] = unchanged
        return unchanged


_NOWHERE = "http://recorded.invalid"


def kind_of(broken: BrokenServer) -> Kind:
    """Return the properties that decide with which scenarios and tests a server is tried."""
    return broken.runs, broken.profile, broken.options


@dataclass
class _Unchanged:
    """The exchanges with the unchanged mock, and the tests that evaluate changed responses."""

    upstream: Recorded
    settings: Settings
    expected: ExpectedFailures
    tests: list[pytest.Item]
    unchanged: Unchanged = field(default_factory=Unchanged)

    def play(self, folder: Path) -> OfflineSession:
        """Run the scenarios with `upstream` in place of a deployment."""
        return play(self.settings, self.upstream, folder, self.expected)


@dataclass
class _Collecting:
    """A pytest plugin that stores the collected tests and the settings of the session."""

    tests: list[pytest.Item] = field(default_factory=list[pytest.Item])
    settings: list[Settings] = field(default_factory=list[Settings])

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Store the tests that are left after deselection."""
        self.tests += session.items
        self.settings.append(settings_of(session.config))


def _record(runs: tuple[str, ...], settings: Settings, expected: ExpectedFailures) -> Recorded:
    """Run the scenarios against the unchanged mock; return a connection that replays the mock."""
    exchanges: list[Exchange] = []

    def keep(exchange: Exchange) -> Exchange:
        exchanges.append(exchange)
        return exchange

    with (
        served(BrokenServer("", "responses are recorded", ResponseChange(keep), runs)) as url,
        DeploymentConnection(url, timeout=settings.timeout, keep_encoding=True) as upstream,
        TemporaryDirectory() as folder,
    ):
        info = play(settings, upstream, Path(folder), expected).target.info.response
    known = {name for name, _ in exchanges[0].response.headers}
    added = tuple(header for header in info.headers if header[0] not in known)
    return Recorded(exchanges, added)


def _is_offline(check: Check, requirement: str) -> bool:
    """Return whether the test of *check* runs for *requirement* and needs only exchanges."""
    return is_tried(check, requirement) and not check.is_property and check.id not in LIVE_ONLY


def _verdict(test: pytest.Item, check: Check, session: OfflineSession) -> Verdict:
    """Run a *test* with the fixtures of *session*, without pytest; return its verdict."""
    assert isinstance(test, pytest.Function)
    evaluation = Evaluation()

    def keep(found: Evaluation) -> None:
        evaluation.scenarios += found.scenarios

    fixtures: dict[str, Any] = {
        "session": session,
        "run_scenario": scenario_runner(session),
        "evaluate_rule": rule_evaluator(session, keep),
        **(test.callspec.params if hasattr(test, "callspec") else {}),
    }
    function: Callable[..., None] = test.obj
    error: BaseException | None = None
    try:
        function(**{name: fixtures[name] for name in signature(function).parameters})
    except (Exception, pytest.skip.Exception, pytest.fail.Exception) as raised:
        error = raised
    return verdict_on(check, test, error, evaluation, session.expected)

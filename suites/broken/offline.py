"""Tries the suites with a broken server whose exchanges were made before it was broken.

Where all that is wrong about a server can be said of one exchange, there is no need to make each
exchange again: the scenarios are played once with the whole mock, and the suites judge what the
change makes of its answers. It is their own tests that do so, called with their own session.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from broken_servers.answering import Answering
from broken_servers.server import BrokenServer
from recorded import OfflineSession, Recorded, Unchanged, play
from trying import arguments, is_tried, served

from graphtape_contracts import Exchange
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_suites.checks.check import Check, all_checks, check_of
from graphtape_suites.runner.session import player
from graphtape_suites.runner.settings import Settings, settings_of
from graphtape_suites.runner.target import EXPECTED_OF_THE_MOCK
from graphtape_suites.scenarios import SCENARIOS
from graphtape_suites.verdicts.evaluation import Evaluation, judge_by
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
"""Promises of which nothing is said offline: they are about when something comes."""

Kind = tuple[tuple[str, ...], str, tuple[str, ...]]
"""What is run, the profile, and what else pytest is told."""


class Offline:
    """Knows what the whole mock answers, and judges what a change makes of it."""

    def __init__(self, folder: Path) -> None:
        """*folder* is for files that the suites need."""
        self._folder = folder
        self._recorded: dict[tuple[tuple[str, ...], str], Recorded] = {}
        self._whole: dict[Kind, _Whole] = {}

    def verdicts_on(self, broken: BrokenServer) -> list[Verdict]:
        """Return what the suites say of *broken*, which is offline."""
        assert isinstance(broken.breaking, Answering)
        whole = self._whole.get(kind_of(broken)) or self._prepare(broken)
        with TemporaryDirectory() as folder:
            whole.upstream.start(broken.breaking.change)
            session = whole.play(Path(folder))
            session.unchanged = whole.unchanged
            about = [(test, check_of(test)) for test in whole.tests]
            return [
                _verdict(test, promise, session)
                for test, promise in about
                if promise and _needs_no_more(promise, broken.requirement)
            ]

    def _prepare(self, broken: BrokenServer) -> "_Whole":
        """Collect the tests that try *broken*, and let its exchanges be there."""
        collecting = _Collecting()
        folder_of_kind = self._folder / str(len(self._whole))
        folder_of_kind.mkdir()
        told = [*arguments(broken, _NOWHERE, folder_of_kind), "--collect-only"]
        pytest.main(told, plugins=[collecting])
        settings = collecting.settings[0]
        expected = read_expected_failures(EXPECTED_OF_THE_MOCK, all_checks(), SCENARIOS)
        played = (broken.runs, broken.profile)
        if played not in self._recorded:
            self._recorded[played] = _record(broken.runs, settings, expected)
        whole = _Whole(self._recorded[played], settings, expected, collecting.tests)
        whole.upstream.start(lambda exchange: exchange)
        with TemporaryDirectory() as folder:
            session = whole.play(Path(folder))
        for scenario in session.scenarios:
            whole.unchanged |= dict.fromkeys(session.played(scenario).exchanges)
        self._whole[kind_of(broken)] = whole
        return whole


_NOWHERE = "http://recorded.invalid"


def kind_of(broken: BrokenServer) -> Kind:
    """Return what servers have in common that are tried in the same way."""
    return broken.runs, broken.profile, broken.options


@dataclass
class _Whole:
    """What the whole mock answered, and the tests that judge it."""

    upstream: Recorded
    settings: Settings
    expected: ExpectedFailures
    tests: list[pytest.Item]
    unchanged: Unchanged = field(default_factory=Unchanged)

    def play(self, folder: Path) -> OfflineSession:
        """Play the scenarios with what the upstream answers now."""
        return play(self.settings, self.upstream, folder, self.expected)


@dataclass
class _Collecting:
    """Keeps the tests that pytest collects, and what it was told of the deployment."""

    tests: list[pytest.Item] = field(default_factory=list[pytest.Item])
    settings: list[Settings] = field(default_factory=list[Settings])

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep them when it is sure what is left out."""
        self.tests += session.items
        self.settings.append(settings_of(session.config))


def _record(runs: tuple[str, ...], settings: Settings, expected: ExpectedFailures) -> Recorded:
    """Play the scenarios with the whole mock; return what answers as it did."""
    exchanges: list[Exchange] = []

    def keep(exchange: Exchange) -> Exchange:
        exchanges.append(exchange)
        return exchange

    with (
        served(BrokenServer("", "answers are kept", Answering(keep), runs)) as url,
        DeploymentConnection(url, timeout=settings.timeout, keep_encoding=True) as upstream,
        TemporaryDirectory() as folder,
    ):
        info = play(settings, upstream, Path(folder), expected).target.info.response
    told = {name for name, _ in exchanges[0].response.headers}
    added = tuple(header for header in info.headers if header[0] not in told)
    return Recorded(exchanges, added)


def _needs_no_more(about: Check, promise: str) -> bool:
    """Whether a test *about* something is run for *promise*, and needs exchanges alone."""
    return is_tried(about, promise) and not about.explores and about.id not in LIVE_ONLY


def _verdict(test: pytest.Item, about: Check, session: OfflineSession) -> Verdict:
    """Run a *test* as pytest does, with what its fixtures make of *session*."""
    assert isinstance(test, pytest.Function)
    ruling = Evaluation()

    def keep(found: Evaluation) -> None:
        ruling.scenarios += found.scenarios

    fixtures: dict[str, Any] = {
        "session": session,
        "play": player(session),
        "judge": judge_by(session, keep),
        **(test.callspec.params if hasattr(test, "callspec") else {}),
    }
    function: Callable[..., None] = test.obj
    error: BaseException | None = None
    try:
        function(**{name: fixtures[name] for name in signature(function).parameters})
    except (Exception, pytest.skip.Exception, pytest.fail.Exception) as raised:
        error = raised
    return verdict_on(about, test, error, ruling, session.expected)

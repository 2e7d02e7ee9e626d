"""What the suites share: the session with the deployment, and how verdicts are told."""

from collections.abc import Generator, Iterator

import pytest

from graphtape_contracts.catalogue import UnknownVersion
from graphtape_contracts.finding import Level
from graphtape_mock.deployment.errors import BadHeader, DeploymentError
from graphtape_mock.record.requests import BadRecordingRequest
from graphtape_mock.recordings.recording import BrokenRecording
from graphtape_mock.server.recorded_deployment import BadRecordedResponse
from graphtape_suites.checks.check import all_checks, check_of
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.report.terminal import STOPPED, shared_folder
from graphtape_suites.runner.run_inputs import NothingToRun
from graphtape_suites.runner.session import RunScenario, Session, player, write_description
from graphtape_suites.runner.settings import settings_of
from graphtape_suites.runner.target import EXPECTED_OF_THE_MOCK, open_target
from graphtape_suites.scenarios import SCENARIOS
from graphtape_suites.verdicts.evaluation import Judge, judge_by
from graphtape_suites.verdicts.expected_failures import BadExpectedFailure, read_expected_failures
from graphtape_suites.verdicts.outcome import EVALUATION, EXPECTED, attach_verdict

_WRONG_USE = (
    BadRecordedResponse,
    BadExpectedFailure,
    BadHeader,
    BadRecordingRequest,
    BrokenRecording,
    NothingToRun,
    OSError,
    UnknownVersion,
    DeploymentError,
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what binds less than the level, or is tried by a larger profile; sort the rest."""
    settings = settings_of(config)
    least = Level(settings.level.upper()).rank
    tried: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        about = check_of(item)
        binds = about is None or about.level.rank <= least
        fits = about is None or about.profile.rank <= settings.profile.rank
        (tried if binds and fits else left_out).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    # Scenarios first: they take the time, and who looks on sees how it goes on.
    items[:] = sorted(tried, key=lambda item: not _plays(item))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let `-k` find the test of a promise by its id, as failures say."""
    about = check_of(item)
    item.extra_keyword_matches.update([about.id] if about else [])


def _plays(item: pytest.Item) -> bool:
    about = check_of(item)
    return about is not None and about.id.startswith("scenarios.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the verdict on the report of a test."""
    report = yield
    if call.when == "call" or (call.when == "setup" and call.excinfo is not None):
        attach_verdict(item, call.excinfo.value if call.excinfo else None, report)
    return report


@pytest.fixture(scope="session")
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """What is tried with the deployment; where it can't be asked, nothing else is tried."""
    config = request.config
    try:
        settings = settings_of(config)
        known = settings.expected_failures or (None if settings.url else EXPECTED_OF_THE_MOCK)
        # Without such a file there is no need to import what is not run.
        promises = all_checks() if known else {}
        expected = read_expected_failures(known, promises, SCENARIOS)
        config.stash[EXPECTED] = expected
        with open_target(settings, shared_folder(config)) as target:
            write_description(target)
            yield Session(target, expected)
    except _WRONG_USE as error:
        config.stash[STOPPED] = request.session.shouldfail = f"graphtape: {error}"
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.fixture
def play(session: Session) -> RunScenario:
    """Play a scenario and return its exchanges, or say why it can't be played."""
    return player(session)


@pytest.fixture
def judge(session: Session, request: pytest.FixtureRequest) -> Judge:
    """Judge a rule by all that the scenarios show."""
    return judge_by(session, lambda ruling: request.node.stash.__setitem__(EVALUATION, ruling))


@pytest.fixture
def explore(session: Session, request: pytest.FixtureRequest) -> PropertyRunner:
    """Try a property with many requests."""
    return PropertyRunner(session, request.node.name)

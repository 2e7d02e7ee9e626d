"""Fixtures and hooks of the suites: a session with the deployment, and a verdict on each test."""

from collections.abc import Generator, Iterator

import pytest

from graphtape_contracts.catalogue import UnknownVersion
from graphtape_contracts.finding import Level
from graphtape_mock.deployment.errors import BadHeader, DeploymentError
from graphtape_mock.record.requests import BadRecordingRequest
from graphtape_mock.recordings.recording import BrokenRecording
from graphtape_mock.server.recorded_deployment import BadRecordedResponse
from graphtape_suites.checks.check import all_checks, check_of
from graphtape_suites.checks.scenario_runner import RunScenario, scenario_runner
from graphtape_suites.marks import STOPPED
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.report.terminal import shared_folder
from graphtape_suites.runner.run_inputs import NothingToRun
from graphtape_suites.runner.settings import settings_of
from graphtape_suites.runner.target import EXPECTED_OF_THE_MOCK, open_target
from graphtape_suites.scenarios import SCENARIOS
from graphtape_suites.session.folder import write_description
from graphtape_suites.session.session import Session
from graphtape_suites.verdicts.evaluation import EvaluateRule, rule_evaluator
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
    """Deselect checks below the level or beyond the profile, and put scenarios first."""
    settings = settings_of(config)
    least = Level(settings.level.upper()).rank
    selected: list[pytest.Item] = []
    deselected: list[pytest.Item] = []
    for item in items:
        check = check_of(item)
        is_selected = check is None or (
            check.level.rank <= least and check.profile.rank <= settings.profile.rank
        )
        (selected if is_selected else deselected).append(item)
    if deselected:
        config.hook.pytest_deselected(items=deselected)
    # Scenarios take most of the time; run first, they make pytest's progress meaningful.
    items[:] = sorted(selected, key=lambda item: not _runs_scenario(item))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let `-k` select a test by the id of its check."""
    check = check_of(item)
    item.extra_keyword_matches.update([check.id] if check else [])


def _runs_scenario(item: pytest.Item) -> bool:
    check = check_of(item)
    return check is not None and check.id.startswith("scenarios.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the verdict to the report of a test."""
    report = yield
    if call.when == "call" or (call.when == "setup" and call.excinfo is not None):
        attach_verdict(item, call.excinfo.value if call.excinfo else None, report)
    return report


@pytest.fixture(scope="session")
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """Open a session with the deployment; stop pytest if the deployment can't be reached."""
    config = request.config
    try:
        settings = settings_of(config)
        known = settings.expected_failures or (
            EXPECTED_OF_THE_MOCK if settings.url is None else None
        )
        # Expected failures may name checks of test modules that are not selected.
        requirements = all_checks() if known else {}
        config.stash[EXPECTED] = read_expected_failures(known, requirements, SCENARIOS)
        with open_target(settings, shared_folder(config)) as target:
            write_description(target)
            yield Session(target)
    except _WRONG_USE as error:
        config.stash[STOPPED] = request.session.shouldfail = f"graphtape: {error}"
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.fixture
def run_scenario(session: Session) -> RunScenario:
    """Run a scenario and return its exchanges; skip the test if the scenario does not apply."""
    return scenario_runner(session)


@pytest.fixture
def evaluate_rule(session: Session, request: pytest.FixtureRequest) -> EvaluateRule:
    """Evaluate a rule over the exchanges of all scenarios."""
    stash = request.node.stash
    return rule_evaluator(session, lambda evaluation: stash.__setitem__(EVALUATION, evaluation))


@pytest.fixture
def property_runner(session: Session, request: pytest.FixtureRequest) -> PropertyRunner:
    """Check a property with generated requests; see `PropertyRunner.__call__`."""
    expected = request.config.stash[EXPECTED]
    return PropertyRunner(session, request.node.name, expected)

"""Fixtures and hooks of the suites: a session with the deployment, and a verdict on each test."""

from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path

import pytest

from graphtape_contracts.catalogue import UnknownVersion
from graphtape_contracts.finding import Level
from graphtape_mock.deployment.errors import BadHeader, DeploymentError
from graphtape_mock.record.requests import BadRecordingRequest
from graphtape_mock.recordings.recording import BrokenRecording
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.server.recorded_deployment import BadRecordedResponse
from graphtape_suites.checks.check import all_checks, check_of
from graphtape_suites.checks.scenario_runner import RunScenario, scenario_runner
from graphtape_suites.marks import REDACTOR, STOPPED
from graphtape_suites.printing.printed_text import printed_text
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.report.terminal import shared_folder
from graphtape_suites.runner.run_inputs import NothingToRun
from graphtape_suites.runner.session_redactor import session_redactor
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


class _SuiteModule(pytest.Module):
    """A test module of the suites; the user's settings for the names of tests do not apply."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Return the tests; none without the plugin, which the usage error is about."""
        return super().collect() if _has_plugin(self.config) else []

    def funcnamefilter(self, name: str) -> bool:
        """Return whether *name* is that of a test."""
        return name.startswith("test_")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collect the test modules of the suites and nothing else, whatever the user's settings say."""
    yield
    if not (file_path.name.startswith("test_") and file_path.suffix == ".py"):
        return []
    # pytest's types say nothing about this method.
    collector: Callable[..., _SuiteModule] = getattr(_SuiteModule, "from_parent")  # noqa: B009
    return [collector(parent, path=file_path)]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect checks below the level or beyond the profile, and put scenarios first.

    Raises UsageError without the plugin, which defines the options of the suites.
    """
    if not _has_plugin(config):
        raise pytest.UsageError(
            "graphtape_suites: expected the pytest plugin of graphtape, got none; "
            "remove `-p no:graphtape` or PYTEST_DISABLE_PLUGIN_AUTOLOAD, "
            "or add `-p graphtape_suites.plugin`"
        )
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


def _has_plugin(config: pytest.Config) -> bool:
    return hasattr(config.option, "graphtape_url")


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
        redactor = item.config.stash.get(REDACTOR, Redactor())
        attach_verdict(item, call.excinfo.value if call.excinfo else None, report, redactor)
    return report


@pytest.fixture(scope="session")
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """Open a session with the deployment; stop pytest if the deployment can't be reached."""
    config = request.config
    try:
        settings = settings_of(config)
        config.stash[REDACTOR] = session_redactor(settings)
        known = settings.expected_failures or (
            EXPECTED_OF_THE_MOCK if settings.url is None else None
        )
        # Expected failures may name checks of test modules that are not selected.
        requirements = all_checks() if known else {}
        config.stash[EXPECTED] = read_expected_failures(known, requirements, SCENARIOS)
        with open_target(settings, shared_folder(config)) as target:
            config.stash[REDACTOR] = target.redactor
            write_description(target)
            yield Session(target)
    except _WRONG_USE as error:
        redact = config.stash.get(REDACTOR, Redactor()).redact_text
        text = printed_text(str(error), redact, config.invocation_params.dir, "session")
        config.stash[STOPPED] = request.session.shouldfail = f"graphtape: {text}"
        raise pytest.fail.Exception(text, pytrace=False) from None


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
    test = f"{request.path.name}::{request.node.name}"
    return PropertyRunner(session, test, expected, request.config.invocation_params.dir)

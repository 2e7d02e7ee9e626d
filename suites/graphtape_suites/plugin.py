"""The pytest plugin; it imports nothing heavy until a fixture is used."""

from __future__ import annotations  # Annotations name types that are imported on first use.

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from graphtape_suites.marks import CHECK_MARK
from graphtape_suites.mock_fixture import options as mock_options
from graphtape_suites.report.terminal import SessionReport
from graphtape_suites.runner.option_files import check_option_files
from graphtape_suites.runner.options import add_options

if TYPE_CHECKING:
    from graphtape_suites.mock_fixture.mock_deployment import MockDeployment
    from graphtape_suites.mock_fixture.running_mock import RunningMock
    from graphtape_suites.mock_fixture.used_recordings import UsedRecordings

GROUP = "graphtape"
USED_RECORDINGS: pytest.StashKey[UsedRecordings] = pytest.StashKey()
"""The counter of used recordings, if the session sets or makes recordings."""
MOCK: pytest.StashKey[MockDeployment] = pytest.StashKey()
"""The mock deployment of a test that uses it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and settings of the plugin; all names start with `graphtape`."""
    group = parser.getgroup(GROUP, "graphtape: mock a LangGraph deployment, or check one")
    mock_options.add_options(group, parser)
    add_options(group, parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers and the reports. Raises UsageError for invalid options."""
    config.addinivalue_line("markers", mock_options.MARKER)
    config.addinivalue_line(
        "markers", f"{CHECK_MARK}(check): the requirement that a test of graphtape's suites checks."
    )
    if config.getoption("--graphtape-list"):
        config.option.dist = "no"  # No test runs, so pytest-xdist has nothing to distribute.
    if not (hasattr(config, "workerinput") or config.option.help):
        check_option_files(config)
    config.pluginmanager.register(SessionReport(config), "graphtape-report")
    if mock_options.are_given(config) and not config.option.help:
        from graphtape_suites.mock_fixture.used_recordings import track_used_recordings

        config.stash[USED_RECORDINGS] = track_used_recordings(config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test whose request matched no recording."""
    if (mock := item.stash.get(MOCK, None)) is None:
        return (yield)
    from graphtape_suites.mock_fixture.reporting import fail_on_problems

    with mock.in_test():
        result = yield
    fail_on_problems(item, mock)
    return result


@pytest.hookimpl(
    wrapper=True, tryfirst=True
)  # Outermost, so that it sees the reports of other plugins.
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say in the report of a failed test which of its requests matched no recording."""
    if (mock := item.stash.get(MOCK, None)) is None:
        return (yield)
    from graphtape_suites.mock_fixture.reporting import complete_report

    return (yield from complete_report(item, call, mock))


@pytest.fixture(scope="session")
def graphtape_server(request: pytest.FixtureRequest) -> Iterator[RunningMock]:
    """The server of `graphtape_mock`, one per process; `.url` is its address.

    Use it in fixtures of a wider scope that need the URL of the mock.
    """
    from graphtape_suites.mock_fixture.running_mock import run_mock
    from graphtape_suites.mock_fixture.settings import read_settings

    with run_mock(read_settings(request.config)) as running_mock:
        yield running_mock
        if used_recordings := request.config.stash.get(USED_RECORDINGS, None):
            used_recordings.add(running_mock.loaded, running_mock.used, running_mock.made)


@pytest.fixture
def graphtape_mock(
    request: pytest.FixtureRequest, graphtape_server: RunningMock
) -> Iterator[MockDeployment]:
    """A mock deployment on a local socket; `.url` is its address.

    It replays recordings without delays, with the same bytes in every session. A request that
    matches no recording fails the test. `.use` and `.hold` choose the responses; `.requests`,
    `.assert_called` and `.wait_for` inspect the requests.
    """
    from graphtape_suites.mock_fixture.mock_deployment import MockDeployment

    graphtape_server.reset()
    folder = request.config.invocation_params.dir
    mock = MockDeployment(graphtape_server, request.node.nodeid, folder)
    request.node.stash[MOCK] = mock
    for mark in reversed([*request.node.iter_markers("graphtape")]):
        try:
            mock.use(*mark.args, **mark.kwargs)
        except (LookupError, TypeError, ValueError) as error:
            pytest.fail(f"@pytest.mark.graphtape: {error}", pytrace=False)
    yield mock
    problems = mock.problems()
    graphtape_server.reset()
    if problems:
        pytest.fail(problems, pytrace=False)

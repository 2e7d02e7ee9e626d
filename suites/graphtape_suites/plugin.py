"""The pytest plugin: nothing of ours, and nothing heavy, is imported until a fixture is used."""

from __future__ import annotations  # The annotations name what is imported in fixtures only.

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from graphtape_suites.marks import CHECK_MARK
from graphtape_suites.mock_fixture import options as mock_options
from graphtape_suites.report.terminal import SessionReport
from graphtape_suites.runner.options import add_options

if TYPE_CHECKING:
    from graphtape_suites.mock_fixture.mock_deployment import MockDeployment
    from graphtape_suites.mock_fixture.running_mock import RunningMock
    from graphtape_suites.mock_fixture.used_recordings import UsedRecordings

GROUP = "graphtape"
TALLY: pytest.StashKey[UsedRecordings] = pytest.StashKey()
"""What counts the recordings that are used, if there are any of the user's own."""
MOCK: pytest.StashKey[MockDeployment] = pytest.StashKey()
"""What a test has of the mock, if it uses it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and settings of the plugin; all names start with `graphtape`."""
    group = parser.getgroup(GROUP, "graphtape: stands in for a LangGraph deployment, or judges one")
    mock_options.add_options(group, parser)
    add_options(group, parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and what tells the results. Raises UsageError."""
    config.addinivalue_line("markers", mock_options.MARKER)
    config.addinivalue_line(
        "markers", f"{CHECK_MARK}(promise): what a test of the suites of graphtape is about."
    )
    if config.getoption("--graphtape-list"):
        config.option.dist = "no"  # Nothing is run, so there is nothing for pytest-xdist to share.
    config.pluginmanager.register(SessionReport(config), "graphtape-reporting")
    if mock_options.are_given(config):
        from graphtape_suites.mock_fixture.used_recordings import track_used_recordings

        config.stash[TALLY] = track_used_recordings(config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that asked the mock for what it has not."""
    try:
        result = yield
    except BaseException:
        if (mock := item.stash.get(MOCK, None)) and (problems := mock.problems()):
            item.add_report_section("call", "graphtape", problems)
        raise
    if (mock := item.stash.get(MOCK, None)) and (problems := mock.problems()):
        pytest.fail(problems, pytrace=False)
    return result


@pytest.fixture(scope="session")
def graphtape_server(request: pytest.FixtureRequest) -> Iterator[RunningMock]:
    """The server under graphtape_mock, one in each process; `.url` is where it answers.

    For fixtures that live longer than a test, and need to know where the mock will be.
    """
    from graphtape_suites.mock_fixture.running_mock import run_mock
    from graphtape_suites.mock_fixture.settings import read_settings

    with run_mock(read_settings(request.config)) as running_mock:
        yield running_mock
        if tally := request.config.stash.get(TALLY, None):
            tally.add(running_mock.there, running_mock.used, running_mock.made)


@pytest.fixture
def graphtape_mock(
    request: pytest.FixtureRequest, graphtape_server: RunningMock
) -> Iterator[MockDeployment]:
    """A mock deployment on a real socket of this machine; `.url` is where it answers.

    It answers runs from recordings, at once, with the same bytes whenever the test runs. A
    request that was not recorded fails the test. `.use` and `.hold` say how runs are answered,
    `.requests`, `.assert_called` and `.wait_for` what was asked.
    """
    from graphtape_suites.mock_fixture.mock_deployment import MockDeployment

    graphtape_server.reset()
    mock = request.node.stash[MOCK] = MockDeployment(graphtape_server)
    for mark in reversed([*request.node.iter_markers("graphtape")]):
        try:
            mock.use(*mark.args, **mark.kwargs)
        except LookupError as error:
            pytest.fail(f"@pytest.mark.graphtape: {error}", pytrace=False)
    yield mock
    problems = mock.problems()
    graphtape_server.reset()
    if problems:
        pytest.fail(problems, pytrace=False)

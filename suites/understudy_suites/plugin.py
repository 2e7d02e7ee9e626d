"""The pytest plugin: nothing of ours, and nothing heavy, is imported until a fixture is used."""

from __future__ import annotations  # The annotations name what is imported in fixtures only.

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from understudy_suites.reporting import Reporting
from understudy_suites.settings import add_options

if TYPE_CHECKING:
    from understudy_suites.deployment import MockDeployment

GROUP = "understudy"
RECORDINGS_INI = "understudy_recordings"
RECORD_MODES = ("none", "once", "new_episodes", "all", "rewrite")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and settings of the plugin; all names start with `understudy`."""
    group = parser.getgroup(
        GROUP, "understudy: stands in for a LangGraph deployment, or judges one"
    )
    _add_mock_options(parser, group)
    add_options(group, parser)


def _add_mock_options(parser: pytest.Parser, group: pytest.OptionGroup) -> None:
    """Add what the fixture `understudy_mock` obeys."""
    parser.addini(
        RECORDINGS_INI,
        "Recordings that understudy_mock answers from, files or folders, relative to the "
        "configuration file; by default those that come with understudy.",
        type="paths",
        default=[],
    )
    group.addoption(
        "--understudy-record",
        choices=RECORD_MODES,
        default="none",
        help="What understudy_mock records of --understudy-upstream, into the first folder of "
        "understudy_recordings: nothing (none, the default); what has no recording yet, if there "
        "is none of that name or none at all (once), or whatever there is (new_episodes); every "
        "request anew, each time (all) or once (rewrite).",
    )
    group.addoption(
        "--understudy-upstream",
        metavar="URL",
        help="The deployment that --understudy-record asks. The key is taken from "
        "LANGGRAPH_API_KEY, LANGSMITH_API_KEY or LANGCHAIN_API_KEY.",
    )
    group.addoption(
        "--understudy-fail-unused",
        action="store_true",
        help="Fail the session if there are recordings that no test used.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of the suites, and what tells their results."""
    config.addinivalue_line(
        "markers", "understudy_promise(promise): what a test of the suites of understudy is about."
    )
    config.pluginmanager.register(Reporting(config), "understudy-reporting")


@pytest.fixture(scope="session")
def understudy_mock(request: pytest.FixtureRequest) -> Iterator[MockDeployment]:
    """A mock deployment on a real socket of this machine; `.url` is where it answers.

    It answers at once, and its ids are the same in every session.
    """
    from understudy_mock.api.deployment import BadAnswer
    from understudy_mock.api.replay import Options
    from understudy_mock.recording import BrokenRecording
    from understudy_mock.replay.library import load
    from understudy_mock.server import BackgroundServer, Mock, bundled_recordings
    from understudy_suites.deployment import MockDeployment

    paths = request.config.getini(RECORDINGS_INI) or [bundled_recordings()]
    try:
        mock = Mock(load(paths), Options(speed=0, seed=0))
    except (BrokenRecording, BadAnswer, OSError) as error:
        raise pytest.UsageError(f"{RECORDINGS_INI}: {error}") from None
    with BackgroundServer(mock) as server:
        yield MockDeployment(server.url)

"""The pytest plugin: nothing of ours, and nothing heavy, is imported until a fixture is used."""

from __future__ import annotations  # The annotations name what is imported in fixtures only.

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from understudy_suites.deployment import MockDeployment

RECORDINGS_INI = "understudy_recordings"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings of the plugin; all names start with `understudy`."""
    parser.addini(
        RECORDINGS_INI,
        "Recordings that understudy_mock answers from, files or folders, relative to the "
        "configuration file; by default those that come with understudy.",
        type="paths",
        default=[],
    )


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

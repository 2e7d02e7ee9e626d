"""The mock server under the tests of one process, and what they may do with it."""

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from graphtape_mock.record.on_miss import OnMissRecorder
from graphtape_mock.recordings.recording import BrokenRecording
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.journal import Entry, Journal
from graphtape_mock.server.mock import BackgroundServer, Mock, bundled_recordings
from graphtape_mock.server.overrides import Overrides
from graphtape_mock.server.recorded_deployment import BadRecordedResponse
from graphtape_suites.mock_fixture.options import RECORDINGS_INI
from graphtape_suites.mock_fixture.settings import MockSettings

Result = TypeVar("Result")

_LARGEST_BODY = 64 * 1024 * 1024
"""Bytes of a request body that a test can look at: all that the mock takes."""
_NOW = 1767225600.0
"""What the mock takes for the time of day, so that it is the same whenever a test runs: the start
of 2026."""


class RunningMock:
    """A running mock; all that touches it happens in its own thread, between two requests."""

    def __init__(self, server: BackgroundServer, mock: Mock, author: OnMissRecorder | None) -> None:
        self._server = server
        self._mock = mock
        self._author = author
        self.url = server.url
        """Where it answers."""
        self.overrides: Overrides = mock.overrides

    @property
    def there(self) -> set[str]:
        """The names of all recordings, whether they answer anything or not."""
        return {recording.name for recording in self._mock.replay.library.recordings}

    @property
    def names(self) -> set[str]:
        """The names of the recordings that there are."""
        return self._mock.replay.library.names

    @property
    def used(self) -> set[str]:
        """The names of the recordings that answered so far."""
        return self._mock.replay.library.used

    @property
    def records(self) -> bool:
        """Whether what has no recording is recorded."""
        return self._author is not None

    @property
    def made(self) -> set[str]:
        """The names of the recordings that were made."""
        return set() if self._author is None else self._author.made

    def do(self, act: Callable[[], Result]) -> Result:
        """Do something where requests are answered; return what comes of it."""

        async def work() -> Result:
            return act()

        return self._server.run(work())

    def reset(self) -> None:
        """Be as at the start."""
        self.do(self._mock.reset)

    def entries(self) -> tuple[Entry, ...]:
        """Return what was asked since the start."""
        return self.do(lambda: self._mock.journal.entries)

    def wait_for(self, count: int, timeout: float) -> bool:
        """Return whether *count* requests were answered before *timeout* seconds were over."""
        try:
            self._server.run(self._mock.journal.until_answered(count), timeout)
        except TimeoutError:
            return False
        return True


@contextmanager
def run_mock(settings: MockSettings) -> Generator[RunningMock]:
    """Run a mock as the user wants it; raises UsageError where that can't be."""
    try:
        library = load(_present(settings) if settings.paths else [bundled_recordings()])
        options = ReplayOptions(speed=0, seed=0, now=lambda: _NOW)
        mock = Mock(library, options, journal=Journal(None, _LARGEST_BODY))
    except (BrokenRecording, BadRecordedResponse) as error:
        raise pytest.UsageError(f"{RECORDINGS_INI}: {error}") from None
    except OSError as error:
        what = f"can't read {error.filename}: {error.strerror}"
        raise pytest.UsageError(f"{RECORDINGS_INI}: {what}") from None
    with ExitStack() as stack:
        author: OnMissRecorder | None = None
        if settings.records:
            assert settings.folder is not None  # `read_settings` raises where there is none.
            author = stack.enter_context(
                OnMissRecorder(
                    mock,
                    mode=settings.mode,
                    url=settings.upstream,
                    paths=settings.paths,
                    folder=settings.folder,
                    known_at_start=settings.known,
                )
            )
            mock.overrides.prepare = author.prepare
        yield RunningMock(stack.enter_context(BackgroundServer(mock)), mock, author)


def _present(settings: MockSettings) -> list[Path]:
    """Return the paths to load: what is still to be recorded need not be there."""
    return [path for path in settings.paths if path.exists() or not settings.records]

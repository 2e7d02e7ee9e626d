"""The mock server for the tests of one process."""

import os
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
from graphtape_mock.server.mock import bundled_recordings
from graphtape_mock.server.overrides import Overrides
from graphtape_mock.server.recorded_deployment import BadRecordedResponse
from graphtape_mock.server.running import BackgroundServer
from graphtape_suites.mock_fixture.fixture_mock import FixtureMock
from graphtape_suites.mock_fixture.options import RECORDINGS_INI
from graphtape_suites.mock_fixture.settings import MockSettings

Result = TypeVar("Result")

_LARGEST_BODY = 64 * 1024 * 1024
"""The longest request body in the journal, in bytes: the largest body that the mock accepts."""
_NOW = 1767225600.0
"""The mock's clock, the same in every session: the start of 2026."""


class ForkedProcess(RuntimeError):
    """The mock was used in a forked child of the process that runs it."""

    def __init__(self, parent: int) -> None:
        """Name the process *parent*, which runs the mock."""
        super().__init__(
            f"graphtape_mock runs in process {parent} and can't be used in its forked child "
            f"{os.getpid()}: call its methods in the parent; the child can send requests to its url"
        )


class RunningMock:
    """A running mock. Changes to it are applied in the server's thread, between two requests."""

    def __init__(
        self, server: BackgroundServer, mock: FixtureMock, recorder: OnMissRecorder | None
    ) -> None:
        self._server = server
        self._mock = mock
        self._recorder = recorder
        self.url = server.url
        """The URL of the mock."""
        self.overrides: Overrides = mock.overrides
        self._process = os.getpid()

    @property
    def loaded(self) -> set[str]:
        """The names of all loaded recordings."""
        return {recording.name for recording in self._mock.replay.library.recordings}

    def resolve(self, name: str) -> str:
        """Return the full name of the recording that *name* means; see `Library.resolve`."""
        return self.do(lambda: self._mock.replay.library.resolve(name))

    @property
    def used(self) -> set[str]:
        """The names of the recordings that have answered a request."""
        return self._mock.replay.library.used

    @property
    def records(self) -> bool:
        """Whether requests without a recording are recorded."""
        return self._recorder is not None

    @property
    def made(self) -> set[str]:
        """The names of the recordings made so far."""
        return set() if self._recorder is None else self._recorder.made

    def do(self, act: Callable[[], Result]) -> Result:
        """Call *act* in the event loop of the server and return its result.

        Raises ForkedProcess in a forked child, which has the mock but not its thread.
        """
        self._refuse_in_child()

        async def work() -> Result:
            return act()

        return self._server.run(work())

    def reset(self) -> None:
        """Return to the initial state."""
        self.do(self._mock.reset)

    @contextmanager
    def in_test(self) -> Generator[None]:
        """Run the body of a test; threads that it leaves running count as late afterwards."""
        self._mock.threads.begin()
        try:
            yield
        finally:
            self._mock.threads.end()

    def entries(self) -> tuple[Entry, ...]:
        """Return the requests since the last reset."""
        return self.do(lambda: self._mock.journal.entries)

    @property
    def dropped(self) -> int:
        """The number of requests since the last reset that were dropped to save memory."""
        return self.do(lambda: self._mock.journal.dropped)

    def wait_for(self, count: int, timeout: float) -> bool:
        """Return whether *count* requests were answered within *timeout* seconds.

        Raises ForkedProcess in a forked child.
        """
        self._refuse_in_child()
        try:
            self._server.run(self._mock.journal.until_answered(count), timeout)
        except TimeoutError:
            return False
        return True

    def _refuse_in_child(self) -> None:
        if os.getpid() != self._process:
            raise ForkedProcess(self._process)


@contextmanager
def run_mock(settings: MockSettings) -> Generator[RunningMock]:
    """Run a mock with *settings*. Raises UsageError for unreadable or invalid recordings."""
    try:
        library = load(_existing_paths(settings) if settings.paths else [bundled_recordings()])
        options = ReplayOptions(speed=0, seed=0, now=lambda: _NOW)
        mock = FixtureMock(
            library,
            options,
            journal=Journal(None, _LARGEST_BODY),
            refuse_foreign_pages=settings.records,
        )
    except (BrokenRecording, BadRecordedResponse) as error:
        raise pytest.UsageError(f"{RECORDINGS_INI}: {error}") from None
    except OSError as error:
        problem = f"can't read {error.filename}: {error.strerror}"
        raise pytest.UsageError(f"{RECORDINGS_INI}: {problem}") from None
    with ExitStack() as stack:
        recorder: OnMissRecorder | None = None
        if settings.records:
            recorder = stack.enter_context(_on_miss(settings, mock))
            mock.prepare_with(recorder.prepare)
        yield RunningMock(stack.enter_context(BackgroundServer(mock)), mock, recorder)


def _existing_paths(settings: MockSettings) -> list[Path]:
    """Return the paths to load; in a session that records, missing paths are left out."""
    return [path for path in settings.paths if path.exists() or not settings.records]


def _on_miss(settings: MockSettings, mock: FixtureMock) -> OnMissRecorder:
    assert settings.folder is not None  # `read_settings` checks it.
    return OnMissRecorder(
        mock,
        mode=settings.mode,
        url=settings.upstream,
        paths=settings.paths,
        folder=settings.folder,
        known_at_start=settings.known,
    )

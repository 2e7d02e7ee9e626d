"""Makes the recordings that tests ask for and that are not there."""

import asyncio
from typing import Self

from graphtape_mock.deployment.connection import DeploymentError
from graphtape_mock.record.requests import BadRecordingRequest
from graphtape_mock.record.single_runs import NotRecordable, SingleRunRecorder
from graphtape_mock.recordings.recording import BrokenRecording
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.replay.library import RecordedRun
from graphtape_mock.server.errors import NotAvailable
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.recorded_deployment import BadRecordedResponse
from graphtape_suites.mock_fixture.settings import MockSettings


class OnMissRecorder:
    """Sees to it that a request is answered by a recording, as the record mode says.

    Use it as a context manager. Requests wait for each other: one run at a time is made.
    """

    def __init__(self, settings: MockSettings, mock: Mock) -> None:
        self._mode = settings.mode
        self._mock = mock
        assert settings.folder is not None  # As `read_settings` sees to.
        self._scribe = SingleRunRecorder(settings.upstream, settings.paths, settings.folder)
        self._known_at_start = settings.known
        self._lock = asyncio.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._scribe.close()

    @property
    def made(self) -> set[str]:
        """The names of the recordings that were made."""
        return self._scribe.made

    async def prepare(self, raw: bytes, name: str | None) -> str | None:
        """Record the run that the body *raw* asks for, if the mode wants it.

        *name* is that of the recording which is to answer; return it, or the one that is. Raises
        Refusal where the request is refused for what it is, NotAvailable where no recording could be made.
        """
        async with self._lock:
            run = self._mock.would_answer(raw, name)
            if not self._wants(run, name):
                return name
            library = self._mock.replay.library
            # A recording that is made anew keeps its place among those of the same request.
            place = run.name if run is not None and run.name not in self.made else None
            anew = self._mode in ("all", "rewrite")
            known = None if anew else {recording.name for recording in library.recordings}
            body, title = object_in(raw), name or place
            try:
                made = await asyncio.to_thread(self._scribe.record, body, title, known)
                self._mock.use(library.changed(made))
            except _FAILURES as error:
                raise NotAvailable(
                    404, f"No recording could be made of this request: {error}"
                ) from None
            return name if place else made.name

    def _wants(self, run: RecordedRun | None, name: str | None) -> bool:
        match self._mode:
            case "all":
                return True
            case "rewrite":
                return run is None or run.name not in self.made
            case "once" if name is not None:
                return run is None and name not in self._known_at_start
            case "once":
                return run is None and not self._known_at_start
            case _:
                return run is None


_FAILURES = (
    NotRecordable,
    DeploymentError,
    BadRecordingRequest,
    BrokenRecording,
    BadRecordedResponse,
    OSError,
)

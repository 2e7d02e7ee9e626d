"""Records a run when a mock gets a request that matches no recording."""

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Self

from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.record.requests import BadRecordingRequest
from graphtape_mock.record.single_runs import NotRecordable, SingleRunRecorder
from graphtape_mock.recordings.recording import BrokenRecording
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.replay.library import RecordedRun
from graphtape_mock.server.errors import NotAvailable
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.recorded_deployment import BadRecordedResponse


class OnMissRecorder:
    """Records the run of a request before the mock responds, if the record mode requires it.

    Use it as a context manager. One run is recorded at a time; other requests wait.
    """

    def __init__(
        self,
        mock: Mock,
        *,
        mode: str,
        url: str,
        paths: Sequence[Path],
        folder: Path,
        known_at_start: Collection[str] = (),
    ) -> None:
        """Record the deployment at *url* into *folder*, and add the recordings to *mock*.

        Args:
            mock: the mock that serves the recordings.
            mode: `once`, `new_episodes`, `all` or `rewrite`, as in vcrpy and pytest-recording.
            url: the deployment to record.
            paths: the files and folders of recordings that the mock serves; *folder* among them.
            folder: where new recordings go.
            known_at_start: the names of the recordings before the session; used by mode `once`.
        """
        self._mode = mode
        self._mock = mock
        self._recorder = SingleRunRecorder(url, paths, folder)
        self._known_at_start = known_at_start
        self.made: set[str] = set()
        """The names of the new recordings."""
        self._lock = asyncio.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._recorder.close()

    async def prepare(self, raw: bytes, name: str | None) -> str | None:
        """Record the run of the request body *raw*, if the record mode requires it.

        *name* is the recording that the test chose, or None. Returns the name of the recording to
        respond from, or None to find one by matching. Raises ApiError for an invalid request,
        NotAvailable if the run can't be recorded.
        """
        async with self._lock:
            # Turns are as in replay: in mode `all`, a recording is not used twice in a test.
            run = self._mock.would_answer(raw, name, may_repeat=self._mode != "all")
            if not self._must_record(run, name):
                return name
            try:
                made = await self._record(raw, name, run)
            except _FAILURES as error:
                raise NotAvailable(
                    404, f"No recording could be made of this request: {error}"
                ) from None
            if name is not None:
                return name
            found = self._mock.would_answer(raw)
            return None if found is not None and found.name == made else made

    async def _record(self, raw: bytes, name: str | None, run: RecordedRun | None) -> str:
        """Record the run of *raw*, in place of *run* if there is one; return its name."""
        library = self._mock.replay.library
        known = None if self._mode in ("all", "rewrite") else frozenset(library.files)
        replaced = None if run is None else library.file_of(run.name)
        # *run* is of the same request and had its turn, so the new recording comes after it.
        earlier = None if run or name else self._mock.would_answer(raw)
        after = None if earlier is None else library.file_of(earlier.name)
        file, recording = await asyncio.to_thread(
            self._recorder.record, object_in(raw), name, known, replaced=replaced, after=after
        )
        library = self._mock.replay.library.changed(recording, file)
        self._mock.use(library)
        made = library.name_of(file)
        self.made.add(made)
        return made

    def _must_record(self, run: RecordedRun | None, name: str | None) -> bool:
        match self._mode:
            case "all" | "rewrite":
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

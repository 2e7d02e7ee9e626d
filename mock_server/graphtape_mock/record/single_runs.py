"""Records single runs of a deployment into a folder that several processes may share."""

import os
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path

from filelock import FileLock

from graphtape_contracts import End, Exchange
from graphtape_contracts.json_value import Json
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.headers import key_from
from graphtape_mock.deployment.info import DeploymentInfo, check_deployment, fetch_assistant_info
from graphtape_mock.record.draft_recording import Publication
from graphtape_mock.record.recorder import Recorder
from graphtape_mock.record.requests import RecordingRequest, make_recording_request
from graphtape_mock.record.run_writer import RecordedRunResult
from graphtape_mock.recordings.assistant_id import assistant_key
from graphtape_mock.recordings.draft import numbered
from graphtape_mock.recordings.file import read
from graphtape_mock.recordings.hidden_folder import hidden_folder
from graphtape_mock.recordings.recording import SUFFIX, Recording
from graphtape_mock.recordings.recording_files import recording_files
from graphtape_mock.recordings.view import EVERYTHING, VIEW_FIELDS
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.replay.library import AmbiguousRecording, load
from graphtape_mock.replay.matching import match_form, match_key

_SET_BY_RECORDER = {"assistant_id", "input", *VIEW_FIELDS}
_AROUND_THE_RUN = {"webhook", "on_disconnect", "after_seconds"}
"""Fields of a request that do not change the run; the recorder does not send them."""


LOCK = "recording.lock"
"""The lock file in the hidden folder; a process holds it while it records."""


class NotRecordable(Exception):
    """The deployment refused the run, or the response is not complete."""


class SingleRunRecorder:
    """Records runs, one at a time, each into a file of its own."""

    def __init__(self, url: str, paths: Sequence[Path], folder: Path) -> None:
        """Record the deployment at *url* into *folder*, which is among *paths*."""
        self._url, self._paths, self._folder = url, paths, folder
        self._open = ExitStack()
        self._infos: dict[str, DeploymentInfo] = {}

    def close(self) -> None:
        """Close the connection."""
        self._open.close()

    def record(
        self,
        body: Json,
        name: str | None,
        known: Collection[Path] | None,
        *,
        replaced: Path | None = None,
        after: Path | None = None,
    ) -> tuple[Path, Recording]:
        """Record the run of the request *body*; return its file and the recording.

        The file is the first of these that is given: *replaced*, whose content is replaced; a file
        named *name*; a file that sorts right after *after*; a file named for the assistant. If
        another process has recorded the run in a file that is not among *known*, that recording
        is returned instead; if *known* is None, the run is always recorded. Raises NotRecordable,
        DeploymentError, BadRecordingRequest, BrokenRecording and OSError.
        """
        request = _recording_request(body, name)
        with self._locked():
            found = None if known is None else self._recorded_elsewhere(body, name, known)
            return found or self._record(request, replaced, after)

    @cached_property
    def _upstream(self) -> DeploymentConnection:
        return self._open.enter_context(DeploymentConnection(self._url, key=key_from(os.environ)))

    @cached_property
    def _info(self) -> Exchange:
        return check_deployment(self._upstream)

    def _assistant_info(self, assistant: str) -> DeploymentInfo:
        if assistant not in self._infos:
            self._infos[assistant] = fetch_assistant_info(self._upstream, assistant, self._info)
        return self._infos[assistant]

    def _record(
        self, request: RecordingRequest, replaced: Path | None, after: Path | None
    ) -> tuple[Path, Recording]:
        deployment_info = self._assistant_info(request.assistant)
        path = replaced or self._file_for(request, deployment_info.title, after)
        _refuse_several_runs(path)
        recorder = Recorder(
            self._upstream,
            Redactor(secrets=self._upstream.secrets),
            path,
            deployment_info,
            replace=path.exists(),
            hide_failures=True,
        )
        (run,) = recorder.record(request, (EVERYTHING,), _unwatched)
        (published,) = recorder.publications
        if run.ending or published.secrets:
            raise NotRecordable(self._problem(run, published))
        return published.path, read(published.path)

    def _problem(self, run: RecordedRunResult, published: Publication) -> str:
        """Return why *run* can't be replayed, and where it was kept."""
        kept = f"; kept in {published.path}"
        if run.refused:
            status = run.response.status
            return f"{self._upstream.url} refused it with status {status} ({run.failure}){kept}"
        if run.end is not End.COMPLETE:
            return f"{run.reason}{kept}"
        if run.ending:
            return f"{self._upstream.url} responded with no events ({run.failure}){kept}"
        found = ", ".join(map(str, published.secrets))
        return f"the recording may hold a secret ({found}){kept}"

    def _file_for(self, request: RecordingRequest, title: str, after: Path | None) -> Path:
        """Return the file for *request*: by its name, or else the first free file. See `record`."""
        if request.name is None:
            files = _later_names(after) if after else self._names_for(title)
            return next(file for file in files if not file.exists())
        name = f"{request.name}{SUFFIX}"
        recorded = recording_files(path for path in self._paths if path.exists())
        found = [file for file in recorded if file.name == name]
        if len(found) > 1:
            raise NotRecordable(str(AmbiguousRecording(request.name, found)))
        return found[0] if found else self._folder / name

    def _names_for(self, title: str) -> Iterator[Path]:
        return (self._folder / f"{name}{SUFFIX}" for name in numbered(title))

    def _recorded_elsewhere(
        self, body: Json, name: str | None, known: Collection[Path]
    ) -> tuple[Path, Recording] | None:
        """Return the file and the recording that another process made of the run, or None."""
        files = [file for file in recording_files([self._folder]) if file not in known]
        others = load(files)
        form = match_form(body, assistant_key(str(body.get("assistant_id"))))
        try:
            run = others.find(form, body, name)
        except LookupError:
            return None
        file = others.file_of(run.name)
        return file, others.recordings[others.files.index(file)]

    @contextmanager
    def _locked(self) -> Generator[None]:
        """Keep other processes out of the folder, so that two processes never record the same run.

        The lock file is never removed. Otherwise two processes could each lock a file of their own.
        """
        with FileLock(hidden_folder(self._folder) / LOCK):
            yield


def _refuse_several_runs(file: Path) -> None:
    """Raise NotRecordable if *file* has runs of different requests."""
    if file.exists() and len({match_key(run.match_form) for run in load([file]).runs}) > 1:
        raise NotRecordable(
            f"{file} has several runs, which this one would replace; use graphtape record"
        )


def _later_names(file: Path) -> Iterator[Path]:
    """Yield the files that sort after *file*: `agent-3` and so on for `agent-2`."""
    title, _, number = file.name.removesuffix(SUFFIX).rpartition("-")
    if not (title and number.isascii() and number.isdigit()):
        title, number = file.name.removesuffix(SUFFIX), "1"
    return (file.with_name(f"{title}-{one}{SUFFIX}") for one in count(int(number) + 1))


def _recording_request(body: Json, name: str | None) -> RecordingRequest:
    """Return the request to record for the run of *body*. Raises BadRecordingRequest."""
    fields = {"input": body["input"]} if "input" in body else {}
    left_out = _SET_BY_RECORDER | _AROUND_THE_RUN
    further = {key: value for key, value in body.items() if key not in left_out}
    return make_recording_request(body.get("assistant_id"), fields, further, name, "the request")


def _unwatched(events: int, seconds: float) -> None:
    """Show no progress."""

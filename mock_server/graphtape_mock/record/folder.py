"""Chooses a file for each new recording, so that no file is overwritten."""

import errno
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from graphtape_mock.record.requests import RecordingRequest
from graphtape_mock.recordings.draft import numbered
from graphtape_mock.recordings.file import read
from graphtape_mock.recordings.recording import SUFFIX, BrokenRecording
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.recordings.view import EVERYTHING, VIEW_FIELDS
from graphtape_mock.redaction.redactor import redact_json


class NameTaken(ValueError):
    """A recording with the same name, or of the same request, exists already."""


class RecordingFolder:
    """Chooses the files for recordings in one folder."""

    def __init__(
        self,
        folder: Path,
        *,
        redact_json: Callable[[Any], Any] = redact_json,
        force: bool = False,
    ) -> None:
        """Choose files in *folder*; *redact_json* redacts a request as it is recorded.

        With *force*, an existing file may be chosen, which is then replaced.
        """
        self._folder, self._redact_json = folder, redact_json
        self._force = force
        self._given: set[Path] = set()

    def check(self, names: Iterable[str | None]) -> None:
        """Check, before any run, that the *names* that the user chose are free.

        Raises NameTaken, and OSError if the folder is a file.
        """
        if self._folder.exists() and not self._folder.is_dir():
            raise OSError(errno.ENOTDIR, "expected a folder, got a file", str(self._folder))
        for name in names:
            if name is not None:
                self._refuse_taken(self._path(name))

    def path_for(self, request: RecordingRequest, title: str) -> Path:
        """Return the file for the recording of *request*, named by the request or else *title*.

        A title that is taken gets a number: `agent`, `agent-2`, ... Raises NameTaken if the file
        exists: the name is taken, or the same request is already recorded.
        """
        name = request.name
        path = self._path(name) if name is not None else self._find(request, title)
        self._refuse_taken(path)
        self._given.add(path)
        return path

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{SUFFIX}"

    def _refuse_taken(self, path: Path) -> None:
        if path.exists() and not self._force:
            raise NameTaken(f"{path} exists already; use another --name, or --force to replace it")

    def _find(self, request: RecordingRequest, title: str) -> Path:
        wanted = self._canonical(request.request(EVERYTHING).body)
        paths = map(self._path, numbered(title))
        free = (path for path in paths if path not in self._given)
        return next(p for p in free if not p.exists() or wanted in self._requests_in(p))

    def _requests_in(self, path: Path) -> list[Any]:
        try:
            return [self._canonical(run.request.body) for run in read(path).runs]
        except (BrokenRecording, OSError):
            return []  # An unreadable file is no recording of this request.

    def _canonical(self, body: bytes) -> Any:
        """Return a run request without its view and its secrets, to compare it with another."""
        value = {k: v for k, v in object_in(body).items() if k not in VIEW_FIELDS}
        return self._redact_json(value)

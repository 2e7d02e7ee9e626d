"""A recording in the making: a hidden draft, renamed to the recording once its secrets are removed.

A draft has mode 0600 and lies in a folder that git ignores, so a process that is killed leaves
nothing that can be served or committed. The next recorder picks it up.
"""

from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import uuid4

from filelock import FileLock, Timeout

from graphtape_mock.record.run_writer import CUT
from graphtape_mock.recordings.draft import numbered, publish, replacing
from graphtape_mock.recordings.file import read
from graphtape_mock.recordings.hidden_folder import HIDDEN, hidden_folder
from graphtape_mock.recordings.recording import SUFFIX, BrokenRecording
from graphtape_mock.recordings.redacted import FoundSecret, write_redacted
from graphtape_mock.redaction.redactor import Redactor

DRAFT = ".draft"
"""The suffix of the name of a draft."""

_Identity = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Publication:
    """The file that a draft became."""

    path: Path
    secrets: tuple[FoundSecret, ...] = ()
    """The secrets that are still in the file. If there are any, the file is hidden."""


class DraftRecording:
    """The draft of a recording. As a context manager, it removes the draft file at the end.

    A lock shows other processes that the draft is in use. If this process dies, the operating
    system releases the lock.
    """

    def __init__(self, path: Path, *, replace: bool = False, draft: Path | None = None) -> None:
        """Prepare a draft of the recording *path*; with *replace*, it replaces a file there.

        *draft* is the file of an abandoned draft; by default a new draft is made. Raises OSError if
        the folder can't be written.
        """
        self.name = path.name.removesuffix(SUFFIX)
        self._folder = path.parent
        self.path = draft or hidden_folder(path.parent) / f"{path.name}.{uuid4().hex}{DRAFT}"
        """The file of the draft."""
        self._to_replace = _identity(path) if replace else None
        self._lock = FileLock(f"{self.path}.lock", timeout=0)

    def __enter__(self) -> Self:
        self._lock.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.path.unlink(missing_ok=True)
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)

    def publish(
        self,
        redactor: Redactor,
        *,
        ending: str = "",
        allowed: Collection[str] = (),
        hidden: bool = False,
    ) -> Publication:
        """Redact the whole draft, and move it to its name or, if that is taken, to a numbered name.

        *ending* is for an incomplete recording, which is named `NAME.ENDING` and replaces no file.
        The recording stays hidden if *hidden* is true, or if a last scan finds a secret by a rule
        that is not among *allowed*.
        """
        name = f"{self.name}.{ending}" if ending else self.name
        with _clean_copy(self.path) as clean:
            secrets = write_redacted(read(self.path, name), clean, redactor, allowed)
            if secrets or hidden:
                clean.chmod(0o600)
                return Publication(publish_as(clean, hidden_folder(self._folder), name), secrets)
            path = self._folder / f"{name}{SUFFIX}"
            if not ending and self._to_replace and _identity(path) == self._to_replace:
                with replacing(path) as replacement:
                    clean.rename(replacement)
                return Publication(path)
            return Publication(publish_as(clean, self._folder, name))


def abandoned_drafts(folder: Path) -> Iterator[DraftRecording]:
    """Yield the drafts in *folder* whose process has died, each one locked until the next."""
    for file in sorted((folder / HIDDEN).glob(f"*{DRAFT}")):
        name = file.name.removesuffix(DRAFT).rpartition(".")[0]
        try:
            with DraftRecording(folder / name, draft=file) as draft:
                yield draft
        except Timeout:
            continue  # Its recorder is still at work.


def pick_up(draft: DraftRecording, redactor: Redactor) -> Publication | None:
    """Publish an abandoned *draft* as a cut recording; None if it has no response."""
    try:
        if not read(draft.path).runs:
            return None
    except BrokenRecording:
        return None  # The recorder was killed within the first line.
    return draft.publish(redactor, ending=CUT)


@contextmanager
def _clean_copy(draft: Path) -> Generator[Path]:
    """Yield the path for a redacted copy of *draft*. A file there is removed at the end."""
    clean = draft.with_suffix(".clean")
    clean.unlink(missing_ok=True)  # A process that was killed here may have left the file.
    try:
        yield clean
    finally:
        clean.unlink(missing_ok=True)


def publish_as(file: Path, folder: Path, name: str) -> Path:
    """Move *file* into *folder* under the first free name; return its path."""
    for numbered_name in numbered(name):
        path = folder / f"{numbered_name}{SUFFIX}"
        try:
            publish(file, path)
        except FileExistsError:
            continue
        return path
    raise AssertionError  # pragma: no cover - there is always a further number


def _identity(path: Path) -> _Identity | None:
    """Return a value that changes when the file *path* is replaced; None if there is no file."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size

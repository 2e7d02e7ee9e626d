"""Replaces the secrets in the file of a recording."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from graphtape_mock.record.draft_recording import Publication, publish_as
from graphtape_mock.recordings.draft import replacing
from graphtape_mock.recordings.file import read, write
from graphtape_mock.recordings.hidden_folder import is_hidden
from graphtape_mock.recordings.recording import SUFFIX, Recording
from graphtape_mock.recordings.redacted import find_secrets, redact_recording
from graphtape_mock.redaction.redactor import Redactor


@dataclass(frozen=True, slots=True)
class RedactedFile:
    """A recording after its secrets were replaced."""

    publication: Publication
    replaced: int
    """The number of secrets that were replaced."""


def redact_file(path: Path, redactor: Redactor, allowed: Collection[str] = ()) -> RedactedFile:
    """Replace the secrets of the recording *path*; publish it if it was kept hidden.

    A recording without secrets is unchanged, to the byte. A hidden recording stays hidden if a last
    scan finds a secret by a rule that is not among *allowed*. Raises BrokenRecording and OSError.
    """
    recording = read(path)
    clean = redact_recording(recording, redactor)
    if _content(clean) != _content(recording):
        with replacing(path) as draft:
            write(clean, draft)
    secrets = tuple(find_secrets(path.read_bytes(), redactor, allowed))
    replaced = _count(clean) - _count(recording)
    if is_hidden(path) and not secrets:
        name = path.name.removesuffix(SUFFIX)
        published = publish_as(path, path.parent.parent, name)
        path.unlink(missing_ok=True)  # If *path* is a link, the link is still there.
        published.chmod(0o644)
        return RedactedFile(Publication(published), replaced)
    return RedactedFile(Publication(path, secrets), replaced)


def _content(recording: Recording) -> tuple[object, ...]:
    return recording.exchanges, recording.server, recording.note


def _count(recording: Recording) -> int:
    return sum(int(entry.get("count", 1)) for entry in recording.redacted)

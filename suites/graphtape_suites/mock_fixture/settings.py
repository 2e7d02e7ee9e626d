"""Settings of the mock fixture, read from options and ini settings."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from graphtape_suites.mock_fixture.options import RECORDINGS_INI

KNOWN_KEY = "graphtape_known"
"""The workerinput key for the names of the recordings that existed at the start."""


@dataclass(frozen=True, slots=True)
class MockSettings:
    """The recordings to replay, and whether to record missing ones."""

    paths: tuple[Path, ...]
    """Files and folders of recordings; empty for the bundled recordings."""
    mode: str
    """One of `options.RECORD_MODES`."""
    upstream: str
    """The URL of the deployment to record."""
    fail_unused: bool
    known: frozenset[str] = frozenset()
    """The names of the recordings at the start of the session, for the mode `once`."""

    @property
    def records(self) -> bool:
        """Whether missing recordings are recorded."""
        return self.mode != "none"

    @property
    def folder(self) -> Path | None:
        """The folder for new recordings: the first path that is a folder or does not exist."""
        return next((path for path in self.paths if path.is_dir() or not path.suffix), None)


def read_settings(config: pytest.Config) -> MockSettings:
    """Return the settings. Raises UsageError for missing recordings, upstream or folder."""
    options: Any = config.option
    settings = MockSettings(
        tuple(config.getini(RECORDINGS_INI)),
        options.graphtape_record,
        options.graphtape_upstream or "",
        options.graphtape_fail_unused,
    )
    if settings.mode == "once":
        settings = replace(settings, known=_known(config, settings.paths))
    if settings.records and not settings.upstream:
        raise pytest.UsageError(
            f"--graphtape-record {settings.mode}: expected a deployment to record from, got none; "
            "add --graphtape-upstream URL"
        )
    if settings.records and settings.folder is None:
        raise pytest.UsageError(
            f"--graphtape-record {settings.mode}: expected a folder to record into, got none; "
            f"set it in pytest's configuration, for example `{RECORDINGS_INI} = recordings`"
        )
    if not settings.records:
        _check_recordings(settings.paths)
    return settings


def _check_recordings(paths: Iterable[Path]) -> None:
    """Raise UsageError for a path that does not exist or a folder without recordings."""
    from graphtape_mock.recordings.recording_files import recording_files

    for path in paths:
        try:
            if recording_files([path]):
                continue
            problem = "a folder without recordings"
        except OSError as error:
            problem = error.strerror or str(error)
        raise pytest.UsageError(
            f"{RECORDINGS_INI}: expected recordings in {path}, got {problem}; to record them: "
            "pytest --graphtape-record once --graphtape-upstream URL, "
            f"or graphtape record URL --assistant ID --input JSON --output {path}"
        )


def _known(config: pytest.Config, paths: Iterable[Path]) -> frozenset[str]:
    workerinput: dict[str, Any] = getattr(config, "workerinput", {})
    if KNOWN_KEY in workerinput:
        return frozenset(workerinput[KNOWN_KEY])
    from graphtape_mock.recordings.recording import SUFFIX
    from graphtape_mock.recordings.recording_files import recording_files, recording_names

    files = recording_files(path for path in paths if path.exists())
    stems = (file.name.removesuffix(SUFFIX) for file in files)
    return frozenset((*stems, *recording_names(files)))

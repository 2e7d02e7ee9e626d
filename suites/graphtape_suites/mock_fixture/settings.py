"""What the user says about the mock."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from graphtape_suites.mock_fixture.options import RECORDINGS_INI

KNOWN_KEY = "graphtape_known"
"""Where a worker of pytest-xdist is told what was there: another may have recorded by now."""


@dataclass(frozen=True, slots=True)
class MockSettings:
    """What the mock is to answer from, and whether it records what is missing."""

    paths: tuple[Path, ...]
    """Files and folders of recordings; none for those that come with graphtape."""
    mode: str
    """One of `options.RECORD_MODES`."""
    upstream: str
    """The URL of the deployment to record."""
    fail_unused: bool
    known: frozenset[str] = frozenset()
    """The names of the recordings that were there when the session began, for the mode `once`."""

    @property
    def records(self) -> bool:
        """Whether anything is recorded."""
        return self.mode != "none"

    @property
    def folder(self) -> Path | None:
        """Where recordings go: the first of the paths that is a folder, or is not there yet."""
        return next((path for path in self.paths if path.is_dir() or not path.suffix), None)


def read_settings(config: pytest.Config) -> MockSettings:
    """Return what the user says. Raises UsageError where recording lacks something."""
    given: Any = config.option
    settings = MockSettings(
        tuple(config.getini(RECORDINGS_INI)),
        given.graphtape_record,
        given.graphtape_upstream or "",
        given.graphtape_fail_unused,
    )
    if settings.mode == "once":
        settings = replace(settings, known=_known(config, settings.paths))
    if settings.records and not settings.upstream:
        raise pytest.UsageError(
            f"--graphtape-record {settings.mode}: expected a deployment to record, got none; "
            "add --graphtape-upstream URL"
        )
    if settings.records and settings.folder is None:
        raise pytest.UsageError(
            f"--graphtape-record {settings.mode}: expected a folder to record into, got none; "
            f"name it in the configuration of pytest, as in `{RECORDINGS_INI} = recordings`"
        )
    return settings


def _known(config: pytest.Config, paths: Iterable[Path]) -> frozenset[str]:
    told: dict[str, Any] = getattr(config, "workerinput", {})
    if KNOWN_KEY in told:
        return frozenset(told[KNOWN_KEY])
    from graphtape_mock.recordings.recording import SUFFIX
    from graphtape_mock.replay.library import recording_files

    files = recording_files(path for path in paths if path.exists())
    return frozenset(file.name.removesuffix(SUFFIX) for file in files)

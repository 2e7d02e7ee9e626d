"""What the user says about the mock."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from understudy_suites.guest.options import RECORDINGS_INI


@dataclass(frozen=True, slots=True)
class GuestSettings:
    """What the mock is to answer from, and whether it records what is missing."""

    paths: tuple[Path, ...]
    """Files and folders of recordings; none for those that come with understudy."""
    mode: str
    """One of `options.RECORD_MODES`."""
    upstream: str
    """The URL of the deployment to record."""
    fail_unused: bool

    @property
    def records(self) -> bool:
        """Whether anything is recorded."""
        return self.mode != "none"

    @property
    def folder(self) -> Path | None:
        """Where recordings go: the first of the paths that is a folder, or is not there yet."""
        return next((path for path in self.paths if path.is_dir() or not path.suffix), None)


def read_settings(config: pytest.Config) -> GuestSettings:
    """Return what the user says. Raises UsageError where recording lacks something."""
    given: Any = config.option
    settings = GuestSettings(
        tuple(config.getini(RECORDINGS_INI)),
        given.understudy_record,
        given.understudy_upstream or "",
        given.understudy_fail_unused,
    )
    if settings.records and not settings.upstream:
        raise pytest.UsageError(
            f"--understudy-record {settings.mode}: expected a deployment to record, got none; "
            "add --understudy-upstream URL"
        )
    if settings.records and settings.folder is None:
        raise pytest.UsageError(
            f"--understudy-record {settings.mode}: expected a folder to record into, got none; "
            f"name it in the configuration of pytest, as in `{RECORDINGS_INI} = recordings`"
        )
    return settings

"""What the user says about the mock: options and settings. Read when pytest starts, so light."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

RECORDINGS_INI = "understudy_recordings"
RECORD_MODES = ("none", "once", "new_episodes", "all", "rewrite")

MARKER = (
    "understudy(recording, *, fault, speed, times): how understudy_mock answers the runs of the "
    "test, as understudy_mock.use says it."
)


@dataclass(frozen=True, slots=True)
class GuestOptions:
    """What the mock is to answer from, and whether it records what is missing."""

    paths: tuple[Path, ...]
    """Files and folders of recordings; none for those that come with understudy."""
    mode: str
    """One of RECORD_MODES."""
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


def add_options(group: pytest.OptionGroup, parser: pytest.Parser) -> None:
    """Add what the fixture `understudy_mock` obeys."""
    parser.addini(
        RECORDINGS_INI,
        "Recordings that understudy_mock answers from, files or folders, relative to the "
        "configuration file; by default those that come with understudy.",
        type="paths",
        default=[],
    )
    group.addoption(
        "--understudy-record",
        choices=RECORD_MODES,
        default="none",
        help="What understudy_mock records of --understudy-upstream, into the first folder of "
        "understudy_recordings: nothing (none, the default); what no recording answers, if at the "
        "start there was none of the name that the test uses, or none at all (once), or always "
        "(new_episodes); every request, each time (all) or until its recordings are new (rewrite).",
    )
    group.addoption(
        "--understudy-upstream",
        metavar="URL",
        help="The deployment that --understudy-record asks. The key comes from "
        "LANGGRAPH_API_KEY, LANGSMITH_API_KEY or LANGCHAIN_API_KEY.",
    )
    group.addoption(
        "--understudy-fail-unused",
        action="store_true",
        help="Fail the session if there are recordings that no test used.",
    )


def read_options(config: pytest.Config) -> GuestOptions:
    """Return what the user says. Raises UsageError where recording lacks something."""
    given: Any = config.option
    options = GuestOptions(
        tuple(config.getini(RECORDINGS_INI)),
        given.understudy_record,
        given.understudy_upstream or "",
        given.understudy_fail_unused,
    )
    if options.records and not options.upstream:
        raise pytest.UsageError(
            f"--understudy-record {options.mode}: expected a deployment to record, got none; "
            "add --understudy-upstream URL"
        )
    if options.records and options.folder is None:
        raise pytest.UsageError(
            f"--understudy-record {options.mode}: expected a folder to record into, got none; "
            f"name it in the configuration of pytest, as in `{RECORDINGS_INI} = recordings`"
        )
    return options

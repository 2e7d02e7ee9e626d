"""What the user can say about the mock: options and settings, declared at every start of pytest."""

import pytest

RECORDINGS_INI = "understudy_recordings"
RECORD_MODES = ("none", "once", "new_episodes", "all", "rewrite")

MARKER = (
    "understudy(recording, *, fault, speed, times): how understudy_mock answers the runs of the "
    "test, as understudy_mock.use says it."
)


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


def are_given(config: pytest.Config) -> bool:
    """Whether the user says anything about recordings."""
    return bool(config.getini(RECORDINGS_INI)) or config.option.understudy_record != "none"

"""Options and settings of the mock fixture, declared at every start of pytest."""

import pytest

RECORDINGS_INI = "graphtape_recordings"
RECORD_MODES = ("none", "once", "new_episodes", "all", "rewrite")

MARKER = (
    "graphtape(recording, *, fault, speed, times): how graphtape_mock answers the runs of the "
    "test, with the arguments of graphtape_mock.use."
)


def add_options(group: pytest.OptionGroup, parser: pytest.Parser) -> None:
    """Add the options and settings of the fixture `graphtape_mock`."""
    parser.addini(
        RECORDINGS_INI,
        "Recordings that graphtape_mock answers from, files or folders, relative to the "
        "configuration file; by default those that come with graphtape.",
        type="paths",
        default=[],
    )
    group.addoption(
        "--graphtape-record",
        choices=RECORD_MODES,
        default="none",
        help="What graphtape_mock records of --graphtape-upstream, into the first folder of "
        "graphtape_recordings: nothing (none, the default); what no recording answers, if at the "
        "start there was none of the name that the test uses, or none at all (once), or always "
        "(new_episodes); every request, each time (all) or until its recordings are new (rewrite).",
    )
    group.addoption(
        "--graphtape-upstream",
        metavar="URL",
        help="The deployment to record with --graphtape-record. The key is read from "
        "LANGGRAPH_API_KEY, LANGSMITH_API_KEY or LANGCHAIN_API_KEY.",
    )
    group.addoption(
        "--graphtape-fail-unused",
        action="store_true",
        help="Fail the session if there are recordings that no test used.",
    )


def are_given(config: pytest.Config) -> bool:
    """Return whether the user has recordings, or records some."""
    return bool(config.getini(RECORDINGS_INI)) or config.option.graphtape_record != "none"

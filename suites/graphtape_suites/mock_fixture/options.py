"""Command-line options and ini settings of the mock fixture."""

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
        "Files and folders of recordings for graphtape_mock, relative to the configuration file "
        "(default: the recordings bundled with graphtape).",
        type="paths",
        default=[],
    )
    group.addoption(
        "--graphtape-record",
        choices=RECORD_MODES,
        default="none",
        help="When graphtape_mock records from --graphtape-upstream, into the first folder of "
        "graphtape_recordings: never (none, the default); for unmatched requests, if the session "
        "started without the recording that the test uses, or without any (once); for all "
        "unmatched requests (new_episodes); for every request, every time (all) or until its "
        "recordings have been replaced (rewrite).",
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
    """Whether the session has recordings of its own, or makes some."""
    return bool(config.getini(RECORDINGS_INI)) or config.option.graphtape_record != "none"

"""Command-line options and ini settings of the mock fixture."""

import pytest

RECORDINGS_INI = "graphtape_recordings"
RECORD_MODES = ("none", "once", "new_episodes", "all", "rewrite")

MARKER = (
    "graphtape(recording, *, fault, speed, times): call use() of graphtape_mock with these "
    "arguments before the test."
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
        help="Which requests graphtape_mock records from --graphtape-upstream, into the first "
        "folder of graphtape_recordings. none: no requests (default). once: unmatched requests, "
        "unless the recording that the test names existed when the session started; for a test "
        "that names none, unless any recording existed. new_episodes: all unmatched requests. "
        "all: every request, but a recording that was made in this session is not made again for "
        "another test. rewrite: every request, but each run only once per session.",
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
    """Whether the options name recordings or record new ones."""
    return bool(config.getini(RECORDINGS_INI)) or config.option.graphtape_record != "none"

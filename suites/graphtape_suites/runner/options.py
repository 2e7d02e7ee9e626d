"""What the user can say about the deployment to judge: declared at every start of pytest."""

import argparse
from typing import TypeVar

import pytest

URL_VARIABLE = "LANGGRAPH_API_URL"
URL_INI = "graphtape_url"
EXPECTED_INI = "graphtape_expected_failures"

LEVELS = ("must", "should", "note")
DIALECTS = ("python", "javascript", "aegra")

PROFILES = ("smoke", "standard", "deep")
"""The names of the profiles."""
DEFAULT_PROFILE = "standard"

Number = TypeVar("Number", int, float)


def whole_number(text: str) -> int:
    """Return the number that an option says; refuse what is not more than 0."""
    return _more_than_nothing(int(text))


def number(text: str) -> float:
    """Return the number that an option says; refuse what is not more than 0."""
    return _more_than_nothing(float(text))


def _more_than_nothing(value: Number) -> Number:
    if not value > 0:
        raise argparse.ArgumentTypeError(f"expected more than 0, got {value:g}")
    return value


def add_options(group: pytest.OptionGroup, parser: pytest.Parser) -> None:
    """Add what the suites can be told."""
    group.addoption(
        "--graphtape-url",
        metavar="URL",
        help=f"The deployment that the suites judge; by default {URL_VARIABLE}, then the ini "
        f"setting {URL_INI}, then the mock with the recordings. The key comes from "
        "LANGGRAPH_API_KEY, LANGSMITH_API_KEY or LANGCHAIN_API_KEY.",
    )
    group.addoption(
        "--graphtape-header",
        metavar="'NAME: VALUE'",
        action="append",
        default=[],
        help="Send it with each request; may be given several times.",
    )
    group.addoption(
        "--graphtape-assistant",
        metavar="ID",
        action="append",
        default=[],
        help="A graph or assistant to run; may be given several times, by default the first that "
        "the deployment names.",
    )
    group.addoption(
        "--graphtape-input",
        metavar="JSON|FILE",
        action="append",
        default=[],
        help="An input to run: JSON, a file with JSON, or one as for `graphtape record --inputs`; "
        "may be given several times. By default one is made from the schema that the deployment "
        "tells.",
    )
    group.addoption(
        "--graphtape-profile",
        choices=PROFILES,
        default=DEFAULT_PROFILE,
        help="How much is tried (default: %(default)s).",
    )
    group.addoption(
        "--graphtape-level",
        choices=LEVELS,
        default="should",
        help="Judge by the requirements that bind at least so much (default: %(default)s).",
    )
    group.addoption(
        "--graphtape-dialect",
        choices=DIALECTS,
        help="The kind of server; by default it is detected.",
    )
    group.addoption(
        "--graphtape-contract",
        metavar="VERSION",
        help="Judge by this version of the contract; by default the newest.",
    )
    group.addoption(
        "--graphtape-max-runs",
        metavar="N",
        type=whole_number,
        help="Make so many runs at most; by default as the profile says.",
    )
    group.addoption(
        "--graphtape-max-time",
        metavar="S",
        type=number,
        help="Start no run after so many seconds; by default as the profile says.",
    )
    group.addoption(
        "--graphtape-concurrency",
        metavar="N",
        type=whole_number,
        help="Make so many runs at the same time at most: 1 by default, 8 of the mock.",
    )
    group.addoption(
        "--graphtape-timeout",
        metavar="S",
        type=number,
        default=60.0,
        help="Give an answer up when nothing came for so many seconds (default: %(default)s).",
    )
    group.addoption(
        "--graphtape-repeat",
        metavar="N",
        type=whole_number,
        default=1,
        help="Try each scenario so often, and say how often each promise was kept.",
    )
    group.addoption(
        "--graphtape-deterministic",
        action="store_true",
        help="The same request gets the same answer every time: compare the answers as well.",
    )
    group.addoption(
        "--graphtape-expected-failures",
        metavar="FILE",
        help="A TOML file of requirements that are known to be broken, each with its reason; one that "
        "is kept after all fails.",
    )
    group.addoption(
        "--graphtape-report",
        metavar="FILE",
        help="Write what was found to this file, as HTML.",
    )
    group.addoption(
        "--graphtape-list",
        action="store_true",
        help="Say what the suites would try, and how many runs that is about; ask nothing.",
    )
    parser.addini(URL_INI, "The deployment that the suites of graphtape judge.", default="")
    parser.addini(
        EXPECTED_INI,
        "The file of expected failures of the suites of graphtape, relative to the "
        "configuration file.",
        default="",
    )

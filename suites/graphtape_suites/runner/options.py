"""Options and settings of the suites, declared at every start of pytest."""

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
    """Return the whole number *text*. Raises ArgumentTypeError unless it is more than 0."""
    return _positive(int(text))


def number(text: str) -> float:
    """Return the number *text*. Raises ArgumentTypeError unless it is more than 0."""
    return _positive(float(text))


def _positive(value: Number) -> Number:
    if not value > 0:
        raise argparse.ArgumentTypeError(f"expected more than 0, got {value:g}")
    return value


def add_options(group: pytest.OptionGroup, parser: pytest.Parser) -> None:
    """Add the options and settings of the suites."""
    group.addoption(
        "--graphtape-url",
        metavar="URL",
        help=f"The deployment to check (default: {URL_VARIABLE}, then the ini setting {URL_INI}, "
        "then the mock). The key is read from LANGGRAPH_API_KEY, LANGSMITH_API_KEY or "
        "LANGCHAIN_API_KEY.",
    )
    group.addoption(
        "--graphtape-header",
        metavar="'NAME: VALUE'",
        action="append",
        default=[],
        help="Add a header to every request. Repeatable.",
    )
    group.addoption(
        "--graphtape-assistant",
        metavar="ID",
        action="append",
        default=[],
        help="A graph or assistant to run (default: the first that the deployment lists). "
        "Repeatable.",
    )
    group.addoption(
        "--graphtape-input",
        metavar="JSON|FILE",
        action="append",
        default=[],
        help="An input to run: JSON, a file with JSON, or a file as for `graphtape record "
        "--inputs` (default: a plain input for the schema of the graph). Repeatable. Leave out the "
        "@ before a file: pytest reads @FILE as further arguments.",
    )
    group.addoption(
        "--graphtape-profile",
        choices=PROFILES,
        default=DEFAULT_PROFILE,
        help="How much to check (default: %(default)s).",
    )
    group.addoption(
        "--graphtape-level",
        choices=LEVELS,
        default="should",
        help="Check rules of this level and stricter (default: %(default)s).",
    )
    group.addoption(
        "--graphtape-dialect",
        choices=DIALECTS,
        help="The kind of server (default: detected from its responses).",
    )
    group.addoption(
        "--graphtape-contract",
        metavar="VERSION",
        help="The version of the contract to check (default: the newest).",
    )
    group.addoption(
        "--graphtape-max-runs",
        metavar="N",
        type=whole_number,
        help="The maximum number of runs (default: set by the profile).",
    )
    group.addoption(
        "--graphtape-max-time",
        metavar="S",
        type=number,
        help="Start no run after this many seconds (default: set by the profile).",
    )
    group.addoption(
        "--graphtape-concurrency",
        metavar="N",
        type=whole_number,
        help="The maximum number of runs at the same time (default: 1; 8 with the mock).",
    )
    group.addoption(
        "--graphtape-timeout",
        metavar="S",
        type=number,
        default=60.0,
        help="Abort a response after this many idle seconds (default: %(default)s).",
    )
    group.addoption(
        "--graphtape-repeat",
        metavar="N",
        type=whole_number,
        default=1,
        help="Run each scenario N times, and count the exchanges that pass (default: %(default)s).",
    )
    group.addoption(
        "--graphtape-deterministic",
        action="store_true",
        help="The same request always gets the same response: compare responses, too.",
    )
    group.addoption(
        "--graphtape-expected-failures",
        metavar="FILE",
        help="A TOML file of rules and checks that are known to fail, each with a reason. An entry "
        "that passes fails the session.",
    )
    group.addoption(
        "--graphtape-report",
        metavar="FILE",
        help="Write a report to this HTML file.",
    )
    group.addoption(
        "--graphtape-list",
        action="store_true",
        help="List the checks and about how many runs they make, without asking the deployment.",
    )
    parser.addini(URL_INI, "The deployment that the suites of graphtape check.", default="")
    parser.addini(
        EXPECTED_INI,
        "The file of expected failures of the suites of graphtape, relative to the "
        "configuration file.",
        default="",
    )

"""Command-line options and ini settings of the suites."""

import argparse
from pathlib import Path
from typing import TypeVar

import pytest

URL_VARIABLE = "LANGGRAPH_API_URL"
URL_INI = "graphtape_url"
EXPECTED_INI = "graphtape_expected_failures"
HEADER_FILE_INI = "graphtape_header_file"

LEVELS = ("must", "should", "note")
DIALECTS = ("python", "javascript", "aegra")

PROFILES = ("smoke", "standard", "deep")
"""The names of the profiles."""
DEFAULT_PROFILE = "standard"

Number = TypeVar("Number", int, float)


def whole_number(text: str) -> int:
    """Parse *text* as a positive whole number. Raises ArgumentTypeError for 0 or less."""
    return _positive(int(text))


def number(text: str) -> float:
    """Parse *text* as a positive number. Raises ArgumentTypeError for 0 or less."""
    return _positive(float(text))


def size(text: str) -> int:
    """Parse *text*, such as 256MB, as bytes. Raises ArgumentTypeError."""
    from graphtape_mock.deployment.limits import parse_size

    try:
        return parse_size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _positive(value: Number) -> Number:
    if not value > 0:
        raise argparse.ArgumentTypeError(f"expected a number greater than 0, got {value:g}")
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
        help="Add a header to every request. Other users of the machine can see it: use "
        "--graphtape-header-file or the environment variable GRAPHTAPE_HEADERS for a secret. "
        "Repeatable.",
    )
    group.addoption(
        "--graphtape-header-file",
        metavar="FILE",
        action="append",
        default=[],
        help="Add the headers in this file, one a line, such as 'Name: value'. Repeatable. "
        f"Also an ini setting, {HEADER_FILE_INI}; the environment variable GRAPHTAPE_HEADERS has "
        "such lines itself.",
    )
    group.addoption(
        "--graphtape-cert",
        metavar="FILE",
        type=Path,
        help="The client certificate to show, in PEM, with its key or without.",
    )
    group.addoption(
        "--graphtape-cert-key",
        metavar="FILE",
        type=Path,
        help="The private key of --graphtape-cert.",
    )
    group.addoption(
        "--graphtape-cacert",
        metavar="FILE",
        type=Path,
        help="Trust these certificate authorities, in PEM, instead of the public ones.",
    )
    group.addoption(
        "--graphtape-assistant",
        metavar="ID",
        action="append",
        default=[],
        help="A graph or assistant to run (default: the first one the deployment lists). "
        "Repeatable.",
    )
    group.addoption(
        "--graphtape-input",
        metavar="JSON|FILE",
        action="append",
        default=[],
        help="An input to run: JSON, a JSON file, or a file as for `graphtape record --inputs` "
        "(default: a simple input that fits the graph's schema). Repeatable. Give files without @, "
        "since pytest reads @FILE as more arguments.",
    )
    group.addoption(
        "--graphtape-profile",
        choices=PROFILES,
        default=DEFAULT_PROFILE,
        help="How thoroughly to check (default: %(default)s).",
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
        help="The server implementation (default: detected from its responses).",
    )
    group.addoption(
        "--graphtape-contract",
        metavar="VERSION",
        help="The contract version to check (default: the newest).",
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
        help="End everything after this many seconds; a response in progress is kept (default: set "
        "by the profile).",
    )
    group.addoption(
        "--graphtape-concurrency",
        metavar="N",
        type=whole_number,
        help="The maximum number of concurrent runs (default: 1; 8 with the mock).",
    )
    group.addoption(
        "--graphtape-timeout",
        metavar="S",
        type=number,
        default=60.0,
        help="Abort a response after this many idle seconds (default: %(default)s).",
    )
    group.addoption(
        "--graphtape-max-bytes",
        metavar="SIZE",
        type=size,
        help="Abort a response after this many bytes, decoded; one event may have a quarter "
        "(default: 256MB).",
    )
    group.addoption(
        "--graphtape-repeat",
        metavar="N",
        type=whole_number,
        default=1,
        help="Run each scenario N times and count the exchanges that pass (default: %(default)s).",
    )
    group.addoption(
        "--graphtape-deterministic",
        action="store_true",
        help="Require equal responses to equal requests: the deployment is deterministic.",
    )
    group.addoption(
        "--graphtape-expected-failures",
        metavar="FILE",
        help="A TOML file of rules and checks that are known to fail, each with a reason. The "
        "session fails if one of them passes.",
    )
    group.addoption(
        "--graphtape-report",
        metavar="FILE",
        help="Write an HTML report to this file.",
    )
    group.addoption(
        "--graphtape-list",
        action="store_true",
        help="List the checks and roughly how many runs they make, without contacting the "
        "deployment.",
    )
    parser.addini(URL_INI, "The URL of the deployment that graphtape's suites check.", default="")
    parser.addini(
        HEADER_FILE_INI,
        "Files with headers for every request to the deployment, relative to the configuration "
        "file.",
        type="paths",
        default=[],
    )
    parser.addini(
        EXPECTED_INI,
        "The TOML file of expected failures for graphtape's suites, relative to the "
        "configuration file.",
        default="",
    )

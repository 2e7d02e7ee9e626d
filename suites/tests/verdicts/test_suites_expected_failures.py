"""Files of expected failures, valid and invalid."""

from pathlib import Path

import pytest

from graphtape_suites.checks.check import all_checks
from graphtape_suites.runner.target import EXPECTED_OF_THE_MOCK
from graphtape_suites.scenarios import SCENARIOS
from graphtape_suites.verdicts.expected_failures import (
    BadExpectedFailure,
    ExpectedFailure,
    read_expected_failures,
)

REQUIREMENTS = ("head.scheme", "head.once")
NAMES = ("wait.default", "wait.updates")


def _read(folder: Path, content: str | bytes) -> dict[str, ExpectedFailure]:
    path = folder / "known.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_expected_failures(path, REQUIREMENTS, NAMES)


def test_an_expected_failure_has_a_reason(tmp_path: Path) -> None:
    expected = _read(tmp_path, '["head.scheme"]\nreason = "the proxy rewrites it"')

    assert expected == {"head.scheme": ExpectedFailure("head.scheme", "the proxy rewrites it")}


def test_a_failure_can_be_expected_in_some_scenarios_only(tmp_path: Path) -> None:
    (expected,) = _read(
        tmp_path, '["head.once"]\nreason = "why"\nscenarios = ["wait.default"]'
    ).values()

    assert expected.scenarios == {"wait.default"}
    assert expected.covers(["wait.default"])
    assert not expected.covers(["wait.default", "wait.updates"])


def test_without_scenarios_a_failure_is_expected_in_all() -> None:
    assert ExpectedFailure("head.once", "why").covers(["wait.default", "wait.updates"])


def test_without_a_file_nothing_is_expected() -> None:
    assert read_expected_failures(None, REQUIREMENTS, NAMES) == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("what is this", "known.toml: expected TOML, got "),
        (b"\xff\xfe", "known.toml: expected TOML, got "),
        ('["head.schema"]\nreason = "x"', "did you mean head.scheme"),
        (
            '["nothing like it"]\nreason = "x"',
            "expected the id of a rule or check, got 'nothing like it'",
        ),
        ('"head.once" = 5', 'expected a table with a "reason", got 5'),
        ('["head.once"]', 'expected a table with a "reason", got {}'),
        ('["head.once"]\nreason = ""', 'expected a table with a "reason", got'),
        ('["head.once"]\nreason = 5', 'expected a table with a "reason", got'),
        ('["head.once"]\nreason = "x"\nwhy = 1', "expected reason and scenarios, got 'why'"),
        ('["head.once"]\nreason = "x"\nscenarios = "a"', "expected a list of scenarios, got 'a'"),
        (
            '["head.once"]\nreason = "x"\nscenarios = ["wait.defaults"]',
            "expected the name of a scenario, got 'wait.defaults'; did you mean wait.default",
        ),
    ],
)
def test_an_invalid_file_is_refused(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(BadExpectedFailure) as caught:
        _read(tmp_path, content)

    assert str(tmp_path / "known.toml") in str(caught.value)
    assert message in str(caught.value)


def test_a_missing_file_raises_file_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_expected_failures(tmp_path / "nowhere.toml", REQUIREMENTS, NAMES)


def test_the_expected_failures_of_the_mock_are_valid() -> None:
    expected = read_expected_failures(EXPECTED_OF_THE_MOCK, all_checks(), SCENARIOS)

    assert all("langgraph-api" in expectation.reason for expectation in expected.values())

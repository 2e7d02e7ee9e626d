"""Checks: requirements that tests of the suites verify, and how a test reports a failure."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import NoReturn

import pytest

from graphtape_contracts.finding import Level
from graphtape_contracts.rule import AnyRule
from graphtape_suites.marks import CHECK_MARK
from graphtape_suites.runner.profile import SMOKE, Profile
from graphtape_suites.scenarios import SCENARIOS, Scenario


class CheckFailed(AssertionError):
    """A failed check; the message gives the expected value, the actual value and the place."""

    def __init__(self, text: str, level: Level | None = None) -> None:
        """Fail with the message *text* at *level*; None is the level of the check."""
        super().__init__(text)
        self.level = level


class NotExercised(Exception):
    """An applicable check that could not be exercised; the message is the reason."""


def fail_check(text: str) -> NoReturn:
    """Raise CheckFailed; *text* gives the expected value, the actual value and the place."""
    raise CheckFailed(text)


def not_applicable(reason: str) -> NoReturn:
    """Skip the test because the check does not apply to the deployment."""
    pytest.skip(reason)


@dataclass(frozen=True, slots=True)
class Check:
    """A requirement that a test checks."""

    id: str
    level: Level
    statement: str
    """The requirement in one sentence."""
    runs: int = 0
    """The approximate number of runs that the test makes, besides those of scenarios."""
    every: bool = False
    """Whether the test makes `runs` runs for every run input."""
    is_property: bool = False
    """Whether the test makes `runs` runs for every generated request."""
    profile: Profile = SMOKE
    """The smallest profile that includes the check."""


def check(
    id_: str,
    level: Level,
    statement: str,
    *,
    runs: int = 0,
    is_property: bool = False,
    profile: Profile = SMOKE,
) -> pytest.MarkDecorator:
    """Mark a test with the check *id_*; see `Check` for the arguments."""
    return _mark(Check(id_, level, statement, runs, is_property=is_property, profile=profile))


def check_of(item: pytest.Item) -> Check | None:
    """Return the check of a test; None for a test outside the suites."""
    mark = item.get_closest_marker(CHECK_MARK)
    return mark.args[0] if mark else None


CHECKS: dict[str, Check] = {}
"""The checks of all imported test modules, by id."""


def all_checks() -> dict[str, Check]:
    """Return the checks of all suites by id, whether selected or not."""
    for module in iter_modules([str(Path(__file__).parents[1])]):
        if module.name.startswith("test_"):
            with suppress(pytest.skip.Exception):  # It needs a package that is not installed.
                import_module(f"graphtape_suites.{module.name}")
    return CHECKS


def _mark(check_: Check) -> pytest.MarkDecorator:
    CHECKS[check_.id] = check_
    mark: pytest.MarkDecorator = getattr(pytest.mark, CHECK_MARK)
    return mark.with_args(check_)


def rules_of(*families: ModuleType) -> pytest.MarkDecorator:
    """Parametrize a test with the rules of *families*; each test has the id of its rule."""
    rules: Iterable[AnyRule] = [rule for family in families for rule in family.RULES]
    return pytest.mark.parametrize(
        "rule",
        [
            pytest.param(rule, id=rule.id, marks=check(rule.id, rule.level, rule.statement))
            for rule in rules
        ],
    )


def scenarios_of(suite: str) -> pytest.MarkDecorator:
    """Parametrize a test with the scenarios of *suite*; each test has the name of its scenario."""
    return _by_scenario(
        scenario_names(suite),
        lambda scenario: Check(
            f"scenarios.{scenario.name}",
            Level.MUST,
            f"The scenario runs to its end: {scenario.about}",
            scenario.runs,
            every=scenario.every,
            profile=scenario.profile,
        ),
    )


def check_in(names: Iterable[str], id_: str, level: Level, statement: str) -> pytest.MarkDecorator:
    """Parametrize a test with the scenarios *names*; all tests have the check *id_*.

    Each test belongs to the profile of its scenario.
    """
    return _by_scenario(
        names, lambda scenario: Check(id_, level, statement, profile=scenario.profile)
    )


def scenario_names(suite: str) -> list[str]:
    """Return the names of the scenarios of *suite*."""
    return [name for name, scenario in SCENARIOS.items() if scenario.suite == suite]


def _by_scenario(
    names: Iterable[str], check_for: Callable[[Scenario], Check]
) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "scenario",
        [
            pytest.param(SCENARIOS[name], id=name, marks=_mark(check_for(SCENARIOS[name])))
            for name in names
        ],
    )

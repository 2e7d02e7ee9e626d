"""What a test of the suites says: which promise it is about, and how it is known to be broken."""

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
from graphtape_suites.report.terminal import CHECK_MARK
from graphtape_suites.runner.profile import SMOKE, Profile
from graphtape_suites.scenarios import SCENARIOS, Scenario


class CheckFailed(AssertionError):
    """The deployment breaks a promise: what was expected, what was got, where."""

    def __init__(self, text: str, level: Level | None = None) -> None:
        """*level* is how much it binds, if that is less than the promise of the test does."""
        super().__init__(text)
        self.level = level


class NotExercised(Exception):
    """A promise that could not be tried, and should have been: why."""


def fail_check(text: str) -> NoReturn:
    """Say that the promise is broken: what was expected, what was got, where."""
    raise CheckFailed(text)


def not_applicable(reason: str) -> NoReturn:
    """Say that the deployment never claimed it."""
    pytest.skip(reason)


@dataclass(frozen=True, slots=True)
class Check:
    """What a test is about."""

    id: str
    level: Level
    statement: str
    """What is promised, in a sentence."""
    runs: int = 0
    """How many runs the test makes, about, beside those of scenarios."""
    every: bool = False
    """Whether it makes them of every example."""
    explores: bool = False
    """Whether it makes them for every request that is tried."""
    profile: Profile = SMOKE
    """The smallest profile that tries it."""


def check(
    id_: str,
    level: Level,
    says: str,
    *,
    runs: int = 0,
    explores: bool = False,
    profile: Profile = SMOKE,
) -> pytest.MarkDecorator:
    """Mark a test as that of the promise *id_*; see `Check`."""
    return _mark(Check(id_, level, says, runs, explores=explores, profile=profile))


def check_of(item: pytest.Item) -> Check | None:
    """Return the promise that a test is about; None where it is no test of the suites."""
    mark = item.get_closest_marker(CHECK_MARK)
    return mark.args[0] if mark else None


CHECKS: dict[str, Check] = {}
"""The promises of the test modules that are imported, by id."""


def all_checks() -> dict[str, Check]:
    """Return the promises of all suites, whichever of them are run."""
    for module in iter_modules([str(Path(__file__).parents[1])]):
        if module.name.startswith("test_"):
            with suppress(pytest.skip.Exception):  # It needs what is not installed.
                import_module(f"graphtape_suites.{module.name}")
    return CHECKS


def _mark(about: Check) -> pytest.MarkDecorator:
    CHECKS[about.id] = about
    mark: pytest.MarkDecorator = getattr(pytest.mark, CHECK_MARK)
    return mark.with_args(about)


def rules_of(*families: ModuleType) -> pytest.MarkDecorator:
    """Parametrize a test by the rules of *families*; the id of each test is that of the rule."""
    rules: Iterable[AnyRule] = [rule for family in families for rule in family.RULES]
    return pytest.mark.parametrize(
        "rule",
        [
            pytest.param(rule, id=rule.id, marks=check(rule.id, rule.level, rule.statement))
            for rule in rules
        ],
    )


def scenarios_of(suite: str) -> pytest.MarkDecorator:
    """Parametrize a test by the scenarios of *suite*; the id of each test is that of it."""
    return _by_scenario(
        scenario_names(suite),
        lambda scenario: Check(
            f"scenarios.{scenario.name}",
            Level.MUST,
            f"It can be tried: {scenario.about}",
            scenario.runs,
            every=scenario.every,
            profile=scenario.profile,
        ),
    )


def check_in(names: Iterable[str], id_: str, level: Level, says: str) -> pytest.MarkDecorator:
    """Parametrize a test by the scenarios with these *names*, all of the one promise *id_*.

    Each is tried by the profiles that play it.
    """
    return _by_scenario(names, lambda scenario: Check(id_, level, says, profile=scenario.profile))


def scenario_names(suite: str) -> list[str]:
    """Return the names of the scenarios of *suite*."""
    return [name for name, scenario in SCENARIOS.items() if scenario.suite == suite]


def _by_scenario(names: Iterable[str], about: Callable[[Scenario], Check]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "scenario",
        [
            pytest.param(SCENARIOS[name], id=name, marks=_mark(about(SCENARIOS[name])))
            for name in names
        ],
    )

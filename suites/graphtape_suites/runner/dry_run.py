"""What would be tried, and about how many runs that is: told before anything is asked."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import pytest

from graphtape_contracts.json_value import is_list
from graphtape_mock.recordings.try_json import value_in
from graphtape_mock.redaction.url import strip_url
from graphtape_suites.checks.check import Check, check_of
from graphtape_suites.runner.run_inputs import file_named
from graphtape_suites.runner.settings import Settings


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A test that would be run."""

    suite: str
    requirement: Check
    runs: int
    """How many runs it makes, about."""


def plan_checks(items: Iterable[pytest.Item], settings: Settings) -> list[PlannedCheck]:
    """Return what the tests of the suites among *items* would try."""
    examples = _examples(settings)
    return [
        PlannedCheck(item.path.stem.removeprefix("test_"), about, _runs(about, settings, examples))
        for item in items
        if (about := check_of(item))
    ]


def plan_lines(plan: Sequence[PlannedCheck], settings: Settings) -> Iterator[str]:
    """Yield the lines that tell the *plan*: id, level, runs, promise, and the sum of the runs."""
    wide = max(len(one.requirement.id) for one in plan)
    suite = ""
    for one in plan:
        if one.suite != suite:
            suite = one.suite
            yield f"{suite}:"
        cost = f"{one.runs:>4} runs" if one.runs else " " * 9
        about = one.requirement
        yield f"  {about.id:<{wide}}  {about.level:<6}  {cost}  {about.statement}"
    runs = sum(one.runs for one in plan)
    deployment = strip_url(settings.url) if settings.url else "the mock, where runs cost nothing"
    yield ""
    yield f"{len(plan)} promises, about {runs} runs of {deployment}; at most {settings.max_runs}"
    if runs > settings.max_runs:
        yield "more than the budget allows: raise --graphtape-max-runs, or try a smaller profile"


def _runs(about: Check, settings: Settings, examples: int) -> int:
    if about.explores:
        return about.runs * settings.profile.examples
    return about.runs * settings.repeat * (examples if about.every else 1)


def _examples(settings: Settings) -> int:
    """Return how many examples the user gives, as far as can be told without asking."""
    counted = 0
    for text in settings.inputs:
        with suppress(OSError, UnicodeDecodeError):  # It is told when the deployment is asked.
            file = file_named(text)
            entries = value_in(text if file is None else file.read_text(encoding="utf-8"))
            counted += len(entries) if is_list(entries) else 1
    return counted or max(1, len(settings.assistants))

"""The dry run of a session: its checks, and roughly how many runs they make."""

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
    """A test that would run."""

    suite: str
    check: Check
    runs: int
    """The approximate number of runs that it makes."""


def plan_checks(items: Iterable[pytest.Item], settings: Settings) -> list[PlannedCheck]:
    """Return the checks of those *items* that are tests of the suites."""
    run_inputs = _count_run_inputs(settings)
    return [
        PlannedCheck(
            item.path.stem.removeprefix("test_"), check, _runs(check, settings, run_inputs)
        )
        for item in items
        if (check := check_of(item))
    ]


def plan_lines(plan: Sequence[PlannedCheck], settings: Settings) -> Iterator[str]:
    """Yield the lines of *plan*: id, level, runs and statement of each check, then the total."""
    width = max(len(one.check.id) for one in plan)
    suite = ""
    for one in plan:
        if one.suite != suite:
            suite = one.suite
            yield f"{suite}:"
        cost = f"{one.runs:>4} runs" if one.runs else " " * 9
        check = one.check
        yield f"  {check.id:<{width}}  {check.level:<6}  {cost}  {check.statement}"
    runs = sum(one.runs for one in plan)
    live = settings.url is not None
    deployment = strip_url(settings.url or "") if live else "the mock, where runs cost nothing"
    yield ""
    yield f"{len(plan)} checks, about {runs} runs of {deployment}; at most {settings.max_runs}"
    if runs > settings.max_runs:
        yield (
            "these are more runs than the budget allows: "
            "raise --graphtape-max-runs or choose a smaller --graphtape-profile"
        )


def _runs(check: Check, settings: Settings, run_inputs: int) -> int:
    if check.is_property:
        return check.runs * settings.profile.examples
    return check.runs * settings.repeat * (run_inputs if check.every else 1)


def _count_run_inputs(settings: Settings) -> int:
    """Return how many run inputs the options name, without contacting the deployment."""
    counted = 0
    for text in settings.inputs:
        with suppress(OSError, UnicodeDecodeError):  # The session reports unreadable files.
            file = file_named(text)
            entries = value_in(text if file is None else file.read_text(encoding="utf-8"))
            counted += len(entries) if is_list(entries) else 1
    return counted or max(1, len(settings.assistants))

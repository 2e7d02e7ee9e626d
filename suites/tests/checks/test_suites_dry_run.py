"""The dry run: the planned checks and runs, without contacting the deployment."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from facts import missing
from suites_run import SETTINGS, collected

from graphtape_suites.checks.dry_run import plan_checks, plan_lines


@pytest.fixture(name="items")
def _items(pytester: pytest.Pytester) -> list[pytest.Item]:
    """Some tests of the suites, and one of another project."""
    pytester.makepyfile("def test_of_another_project(): pass")
    items = collected(pytester, str(pytester.path), only=["wait"])
    chosen = ("another_project", "wait.default", "any_wait_request", "one-value")
    return [item for item in items if any(part in item.name for part in chosen)]


def test_tests_of_other_projects_are_not_listed(items: list[pytest.Item]) -> None:
    plan = plan_checks(items, SETTINGS)

    assert len(items) == len(plan) + 1
    assert {one.suite for one in plan} == {"wait"}


def test_a_scenario_runs_once_per_input_and_repetition(
    items: list[pytest.Item],
) -> None:
    settings = replace(SETTINGS, assistants=("a", "b"), repeat=3)

    runs = {one.check.id: one.runs for one in plan_checks(items, settings)}

    assert runs == {"scenarios.wait.default": 6, "wait.one-value": 0, "wait.any-request": 3}


@pytest.mark.parametrize(
    ("inputs", "count"),
    [
        (('{"a": 1}', "5"), 2),
        (("@list.json",), 3),
        (("list.json", "{}"), 4),
        (("@nowhere.json",), 1),
        (("what is this",), 1),
    ],
)
def test_examples_are_counted(
    items: list[pytest.Item],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    inputs: tuple[str, ...],
    count: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("list.json").write_text(json.dumps([{}, {}, {}]))

    plan = plan_checks(items, replace(SETTINGS, inputs=inputs))

    assert plan[0].runs == count


def test_the_total_is_the_last_line(items: list[pytest.Item]) -> None:
    *_, last = plan_lines(plan_checks(items, SETTINGS), SETTINGS)

    assert missing(last, ["3 checks", "4 runs of the mock", 1000]) == []

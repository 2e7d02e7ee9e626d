"""Checks: each rule and each scenario has one test, and each test has a statement."""

from collections import Counter
from typing import Any

import pytest
from suites_run import collected

from graphtape_contracts.finding import Level
from graphtape_contracts.rules import RULES
from graphtape_suites.checks.check import (
    Check,
    CheckFailed,
    all_checks,
    check_in,
    check_of,
    fail_check,
    not_applicable,
    scenario_names,
)
from graphtape_suites.runner.profile import DEEP, SMOKE, STANDARD
from graphtape_suites.scenarios import SCENARIOS

RULE_IDS = {rule.id for rule in RULES}


@pytest.fixture(name="items")
def _items(pytester: pytest.Pytester) -> list[pytest.Item]:
    """All tests of the suites."""
    return collected(pytester, "--graphtape-profile", "deep", "--graphtape-level", "note")


def test_each_rule_is_judged_by_one_test(items: list[pytest.Item]) -> None:
    judged = Counter(about.id for item in items if (about := check_of(item)))

    assert {id_: judged[id_] for id_ in RULE_IDS} == dict.fromkeys(RULE_IDS, 1)


def test_each_scenario_is_tried_by_the_test_of_its_suite(items: list[pytest.Item]) -> None:
    tried = {
        about.id.removeprefix("scenarios."): item.path.stem
        for item in items
        if (about := check_of(item)) and about.id.startswith("scenarios.")
    }

    assert tried == {name: f"test_{scenario.suite}" for name, scenario in SCENARIOS.items()}


def test_each_test_has_a_check(items: list[pytest.Item]) -> None:
    assert [item.nodeid for item in items if check_of(item) is None] == []


def test_a_check_belongs_to_one_function(items: list[pytest.Item]) -> None:
    makers: dict[str, set[str]] = {}
    for item in items:
        about = check_of(item)
        assert about is not None
        makers.setdefault(about.id, set()).add(f"{item.path.stem}.{item.name.partition('[')[0]}")

    assert {id_: names for id_, names in makers.items() if len(names) > 1} == {}


def test_the_id_of_a_check_starts_with_its_suite(items: list[pytest.Item]) -> None:
    foreign = [
        about.id
        for item in items
        if (about := check_of(item)) and about.id not in RULE_IDS
        and about.id.split(".")[0] not in ("scenarios", item.path.stem.removeprefix("test_"))
    ]  # fmt: skip

    assert foreign == []


def test_each_test_says_in_a_sentence_what_it_is_about(items: list[pytest.Item]) -> None:
    undocumented = [item.nodeid for item in items if not _docstring(item).endswith(".")]

    assert undocumented == []


def _docstring(test: Any) -> str:
    return str(test.obj.__doc__ or "").strip()


def test_each_statement_is_a_sentence() -> None:
    said = {id_: about.statement for id_, about in all_checks().items()}

    assert {id_ for id_, says in said.items() if not says.strip().endswith(".")} == set()


def test_a_check_is_found_by_its_id() -> None:
    requirements = all_checks()

    assert requirements.keys() > RULE_IDS
    assert requirements["stream.not-buffered"].statement.startswith(
        "Events arrive when they happen"
    )


def test_a_check_of_a_scenario_belongs_to_the_profile_of_the_scenario() -> None:
    names = ("stream.default", "stream.accept")

    mark = check_in(names, "x.y", Level.MUST, "It is so.").mark

    arguments, parameters = mark.args
    told = [parameter.marks[0].args[0] for parameter in parameters]
    assert arguments == "scenario"
    assert [parameter.id for parameter in parameters] == list(names)
    assert told == [
        Check("x.y", Level.MUST, "It is so.", profile=SMOKE),
        Check("x.y", Level.MUST, "It is so.", profile=STANDARD),
    ]


def test_the_scenarios_of_a_suite_are_found_by_its_name() -> None:
    assert scenario_names("wait") == [
        "wait.default",
        "wait.updates",
        "wait.values-updates",
        "wait.everything",
    ]
    assert scenario_names("nothing") == []


def test_a_failed_check_carries_its_text() -> None:
    with pytest.raises(CheckFailed, match="expected this, got that"):
        fail_check("expected this, got that")


def test_what_is_not_applicable_is_skipped() -> None:
    with pytest.raises(pytest.skip.Exception, match="nobody claimed it"):
        not_applicable("nobody claimed it")


def test_profiles_try_more_and_more() -> None:
    profiles = (SMOKE, STANDARD, DEEP)

    for part in ("rank", "examples", "runs", "seconds"):
        values = [getattr(profile, part) for profile in profiles]
        assert values == sorted(set(values))

from pathlib import Path
from types import SimpleNamespace

import pytest

from graphtape_contracts import catalogue
from graphtape_contracts.catalogue import UnknownRule, UnknownVersion, family_of
from graphtape_contracts.finding import Level
from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import FAMILIES, RULES

PAGE = Path(__file__).parents[1] / "RULES.md"
REFRESH = "run contracts/refresh and review what changed"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_statement_and_a_source(rule: AnyRule) -> None:
    assert rule.statement.endswith(".")
    assert len(rule.statement) < 300
    assert rule.source
    assert rule.kinds
    assert rule.dialects is None or rule.dialects


def test_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


_SHARED = {"reconnect_ids": "reconnect"}
"""Modules that hold a part of the family of another."""


def test_ids_start_with_the_family_of_their_module() -> None:
    misplaced = [
        (module, rule.id)
        for family in FAMILIES
        for rule in family.RULES
        for module in [family.__name__.rpartition(".")[2]]
        if family_of(rule.id) != _SHARED.get(module, module).replace("_", "-")
    ]

    assert misplaced == []


def test_the_page_has_each_family_once_and_each_rule_once() -> None:
    lines = catalogue.markdown().splitlines()

    families = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    ids = [line.split("`")[1] for line in lines if line.startswith("| `")]
    assert families == list(dict.fromkeys(family_of(rule.id) for rule in RULES))
    assert sorted(ids) == sorted(rule.id for rule in RULES)


def test_a_must_holds_for_every_dialect() -> None:
    bound = [rule.id for rule in RULES if rule.level is Level.MUST and rule.dialects is not None]

    assert bound == []


def test_the_page_of_rules_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == catalogue.markdown(), REFRESH


def test_the_newest_version_equals_the_catalogue() -> None:
    newest = catalogue.frozen_levels(catalogue.versions()[-1])

    assert newest == {rule.id: rule.level for rule in RULES}, REFRESH


@pytest.mark.parametrize("version", catalogue.versions())
def test_the_rules_of_every_version_still_exist(version: str) -> None:
    assert catalogue.frozen_levels(version).keys() <= {rule.id for rule in RULES}


def test_a_later_rule_is_not_in_a_pinned_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pinned = {"order.error-last": Level.SHOULD}
    monkeypatch.setattr(catalogue, "frozen_levels", {"0.1": pinned}.__getitem__)

    selected = catalogue.select_rules("0.1")

    assert [(rule.id, rule.level) for rule in selected] == [("order.error-last", Level.SHOULD)]


@pytest.mark.parametrize("level", Level)
def test_rules_are_selected_by_level(level: Level) -> None:
    selected = catalogue.select_rules(level=level)

    assert selected == tuple(rule for rule in RULES if rule.level.rank <= level.rank)


def test_versions_are_ordered_by_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    for version in ("0.100", "1.2", "0.16", "0.9"):
        (tmp_path / "versions" / f"{version}.json").touch()
    packages = {"graphtape_contracts": tmp_path}
    monkeypatch.setattr(catalogue, "resources", SimpleNamespace(files=packages.__getitem__))

    assert catalogue.versions() == ["0.9", "0.16", "0.100", "1.2"]


def test_the_version_for_the_first_server_still_exists() -> None:
    assert "0.16" in catalogue.versions()


def test_a_rule_is_found_by_its_id() -> None:
    assert catalogue.find_rule("order.error-last") in RULES


def test_the_error_about_an_unknown_id_suggests_similar_ids() -> None:
    with pytest.raises(UnknownRule, match=r"got 'order.error'; did you mean order.error-last"):
        catalogue.find_rule("order.error")


def test_the_error_about_an_unknown_id_may_have_no_suggestion() -> None:
    with pytest.raises(UnknownRule, match=r"got 'xyz'$"):
        catalogue.find_rule("xyz")


def test_the_error_about_an_unknown_version_lists_all_versions() -> None:
    with pytest.raises(UnknownVersion, match=r"\(0.16\), got '9'"):
        catalogue.select_rules("9")

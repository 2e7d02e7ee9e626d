"""The output of `graphtape rules`."""

import json

import pytest
from facts import missing

from graphtape_contracts.rules import RULES
from graphtape_mock.cli.main import run

Printed = pytest.CaptureFixture[str]


def test_every_rule_is_listed_with_its_level_and_promise(capsys: Printed) -> None:
    assert run(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [[rule.id, rule.level] for rule in RULES]
    assert all(line.endswith(rule.statement) for line, rule in zip(lines, RULES, strict=True))


def test_one_rule_is_explained(capsys: Printed) -> None:
    assert run(["rules", "order.error-last"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "order.error-last (MUST)"
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "statement",
        "about",
        "servers",
        "source",
    ]


def test_programs_get_json(capsys: Printed) -> None:
    assert run(["rules", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [rule["id"] for rule in told] == [rule.id for rule in RULES]
    assert all({"level", "statement", "about", "dialects", "source"} < rule.keys() for rule in told)


def test_a_pinned_version_is_listed_as_it_was(
    capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphtape_contracts.catalogue.frozen_levels", {"0.1": {}}.__getitem__)

    assert run(["rules", "--contract", "0.1"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["order.error"], ["'order.error'", "order.error-last"]),
        (["--contract", "7"], ["0.16", "'7'"]),
    ],
)
def test_what_is_not_there_is_told(arguments: list[str], facts: list[str], capsys: Printed) -> None:
    assert run(["rules", *arguments]) == 2
    assert missing(capsys.readouterr().err, facts) == []


def test_a_rule_that_a_pinned_version_has_not_is_told(
    capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphtape_contracts.catalogue.frozen_levels", {"0.1": {}}.__getitem__)

    assert run(["rules", "--contract", "0.1", "order.error-last"]) == 2
    assert missing(capsys.readouterr().err, ["0.1", "'order.error-last'"]) == []

"""Every rule sees what breaks it: each mutant is caught, by its rule alone."""

from collections import Counter

import mutants_order
import pytest
from captured import captured
from mutation import Mutant, RelationMutant

from understudy_contracts.contract import check, relate
from understudy_contracts.dialect import detect
from understudy_contracts.rules import RULES

FAMILIES = (mutants_order,)
ALL: list[Mutant | RelationMutant] = [m for family in FAMILIES for m in family.MUTANTS]
MUTANTS = [m for m in ALL if isinstance(m, Mutant)]
RELATION_MUTANTS = [m for m in ALL if isinstance(m, RelationMutant)]


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_mutant_is_caught_by_its_rule_alone(mutant: Mutant) -> None:
    base = captured(mutant.base)
    dialect = detect(base.response)
    before = Counter(f.rule for f in check(base, output_schema=mutant.output_schema))

    findings = check(mutant.make(), dialect=dialect, output_schema=mutant.output_schema)

    caught = set(Counter(f.rule for f in findings) - before)
    assert caught == {mutant.rule} | mutant.also, "\n".join(map(str, findings))


@pytest.mark.parametrize("mutant", RELATION_MUTANTS, ids=str)
def test_a_misfit_is_caught_by_its_relation_alone(mutant: RelationMutant) -> None:
    bases = [captured(base) for base in mutant.bases]
    before = Counter(f.rule for f in relate(bases, repeatable=mutant.repeatable))

    findings = relate(mutant.make(), repeatable=mutant.repeatable)

    caught = set(Counter(f.rule for f in findings) - before)
    assert caught == {mutant.rule} | mutant.also, "\n".join(map(str, findings))


def test_every_rule_has_a_mutant(capsys: pytest.CaptureFixture[str]) -> None:
    table = {rule.id: [m.wrong for m in ALL if m.rule == rule.id] for rule in RULES}

    with capsys.disabled():
        print("\nrule x mutant: who catches what")
        for rule, wrongs in table.items():
            print(f"  {rule:<36} {'; '.join(wrongs) or 'UNCAUGHT'}")
    assert [rule for rule, wrongs in table.items() if not wrongs] == []
    assert {m.rule for m in ALL} <= table.keys()

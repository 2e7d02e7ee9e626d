"""Every rule has mutants, and each mutant is caught by its rule and by no other."""

from collections import Counter

import mutants_consistency
import mutants_cors
import mutants_data
import mutants_endpoints
import mutants_errors
import mutants_events
import mutants_fields
import mutants_framing
import mutants_head
import mutants_heartbeats
import mutants_identifiers
import mutants_isolation
import mutants_langchain
import mutants_messages
import mutants_order
import mutants_reconnect
import mutants_reconnect_ids
import mutants_refusals
import mutants_tasks
import mutants_validation
import mutants_wait
import pytest
from captured import captured
from mutation import Mutant, RelationMutant

from graphtape_contracts.checker import check, check_related
from graphtape_contracts.dialect import detect
from graphtape_contracts.rules import RULES

FAMILIES = (
    mutants_data,
    mutants_endpoints,
    mutants_order,
    mutants_messages,
    mutants_langchain,
    mutants_events,
    mutants_tasks,
    mutants_wait,
    mutants_errors,
    mutants_refusals,
    mutants_validation,
    mutants_isolation,
    mutants_reconnect,
    mutants_consistency,
    mutants_cors,
    mutants_fields,
    mutants_framing,
    mutants_head,
    mutants_heartbeats,
    mutants_identifiers,
    mutants_reconnect_ids,
)
ALL: list[Mutant | RelationMutant] = [m for family in FAMILIES for m in family.MUTANTS]
MUTANTS = [m for m in ALL if isinstance(m, Mutant)]
RELATION_MUTANTS = [m for m in ALL if isinstance(m, RelationMutant)]


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_mutant_is_caught_by_its_rule_alone(mutant: Mutant) -> None:
    base = captured(mutant.base)
    dialect = detect(base.response)
    schema = mutant.output_schema
    before = Counter(f.rule for f in check(base, output_schema=schema))

    findings = check(mutant.make(), dialect=dialect, output_schema=schema)

    caught = set(Counter(f.rule for f in findings) - before)
    assert caught == {mutant.rule} | mutant.also, "\n".join(map(str, findings))


@pytest.mark.parametrize("mutant", RELATION_MUTANTS, ids=str)
def test_a_cross_exchange_mutant_is_caught_by_its_rule_alone(mutant: RelationMutant) -> None:
    bases = [captured(base) for base in mutant.bases]
    before = Counter(f.rule for f in check_related(bases, deterministic=mutant.deterministic))

    findings = check_related(mutant.make(), deterministic=mutant.deterministic)

    caught = set(Counter(f.rule for f in findings) - before)
    assert caught == {mutant.rule} | mutant.also, "\n".join(map(str, findings))


def test_every_rule_has_a_mutant(capsys: pytest.CaptureFixture[str]) -> None:
    table = {rule.id: [m.wrong for m in ALL if m.rule == rule.id] for rule in RULES}

    with capsys.disabled():
        print("\nmutants by rule:")
        for rule, wrongs in table.items():
            print(f"  {rule:<36} {'; '.join(wrongs) or 'UNCAUGHT'}")
    assert [rule for rule, wrongs in table.items() if not wrongs] == []
    assert {m.rule for m in ALL} <= table.keys()

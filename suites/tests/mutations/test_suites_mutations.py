"""Random mutations of captured exchanges: what the contract sees of them.

The seeds are fixed: the figures change only with the rules and the captures.
"""

import random
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

import pytest
from captured import captures
from explanations import REASONS, explain
from mutating import MUTATORS, Mutation, Mutator

from graphtape_contracts import End, Exchange
from graphtape_contracts.checker import check
from graphtape_contracts.dialect import Dialect, detect
from graphtape_contracts.parsing.exchange_head import Kind, kind_of

ANSWERS = (Kind.STREAM, Kind.WAIT, Kind.REFUSAL)
EACH = 400
"""How many mutants of each kind are made."""
LARGEST = 60_000
"""Bytes of a body; larger ones only take time."""


def spotless(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Return those of *exchanges* of runs about which there is nothing at all to say."""
    return [
        exchange
        for exchange in exchanges
        if exchange.end is End.COMPLETE
        and kind_of(exchange.request, exchange.response) in ANSWERS
        and len(exchange.body) < LARGEST
        and not check(exchange)
    ]


def mutants(mutator: Mutator, bases: Sequence[Exchange], seed: int) -> list[Mutation]:
    """Return the mutants of one kind of as many of *bases*, chosen at random, as allow it."""
    chance = random.Random(seed)
    made = (mutator(chance.choice(bases), chance) for _ in range(EACH))
    return [mutation for mutation in made if mutation is not None]


class Verdict(StrEnum):
    """What became of a mutant."""

    CAUGHT = "caught"
    MISSED = "missed"
    CRASH = "a rule failed"


def judge(mutation: Mutation) -> Verdict:
    """Return whether the contract sees the *mutation*."""
    # Whose server it is does not change with what it sends.
    dialect: Dialect | None = detect(mutation.base.response)
    try:
        return Verdict.CAUGHT if check(mutation.mutant, dialect=dialect) else Verdict.MISSED
    except Exception:
        return Verdict.CRASH


@pytest.fixture(name="judged", scope="module")
def _judged() -> list[tuple[Mutation, Verdict]]:
    """All mutants, and what became of each."""
    bases = spotless(list(captures().values()))
    made = [
        mutation
        for seed, mutator in enumerate(MUTATORS)
        for mutation in mutants(mutator, bases, seed)
    ]
    return [(mutation, judge(mutation)) for mutation in made]


@pytest.fixture(name="missed")
def _missed(judged: list[tuple[Mutation, Verdict]]) -> list[Mutation]:
    """The mutants about which the contract is silent."""
    return [mutation for mutation, verdict in judged if verdict is Verdict.MISSED]


def table(judged: Sequence[tuple[Mutation, Verdict]]) -> list[str]:
    """Return the lines of a table: by kind of mutation the share that is caught, and why."""
    made = Counter(mutation.kind for mutation, _ in judged)
    missed = [mutation for mutation, verdict in judged if verdict is Verdict.MISSED]
    silent = Counter(mutation.kind for mutation in missed)
    why = Counter((mutation.kind, explain(mutation)) for mutation in missed)
    lines = ["random mutations: the share that is caught, and why the others are not"]
    for kind, count in made.items():
        lines.append(_share(kind, count - silent[kind], count))
        lines += [f"      {n:>4} {reason}" for (of, reason), n in why.most_common() if of == kind]
    return [*lines, _share("all", made.total() - silent.total(), made.total())]


def _share(kind: str, caught: int, made: int) -> str:
    return f"  {kind:<28} {caught:>4} of {made:>4} ({caught / made:.0%})"


def test_every_mutant_that_is_not_caught_is_explained(
    judged: list[tuple[Mutation, Verdict]],
    missed: list[Mutation],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Prints what the contract is worth."""
    unexplained = [str(mutation) for mutation in missed if explain(mutation) is None]

    with capsys.disabled():
        print("", *table(judged), sep="\n")
    assert unexplained == []


def test_every_reason_explains_a_mutant(missed: list[Mutation]) -> None:
    assert {reason.why for reason in REASONS} <= {explain(mutation) for mutation in missed}


def test_some_mutants_of_each_kind_are_caught(judged: list[tuple[Mutation, Verdict]]) -> None:
    caught = {mutation.kind for mutation, verdict in judged if verdict is Verdict.CAUGHT}

    assert caught == {mutation.kind for mutation, _ in judged}


def test_no_rule_fails_whatever_it_is_given(judged: list[tuple[Mutation, Verdict]]) -> None:
    assert [str(mutation) for mutation, verdict in judged if verdict is Verdict.CRASH] == []


def test_a_rule_that_fails_is_seen(
    judged: list[tuple[Mutation, Verdict]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("test_suites_mutations.check", fail)

    assert judge(judged[0][0]) is Verdict.CRASH

"""Random mutations of captured exchanges: the share that the rules detect.

The seeds are fixed: the numbers change only with the rules and the captures.
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

RUN_KINDS = (Kind.STREAM, Kind.WAIT, Kind.REFUSAL)
EACH = 400
"""The number of attempts to make a mutant, per kind."""
LARGEST = 60_000
"""The largest body to mutate, in bytes; larger ones only take time."""


def spotless(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Return the run exchanges among *exchanges* without any finding."""
    return [
        exchange
        for exchange in exchanges
        if exchange.end is End.COMPLETE
        and kind_of(exchange.request, exchange.response) in RUN_KINDS
        and len(exchange.body) < LARGEST
        and not check(exchange)
    ]


def mutants(mutator: Mutator, bases: Sequence[Exchange], seed: int) -> list[Mutation]:
    """Return mutants of one kind, of `EACH` random *bases*; some cannot be changed this way."""
    chance = random.Random(seed)
    made = (mutator(chance.choice(bases), chance) for _ in range(EACH))
    return [mutation for mutation in made if mutation is not None]


class Detection(StrEnum):
    """Whether the rules detected a mutant."""

    CAUGHT = "caught"
    MISSED = "missed"
    CRASH = "a rule failed"


def judge(mutation: Mutation) -> Detection:
    """Return whether the rules detect the *mutation*."""
    # A mutation does not change the dialect of the server.
    dialect: Dialect | None = detect(mutation.base.response)
    try:
        return Detection.CAUGHT if check(mutation.mutant, dialect=dialect) else Detection.MISSED
    except Exception:
        return Detection.CRASH


@pytest.fixture(name="judged", scope="module")
def _judged() -> list[tuple[Mutation, Detection]]:
    """All mutants, each with its detection."""
    bases = spotless(list(captures().values()))
    made = [
        mutation
        for seed, mutator in enumerate(MUTATORS)
        for mutation in mutants(mutator, bases, seed)
    ]
    return [(mutation, judge(mutation)) for mutation in made]


@pytest.fixture(name="missed")
def _missed(judged: list[tuple[Mutation, Detection]]) -> list[Mutation]:
    """The mutants that no rule detects."""
    return [mutation for mutation, verdict in judged if verdict is Detection.MISSED]


def table(judged: Sequence[tuple[Mutation, Detection]]) -> list[str]:
    """Return lines of a table: the detected share per kind, and the reasons for the others."""
    made = Counter(mutation.kind for mutation, _ in judged)
    missed = [mutation for mutation, verdict in judged if verdict is Detection.MISSED]
    silent = Counter(mutation.kind for mutation in missed)
    why = Counter((mutation.kind, explain(mutation)) for mutation in missed)
    lines = ["random mutations: the share that is caught, and the reasons for the rest"]
    for kind, count in made.items():
        lines.append(_share(kind, count - silent[kind], count))
        lines += [f"      {n:>4} {reason}" for (of, reason), n in why.most_common() if of == kind]
    return [*lines, _share("all", made.total() - silent.total(), made.total())]


def _share(kind: str, caught: int, made: int) -> str:
    return f"  {kind:<28} {caught:>4} of {made:>4} ({caught / made:.0%})"


def test_every_mutant_that_is_not_caught_is_explained(
    judged: list[tuple[Mutation, Detection]],
    missed: list[Mutation],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Print the share of detected mutants."""
    unexplained = [str(mutation) for mutation in missed if explain(mutation) is None]

    with capsys.disabled():
        print("", *table(judged), sep="\n")
    assert unexplained == []


def test_every_reason_explains_a_mutant(missed: list[Mutation]) -> None:
    assert {reason.why for reason in REASONS} <= {explain(mutation) for mutation in missed}


def test_some_mutants_of_each_kind_are_caught(judged: list[tuple[Mutation, Detection]]) -> None:
    caught = {mutation.kind for mutation, verdict in judged if verdict is Detection.CAUGHT}

    assert caught == {mutation.kind for mutation, _ in judged}


def test_no_rule_crashes_on_any_mutant(judged: list[tuple[Mutation, Detection]]) -> None:
    assert [str(mutation) for mutation, verdict in judged if verdict is Detection.CRASH] == []


def test_a_crashing_rule_is_noticed(
    judged: list[tuple[Mutation, Detection]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("test_suites_mutations.check", fail)

    assert judge(judged[0][0]) is Detection.CRASH

"""How often each proof tries: a few rounds in the gate, many with GRAPHTAPE_ENDURANCE=full."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

VARIABLE = "GRAPHTAPE_ENDURANCE"
"""The environment variable that selects the form: `short` (the default) or `full`."""

SEED_VARIABLE = "GRAPHTAPE_ENDURANCE_SEED"
"""The environment variable with the seed of all random choices, a text; 0 by default."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """The numbers of one form."""

    chaos: int
    """Programs that are ended while their peers misbehave, over all programs."""
    requests: int
    """Generated requests to the mock."""
    real_requests: int
    """Generated requests to the mock and to a real server."""
    files: int
    """Damaged recordings."""
    kills: int
    """Programs that are killed while they write, over all programs."""
    kinds_skipped: int
    """One of each such number of kinds of bad deployments is tried."""
    kinds_skipped_by_suites: int
    """The same, for the suites, which take longer."""


_FORMS = {
    "short": Rounds(
        chaos=30,
        requests=500,
        real_requests=100,
        files=500,
        kills=20,
        kinds_skipped=12,
        kinds_skipped_by_suites=30,
    ),
    "full": Rounds(
        chaos=1000,
        requests=20_000,
        real_requests=2000,
        files=20_000,
        kills=300,
        kinds_skipped=1,
        kinds_skipped_by_suites=1,
    ),
}

ROUNDS = _FORMS[os.environ.get(VARIABLE, "short")]
"""The numbers of this session."""

SEED = os.environ.get(SEED_VARIABLE, "0")


def random_for(proof: str, number: int) -> Random:
    """Return the source of all choices in round *number* of a *proof*."""
    return Random(f"{SEED}/{proof}/{number}")


def shares(total: int, parts: int) -> list[range]:
    """Return the numbers from 0 below *total* as *parts* ranges, for as many tests."""
    return [range(part, total, parts) for part in range(parts)]


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a text table with the *title* above it; pytest shows it with `-rP`."""
    texts = [tuple(head), *(tuple(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in texts]
    return "\n".join((f"\n{title} (seed {SEED})", *lines))


def percentile(values: Iterable[float], percent: int) -> float:
    """Return the value that *percent* of the *values* do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]

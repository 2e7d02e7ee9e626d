"""Damaged recordings: each is what it was, or refused with its file, its line and the reason."""

import traceback
from collections import Counter

import pytest
from damage import damaged
from damaged_replay import Outcome, try_recording
from rounds import ROUNDS, random_for, shares, table

from graphtape_mock.server.mock import bundled_recordings

PARTS = 4
SHOWN = 20
"""Failures of the same kind are many."""


def outcome(number: int) -> Outcome:
    random = random_for("damage", number)
    name, content = damaged(random)
    try:
        return try_recording(random, name, content)
    except Exception:
        return Outcome("raised", (traceback.format_exc(),))


@pytest.mark.parametrize("part", range(PARTS))
def test_a_damaged_recording_is_as_it_was_or_refused(part: int) -> None:
    share = shares(ROUNDS.files, PARTS)[part]
    outcomes = {number: outcome(number) for number in share}

    counts = Counter(found.kind for found in outcomes.values())
    print(table("damaged recordings", ("outcome", "number"), sorted(counts.items())))
    flaws = [f"file {n}: {flaw}" for n, found in outcomes.items() for flaw in found.flaws]
    assert not flaws, "\n".join((f"{len(flaws)} flaws", *flaws[:SHOWN]))


@pytest.mark.parametrize("name", sorted(file.stem for file in bundled_recordings().glob("*.jsonl")))
def test_what_is_not_damaged_is_served_as_it_was(name: str) -> None:
    content = (bundled_recordings() / f"{name}.jsonl").read_bytes()

    assert not try_recording(random_for("undamaged", 0), name, content).flaws

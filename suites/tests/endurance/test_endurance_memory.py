"""Each documented bound of memory is reached by a flood of requests, and held."""

import json
import sys
from pathlib import Path

import memory_flood
import pytest
from memory_flood import FLOODS
from programs import Program
from recordings_for_chaos import write_recordings
from rounds import table

TOGETHER = 256
"""Megabytes that all bounds make together."""
SLACK = 24.0
"""Megabytes that responses of eight take while they are made, and that the allocator keeps."""


def test_all_bounds_together_are_within_the_promise() -> None:
    by_store = {name.partition(",")[0]: flood.megabytes for name, flood in FLOODS.items()}

    assert sum(by_store.values()) <= TOGETHER


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the memory in use")
@pytest.mark.parametrize("name", FLOODS)
def test_a_bound_is_reached_and_held(name: str, tmp_path: Path) -> None:
    flood = FLOODS[name]
    bound = flood.megabytes
    folder = write_recordings(tmp_path / "recordings")

    with Program((sys.executable, memory_flood.__file__, name, folder), tmp_path) as program:
        ended = program.wait(120)

    assert ended.code == 0, ended.output
    most, last = json.loads(ended.output)
    row = (name, f"{bound:.0f}", f"{most:.1f}", f"{last:.1f}")
    print(table("memory", ("store", "bound, MB", "most, MB", "at the end, MB"), [row]))
    assert bound * (1 - flood.shared) / 2 <= most <= bound * 1.3 + SLACK

"""The code in the docs that validates events in JavaScript works, with Ajv from npm."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from captured import captured, captures
from environments import make_once

from graphtape_contracts.exchange import Exchange
from graphtape_contracts.json_value import Absent
from graphtape_contracts.parsing.event import event_of

PAGE = Path(__file__).parents[2] / "contracts" / "schemas-from-javascript.md"
BLOCKS = dict(re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE))

JUDGE = """
import { readFileSync } from "node:fs";
import { misfits } from "./contract.mjs";

const events = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(events.map(([event, data]) => misfits(event, data))));
"""


@pytest.fixture(name="project", scope="module")
def _project(shared: Path) -> Path:
    """An npm project, made with the commands in the docs."""
    return make_once(shared / "schemas", _make_project)


def _make_project(folder: Path) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    (folder / "package.json").write_text('{ "private": true }')
    subprocess.run(
        ["sh", "-ec", BLOCKS["sh"]], cwd=folder, env=os.environ | {"PATH": path}, check=True
    )
    (folder / "contract.mjs").write_text(BLOCKS["js"])
    (folder / "judge.mjs").write_text(JUDGE)


def misfits(project: Path, events: list[tuple[str, Any]]) -> list[Any]:
    done = subprocess.run(
        ["node", "judge.mjs"],
        cwd=project,
        input=json.dumps(events).encode(),
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    return json.loads(done.stdout)


def events_of(exchange: Exchange) -> list[tuple[str, Any]]:
    frames = exchange.frames if exchange.is_stream else ()
    events = filter(None, (event_of(frame, n) for n, frame in enumerate(frames, 1)))
    return [(event.name, event.value) for event in events if not isinstance(event.value, Absent)]


def test_real_events_are_valid(project: Path) -> None:
    events = events_of(captured("python/full-tools-all-tuple-noevents"))

    assert misfits(project, events) == [[]] * len(events)


def test_an_invalid_event_is_reported_with_place_and_reason(project: Path) -> None:
    data = {"run_id": "my-run", "attempt": 1}

    ((misfit,),) = misfits(project, [("metadata", data)])

    assert (misfit["instancePath"], misfit["keyword"]) == ("/run_id", "format")


def test_an_invalid_event_of_a_subgraph_is_reported(project: Path) -> None:
    found = misfits(project, [("updates|child:1", []), ("news", []), ("wait-output", {})])

    assert [len(wrong) for wrong in found] == [1, 0, 0]


def test_all_captured_events_are_valid(project: Path) -> None:
    events = [event for exchange in captures().values() for event in events_of(exchange)]

    found = misfits(project, events)

    assert [(event, wrong) for event, wrong in zip(events, found, strict=True) if wrong] == []

"""Streams with wrong ids."""

import re
from dataclasses import replace
from typing import Any

from mutation import Mutant, with_body, with_data

from graphtape_contracts import Exchange

_ID = "01a2021a-ff2e-775a-b3e7-411d3384fb79"
_TASK = re.compile(rb'"id":"[0-9a-f-]{36}"')


def _as_version_4(exchange: Exchange) -> Exchange:
    """Replace every occurrence of the run's UUID with one of version 4."""
    location = exchange.response.header("content-location") or ""
    run = location.rpartition("/")[2]
    other = f"{run[:14]}4{run[15:]}"
    headers = tuple((name, value.replace(run, other)) for name, value in exchange.response.headers)
    changed = with_body(exchange.body.replace(run.encode(), other.encode()))(exchange)
    return replace(changed, response=replace(changed.response, headers=headers))


def _in_interrupt(data: Any) -> Any:
    (interrupt,) = data["__interrupt__"]
    return {"__interrupt__": [interrupt | {"id": "first"}]}


MUTANTS = [
    Mutant(
        "identifiers.run",
        "a run id is a number",
        "python/mode-agent-values",
        with_data("metadata", lambda data: data | {"run_id": "5"}),
    ),
    Mutant(
        "identifiers.run-located",
        "the run id differs from the location",
        "javascript/stream-default",
        with_data("metadata", lambda data: data | {"run_id": _ID}),
    ),
    Mutant(
        "identifiers.same-run",
        "a retry has another run id",
        "python/flaky-1",
        with_data("metadata", lambda data: data | {"run_id": _ID}, 1),
    ),
    Mutant(
        "identifiers.run-version",
        "the run id is a UUID of version 4",
        "python/mode-agent-values",
        _as_version_4,
    ),
    Mutant(
        "identifiers.tasks",
        "a task id is a number",
        "python/mode-agent-tasks",
        lambda exchange: with_body(_TASK.sub(b'"id":"1"', exchange.body))(exchange),
    ),
    Mutant(
        "identifiers.tasks",
        "a task id in debug is a number",
        "javascript-1.5.1/stream-mode-debug",
        lambda exchange: with_body(_TASK.sub(b'"id":"1"', exchange.body))(exchange),
    ),
    Mutant(
        "identifiers.interrupts",
        "an interrupt id is a name",
        "aegra/stream-interrupt-updates",
        with_data("updates", _in_interrupt, -1),
    ),
]

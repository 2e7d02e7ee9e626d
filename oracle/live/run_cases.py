"""Run requests: the inputs of the example graphs, combined with stream modes and options."""

import json
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from comparison import Case
from connection import ask_for

from graphtape_mock.recordings.view import STREAM_MODES as MODES

GRAPHS = Path(__file__).parents[2] / "examples" / "graphs"


VIEWS: tuple[dict[str, Any], ...] = (
    {},
    {"stream_mode": []},
    *({"stream_mode": list(modes)} for n in (1, 2, len(MODES)) for modes in combinations(MODES, n)),
)
"""The default modes, each single mode, each pair of modes, and all nine modes."""

_PARALLEL = frozenset(("fanout",))
"""Graphs whose branches run at the same time."""


def read_inputs() -> dict[str, dict[str, Any]]:
    """Return the requests of the example graphs, without a view, by name."""
    entries: list[dict[str, Any]] = json.loads((GRAPHS / "inputs.json").read_text())
    return {entry["name"]: _body(entry) for entry in entries}


def read_graphs() -> list[str]:
    """Return the names of the example graphs."""
    return list(json.loads((GRAPHS / "langgraph.json").read_text())["graphs"])


def _body(entry: dict[str, Any]) -> dict[str, Any]:
    given = {"input": entry["input"]} if "input" in entry else {}
    return {"assistant_id": entry["assistant"], **given, **entry.get("body", {})}


def run_case(path: str, body: dict[str, Any], name: str = "") -> Case:
    """Return a case that posts *body* to *path*."""
    ordered = body.get("assistant_id") not in _PARALLEL
    return Case(name, ask_for("POST", path, json.dumps(body).encode()), ordered)


def view_cases(path: str, body: dict[str, Any]) -> Iterator[Case]:
    """Yield cases that post *body* with each of `VIEWS`, with and without subgraphs."""
    for subgraphs in (False, True):
        yield from option_cases(path, body | {"stream_subgraphs": subgraphs}, VIEWS)


def option_cases(
    path: str, body: dict[str, Any], options: Iterable[dict[str, Any]]
) -> Iterator[Case]:
    """Yield cases that post *body* with each of *options*; the name of a case shows the option."""
    for option in options:
        yield run_case(path, body | option, json.dumps({"path": path} | option))

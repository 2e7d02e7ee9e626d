"""Imports inside the package go from a layer to itself or to a lower one."""

from pathlib import Path

from imports import modules, offenders

import graphtape_contracts

PACKAGE = Path(graphtape_contracts.__file__).parent

LAYERS = [
    ["json_value", "frame", "exchange", "finding", "dialect", "stream_mode", "sse", "schema"],
    ["heads", "openapi"],
    ["langchain"],
    ["parsing"],
    ["shape", "shape_difference"],
    ["rule", "watch", "schema_findings"],
    ["rules"],
    ["catalogue", "checker"],
]
"""Modules and subpackages, lowest layer first."""


def test_every_module_is_in_a_layer() -> None:
    named = [name for layer in LAYERS for name in layer]
    rooms = {name.split(".")[1] for name in modules(PACKAGE) if "." in name}

    assert sorted(named) == sorted(rooms)


def test_imports_go_to_the_same_or_a_lower_layer() -> None:
    assert offenders(PACKAGE, LAYERS) == []

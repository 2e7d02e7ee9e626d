"""A module imports only from its own package and from the layers below."""

import subprocess
import sys
from pathlib import Path

import pytest
from imports import offenders

import graphtape_suites

PACKAGE = Path(graphtape_suites.__file__).parent
LAYERS = [
    ["marks", "faults"],
    ["strategies", "mock_fixture"],
    ["runner"],
    ["scenarios"],
    ["session"],
    ["checks"],
    ["verdicts"],
    ["properties"],
    ["report"],
    ["plugin", "conftest", "tests"],
]
"""The packages and modules of each layer, lowest first. None imports from its own layer."""
HEAVY = ("hypothesis", "schemathesis", "httpx", "starlette", "uvicorn", "graphtape_mock")


def test_each_module_imports_only_from_its_package_and_lower_layers() -> None:
    assert offenders(PACKAGE, LAYERS, independent=True) == []


@pytest.mark.parametrize("module", ["graphtape_suites", "plugin", "report.terminal"])
def test_modules_that_pytest_always_imports_are_light(module: str) -> None:
    name = module if module == "graphtape_suites" else f"graphtape_suites.{module}"
    script = f"import sys, {name}; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    assert name in loaded
    assert {part.partition(".")[0] for part in loaded}.isdisjoint(HEAVY)
    assert "graphtape_suites.report.page" not in loaded

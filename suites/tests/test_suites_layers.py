"""The layers of the package: a module imports from its own layer and from those below it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import graphtape_suites

PACKAGE = Path(graphtape_suites.__file__).parent
LAYERS = (
    ("marks", "faults"),
    ("strategies", "mock_fixture"),
    ("runner",),
    ("scenarios",),
    ("session",),
    ("checks",),
    ("verdicts",),
    ("properties",),
    ("report",),
    ("plugin", "conftest", "tests"),
)
"""The rooms and the modules outside of them, lowest first; those of one layer are independent."""
RANKS = {room: rank for rank, layer in enumerate(LAYERS) for room in layer}
HEAVY = ("hypothesis", "schemathesis", "httpx", "starlette", "uvicorn", "graphtape_mock")


def room_of(module: str) -> str:
    """Return the room of a *module* of the package, `plugin` or `runner.target`, say."""
    room = module.partition(".")[0]
    return "tests" if room.startswith("test_") else room


def imports(source: str) -> Iterator[str]:
    """Yield the modules of the package that *source* imports, without the name of the package."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            package, _, module = node.module.partition(".")
            if package == "graphtape_suites":
                yield from [module] if module else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            names = (alias.name.partition(".") for alias in node.names)
            yield from (module for package, _, module in names if package == "graphtape_suites")


def offences(module: str, source: str) -> list[str]:
    """Return what *module* imports from layers above its own, or from another room beside it."""
    own = room_of(module)
    rooms = {room_of(imported) for imported in imports(source)} - {own}
    allowed = {room for room in RANKS if RANKS[room] < RANKS[own]}
    return [f"{module} imports {room}" for room in sorted(rooms - allowed)]


def test_each_module_imports_from_its_own_room_and_lower_layers() -> None:
    found: list[str] = []
    for path in PACKAGE.rglob("*.py"):
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        if module != "__init__":  # The door opens each room lazily.
            found += offences(module, path.read_text(encoding="utf-8"))

    assert found == []


@pytest.mark.parametrize(
    ("module", "source", "offence"),
    [
        ("runner.target", "from graphtape_suites.checks.check import Check", "checks"),
        ("strategies.a", "from graphtape_suites.mock_fixture import options", "mock_fixture"),
        ("verdicts.a", "import graphtape_suites.report.page", "report"),
        ("checks.a", "def f():\n    from graphtape_suites import plugin", "plugin"),
    ],
)
def test_an_import_from_a_higher_layer_is_found(module: str, source: str, offence: str) -> None:
    assert offences(module, source) == [f"{module} imports {offence}"]


def test_imports_from_lower_layers_are_allowed() -> None:
    assert offences("checks.a", "from graphtape_suites.runner.target import Target") == []
    assert offences("test_wait", "from graphtape_suites.checks import sdk\nimport httpx") == []


@pytest.mark.parametrize("module", ["graphtape_suites", "plugin", "report.terminal"])
def test_what_pytest_imports_at_each_start_is_light(module: str) -> None:
    name = module if module == "graphtape_suites" else f"graphtape_suites.{module}"
    script = f"import sys, {name}; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    assert name in loaded
    assert {part.partition(".")[0] for part in loaded}.isdisjoint(HEAVY)
    assert "graphtape_suites.report.page" not in loaded

"""Imports inside the package go one way: from a layer to itself or to those below."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import graphtape_contracts

PACKAGE = Path(graphtape_contracts.__file__).parent

LAYERS: tuple[tuple[str, ...], ...] = (
    ("json_value", "frame", "exchange", "finding", "dialect", "stream_mode", "sse", "schema"),
    ("heads", "openapi"),
    ("langchain",),
    ("parsing",),
    ("shape", "shape_difference"),
    ("rule", "watch", "schema_findings"),
    ("rules",),
    ("catalogue", "checker"),
    ("__init__",),
)
"""Modules and subpackages, lowest layer first."""


def sources() -> dict[str, str]:
    """Return the source of every module by its name inside the package: `parsing.event`."""
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
    }


def imports_of(source: str, modules: frozenset[str]) -> Iterator[str]:
    """Yield the modules of the package that a *source* imports, inside of functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names.append(node.module)
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            inside = name.removeprefix("graphtape_contracts.")
            if inside != name and inside in modules:
                yield inside


def wrong_imports(modules: dict[str, str]) -> list[str]:
    """Return each import of a layer above, and a circle if there is one."""
    height = {name: n for n, layer in enumerate(LAYERS) for name in layer}
    graph = {
        name: {found for found in imports_of(source, frozenset(modules)) if found != name}
        for name, source in modules.items()
    }
    upwards = [
        f"{name} imports {found}"
        for name, all_found in sorted(graph.items())
        for found in sorted(all_found)
        if height[found.partition(".")[0]] > height[name.partition(".")[0]]
    ]
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [*upwards, f"circle: {error.args[1]}"]
    return upwards


def test_every_module_is_in_a_layer() -> None:
    named = [name for layer in LAYERS for name in layer]

    assert sorted(named) == sorted({name.partition(".")[0] for name in sources()})


def test_imports_go_down_and_in_no_circle() -> None:
    assert wrong_imports(sources()) == []


@pytest.mark.parametrize(
    ("module", "line", "wrong"),
    [
        ("langchain.merge", "from graphtape_contracts.parsing.event import parse", ["langchain"]),
        ("parsing.event", "from graphtape_contracts import rule", ["parsing.event"]),
        ("parsing.event", "import graphtape_contracts.rules.wait", ["parsing.event"]),
        ("sse", "from graphtape_contracts.exchange import Exchange", ["circle"]),
    ],
)
def test_an_import_that_goes_up_or_round_is_found(module: str, line: str, wrong: list[str]) -> None:
    modules = sources()
    modules[module] += f"\n\ndef offend() -> None:\n    {line}\n"

    found = wrong_imports(modules)

    assert len(found) >= len(wrong)
    assert found[0].startswith(wrong[0])

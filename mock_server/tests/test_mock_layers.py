"""Who may know whom: dependencies point one way."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FORBIDDEN = {
    "contracts/graphtape_contracts": {
        "graphtape_mock",
        "graphtape_suites",
        "starlette",
        "httpx",
    },
    "contracts/graphtape_contracts/reading": {"graphtape_contracts.rules"},
    "mock_server/graphtape_mock": {"graphtape_suites", "pytest"},
    "mock_server/graphtape_mock/live": {
        "graphtape_mock.record",
        "graphtape_mock.replay",
        "graphtape_mock.server",
    },
    "mock_server/graphtape_mock/record": {"graphtape_mock.replay", "graphtape_mock.server"},
    "mock_server/graphtape_mock/replay": {
        "graphtape_mock.deployment",
        "graphtape_mock.record",
        "graphtape_mock.server",
        "starlette",
        "uvicorn",
        "httpx",
    },
    "mock_server/graphtape_mock/verify": {
        "graphtape_mock.deployment",
        "graphtape_mock.record",
        "graphtape_mock.replay",
        "graphtape_mock.server",
        "starlette",
        "httpx",
    },
    "mock_server/graphtape_mock/drift": {
        "graphtape_mock.replay",
        "graphtape_mock.server",
        "starlette",
        "httpx",
    },
    "mock_server/graphtape_mock/api": {
        "graphtape_mock.deployment",
        "graphtape_mock.record",
        "httpx",
        "uvicorn",
    },
}


def imported(file: Path) -> set[str]:
    """Return the modules that *file* imports, each with the packages around it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Import(names=aliases):
                names |= {alias.name for alias in aliases}
            case ast.ImportFrom(module=str(module)):
                names.add(module)
            case _:
                pass
    parts = [name.split(".") for name in names]
    return {".".join(part[:end]) for part in parts for end in range(1, len(part) + 1)}


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_a_layer_knows_nothing_of_those_above_it(folder: str) -> None:
    files = list((ROOT / folder).rglob("*.py"))

    known = {file.name: imported(file) & FORBIDDEN[folder] for file in files}

    assert {name: found for name, found in known.items() if found} == {}
    assert files


def test_an_import_anywhere_in_a_file_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text("def f():\n    from a.b import c\n    import d.e\n")

    assert imported(file) == {"a", "a.b", "d", "d.e"}

"""Imports go one way: between the three packages, and between the rooms of the mock."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest
from imports import circles, imported, modules, offenders

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "contracts" / "graphtape_contracts"
MOCK = ROOT / "mock_server" / "graphtape_mock"
SUITES = ROOT / "suites" / "graphtape_suites"

ROOMS = [
    ["redaction"],
    ["console"],
    ["recordings"],
    ["deployment", "replay"],
    ["server"],
    ["record", "verify", "drift"],
    ["cli"],
    ["__main__"],
]
"""The rooms of the mock, lowest first. CONTRIBUTING draws them."""

FORBIDDEN = {
    CONTRACTS: {"graphtape_mock", "graphtape_suites", "starlette", "httpx", "requests", "pytest"},
    MOCK: {"graphtape_suites", "pytest"},
    MOCK / "recordings": {"starlette", "uvicorn", "httpx"},
    MOCK / "replay": {"starlette", "uvicorn", "httpx", "graphtape_mock.deployment"},
    MOCK / "deployment": {"starlette", "uvicorn", "graphtape_mock.replay"},
    MOCK / "server": {"httpx", "click"},
    MOCK / "verify": {"starlette", "uvicorn", "httpx", "graphtape_mock.server"},
}
"""What the modules in a folder never import, beside higher layers."""


@pytest.mark.parametrize("folder", FORBIDDEN, ids=lambda folder: folder.name)
def test_a_folder_imports_nothing_that_is_forbidden_to_it(folder: Path) -> None:
    found = {file.name: imported(file) & FORBIDDEN[folder] for file in folder.rglob("*.py")}

    assert {name: names for name, names in found.items() if names} == {}
    assert found


def test_the_rooms_of_the_mock_import_downwards() -> None:
    assert offenders(MOCK, ROOMS) == []


@pytest.mark.parametrize("package", [CONTRACTS, MOCK, SUITES], ids=lambda package: package.name)
def test_no_modules_import_each_other_in_a_circle(package: Path) -> None:
    assert circles(package) == []


def test_no_two_public_classes_have_one_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for package in (CONTRACTS, MOCK, SUITES):
        for name, file in modules(package).items():
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].append(name)

    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_an_import_to_a_higher_room_is_found(tmp_path: Path) -> None:
    package = tmp_path / "package"
    for room in ("low", "high"):
        (package / room).mkdir(parents=True)
    (package / "low" / "one.py").write_text("def f():\n    from package.high import two\n")
    (package / "high" / "two.py").write_text("import package.low.one\n")

    found = offenders(package, [["low"], ["high"]])

    assert "package.low.one -> package.high.two" in found
    assert circles(package) == [["package.high.two", "package.low.one"]]


def test_an_import_of_a_room_beside_is_found_where_rooms_are_independent(tmp_path: Path) -> None:
    package = tmp_path / "package"
    for room in ("left", "right"):
        (package / room).mkdir(parents=True)
    (package / "left" / "one.py").write_text("")
    (package / "right" / "two.py").write_text("import package.left.one\n")
    layers = [["left", "right"]]

    assert offenders(package, layers) == []
    assert offenders(package, layers, independent=True) == ["package.right.two -> package.left.one"]


def test_a_room_without_a_layer_is_refused(tmp_path: Path) -> None:
    package = tmp_path / "package"
    (package / "attic").mkdir(parents=True)
    (package / "attic" / "one.py").write_text("import package.attic.two\n")
    (package / "attic" / "two.py").write_text("")

    with pytest.raises(KeyError, match="attic"):
        offenders(package, [["low"]])


def test_an_import_anywhere_in_a_file_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text("def f():\n    from a.b import c\n    import d.e\n")

    assert imported(file) == {"a", "a.b", "a.b.c", "d", "d.e"}

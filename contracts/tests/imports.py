"""Reads the imports between modules from the source, to test that they go one way."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

Layers = Sequence[Sequence[str]]
"""The rooms of a package, lowest layer first.

A room is a folder in the package, or a module directly in it.
"""


def imported(file: Path) -> set[str]:
    """Return the modules that *file* imports, at any level, and their parent packages.

    `from a import b` counts as `a` and `a.b`, as `b` may be a module.
    """
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=aliases):
                names |= {alias.name for alias in aliases}
            case ast.ImportFrom(module=str(module), names=aliases):
                names |= {f"{module}.{alias.name}" for alias in aliases}
            case _:
                pass
    parts = [name.split(".") for name in names]
    return {".".join(part[:end]) for part in parts for end in range(1, len(part) + 1)}


def modules(package: Path) -> dict[str, Path]:
    """Return the files of the modules and packages in the folder *package*, by dotted name."""
    names = {
        ".".join((package.name, *file.relative_to(package).with_suffix("").parts)): file
        for file in sorted(package.rglob("*.py"))
    }
    return {name.removesuffix(".__init__"): file for name, file in names.items()}


def offenders(package: Path, layers: Layers, *, independent: bool = False) -> list[str]:
    """Return a text `importer -> imported` for each import of a higher layer.

    With *independent*, also return imports of another room in the same layer. The test modules
    directly in a package are one room, `tests`. Raises KeyError for a room that has no layer.
    """
    rank = {room: place for place, rooms in enumerate(layers) for room in rooms}
    known = modules(package)
    found: list[str] = []
    for name, file in known.items():
        room = _room(name)
        if room is None:
            continue
        for other in sorted(imported(file) & known.keys()):
            other_room = _room(other) or room
            rises = rank[other_room] > rank[room]
            crosses = independent and other_room != room and rank[other_room] == rank[room]
            if rises or crosses:
                found.append(f"{name} -> {other}")
    return found


def circles(package: Path) -> list[list[str]]:
    """Return the groups of modules that import each other, directly or through others."""
    known = modules(package)
    edges = {name: _direct(name, file, known) for name, file in known.items()}
    reach = {name: set(_reachable(name, edges)) for name in edges}
    groups = {
        frozenset(other for other in reach[name] if name in reach[other])
        for name in edges
        if name in reach[name]
    }
    return sorted(sorted(group) for group in groups)


def _room(name: str) -> str | None:
    _, _, inside = name.partition(".")
    room = inside.partition(".")[0]
    return "tests" if room.startswith("test_") else room or None


def _direct(name: str, file: Path, known: dict[str, Path]) -> set[str]:
    # Importing `a.b.c` runs `a` and `a.b`, so parent packages are not counted.
    names = imported(file) & known.keys()
    return {other for other in names if other != name and not name.startswith(f"{other}.")}


def _reachable(name: str, edges: dict[str, set[str]]) -> Iterator[str]:
    seen: set[str] = set()
    to_visit = list(edges[name])
    while to_visit:
        module = to_visit.pop()
        if module not in seen:
            seen.add(module)
            yield module
            to_visit += edges[module]

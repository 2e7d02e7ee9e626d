"""Measures what the plugin adds to a start of pytest in projects that do not use it.

    python benchmarks/plugin.py [--write] [--rounds N]

The plugin and an empty plugin are loaded in turn, each into a session with one test that passes.
`--write` puts the results into README.md.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from tables import Row, plugin_table, write

EMPTY, OURS = "empty_plugin", "graphtape_suites.plugin"
_LISTS_MODULES = """
import sys

def pytest_unconfigure():
    print("\\nmodules:", *sorted(sys.modules))
"""


class Project:
    """A folder with one test, which pytest runs with a given plugin."""

    def __init__(self, folder: Path) -> None:
        Path(folder, "test_nothing.py").write_text("def test_nothing():\n    pass\n")
        Path(folder, "conftest.py").write_text(_LISTS_MODULES)
        Path(folder, "empty_plugin.py").write_text('"""Does nothing."""\n')
        self._folder = folder
        self._environment = os.environ | {
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": ".",
            # Use compiled modules, like an installed plugin. The first start, which is not counted,
            # compiles them.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        }

    def start(self, plugin: str) -> subprocess.CompletedProcess[str]:
        """Run the test with *plugin*."""
        options = ("-q", "-s", "-p", "no:cacheprovider", "-p", plugin)
        return subprocess.run(
            [sys.executable, "-m", "pytest", *options],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        )

    def cost(self, plugin: str) -> tuple[float, float]:
        """Return the seconds and the CPU seconds of a session with *plugin*."""
        started, before = perf_counter(), getrusage(RUSAGE_CHILDREN)
        self.start(plugin)
        after = getrusage(RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return perf_counter() - started, cpu

    def modules(self, plugin: str) -> set[str]:
        """Return the modules imported by the end of a session with *plugin*."""
        (line,) = (
            line for line in self.start(plugin).stdout.splitlines() if line.startswith("modules:")
        )
        return set(line.split()[1:])


def main() -> None:
    """Measure, print, and optionally write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the results into README.md")
    parser.add_argument("--rounds", type=int, default=101)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        project = Project(Path(folder))
        imported = project.modules(OURS) - project.modules(EMPTY) - {EMPTY}
        rounds = [[project.cost(name) for name in (EMPTY, OURS)] for _ in range(options.rounds)]
    modules = ", ".join(f"`{name}`" for name in sorted(imported))
    results = f"{plugin_table(measured(rounds))}\nBeyond what pytest imports: {modules}.\n"
    print(results)
    if options.write:
        write(Path(__file__).parent / "README.md", "plugin", results)


def measured(rounds: list[list[tuple[float, float]]]) -> Iterator[Row]:
    """Yield a row for the time and one for the CPU time: medians in milliseconds."""
    for place, name in enumerate(("time", "CPU")):
        pairs = [(empty[place] * 1000, ours[place] * 1000) for empty, ours in rounds]
        values = {
            "empty": median(empty for empty, _ in pairs),
            "ours": median(ours for _, ours in pairs),
            "more": median(ours - empty for empty, ours in pairs),
        }
        yield Row(name, values)


if __name__ == "__main__":
    main()

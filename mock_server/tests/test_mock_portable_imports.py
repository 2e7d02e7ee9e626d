"""Every module of the packages can be imported where POSIX-only modules are missing."""

import subprocess
import sys

_IMPORT_ALL = """
import pkgutil
import sys
import warnings

for name in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules[name] = None
warnings.simplefilter("ignore")  # filelock warns that fcntl is missing.
import graphtape_contracts, graphtape_mock, graphtape_suites

names = [
    module.name
    for package in (graphtape_contracts, graphtape_mock, graphtape_suites)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith(("__main__", "conftest"))
    and ".test_" not in module.name
]
for name in names:
    __import__(name)
print(len(names))
"""


def test_every_module_is_imported_without_fcntl() -> None:
    command = [sys.executable, "-c", _IMPORT_ALL]

    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert run.stderr == ""
    assert int(run.stdout) > 150

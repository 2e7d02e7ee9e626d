"""Client programs, each in an environment of its own, which comes from package registries."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_CLIENTS = Path(__file__).parent / "clients"


def make_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Return *folder*, made and filled by *make* unless another process has done so.

    A process that comes while another makes it waits for that one.
    """
    done = folder / "made"
    folder.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(folder)
            done.touch()
    return folder


def install_python(requirement: str, folder: Path) -> Path:
    """Make an environment in *folder* with a requirement, and return its Python."""
    place = folder / "environment"
    python = place / "bin" / "python"
    if uv := shutil.which("uv"):
        run([uv, "venv", "-q", "--python", sys.executable, str(place)])
        run([uv, "pip", "install", "-q", "--python", str(python), requirement])
    else:
        run([sys.executable, "-m", "venv", str(place)])
        run([str(python), "-m", "pip", "install", "-q", requirement])
    return python


def install_javascript(version: str, folder: Path) -> Path:
    """Install a version of the JavaScript SDK, and return the folder that programs belong in."""
    run([str(_CLIENTS / "install-js"), version, str(folder)])
    return folder


def install_npm(requirement: str, folder: Path) -> Path:
    """Install a package of npm, and return the folder that programs belong in."""
    (folder / "package.json").write_text('{ "private": true }')
    npm = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--save-exact"]
    run([*npm, "--prefix", str(folder), requirement])
    return folder


def run(command: list[str], **variables: str) -> str:
    """Run a program and return what it printed; its errors are in the exception's text."""
    environment = os.environ | {"LANGSMITH_TRACING": "false"} | variables
    done = subprocess.run(command, env=environment, capture_output=True, timeout=300)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stderr.decode()}"
    return done.stdout.decode()  # With the line ends that it has, which `text=True` would change.

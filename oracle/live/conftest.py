"""Fixtures (a real server, its recordings, mocks that serve these), and the terminal summary.

Each worker of pytest-xdist has its own real server, so that tests do not affect each other. The
workers share recordings of one server: all servers have the same hash seed, so they write sets in
the same order.
"""

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from comparison import Comparison, Tally
from environments import make_once
from recordings import Recordings, record_all
from run_cases import read_graphs

from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.running import BackgroundServer

SERVERS = Path(__file__).parent.parent / "servers"

_JOBS = 40
"""The number of concurrent runs of a server; high, because most runs only sleep."""

_TALLY = pytest.StashKey[Tally]()


def pytest_configure(config: pytest.Config) -> None:
    """Create the counts of this process."""
    config.stash[_TALLY] = Tally()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests without recordings first: other workers run them while one worker records."""
    items.sort(key=lambda item: "recordings" in getattr(item, "fixturenames", ()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send the counts of a worker to the process that prints them."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        tally = session.config.stash[_TALLY]
        output["tally"] = [dict(tally.compared), dict(tally.different)]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add the counts of a worker; a crashed worker has none."""
    compared, different = getattr(node, "workeroutput", {}).get("tally", ({}, {}))
    tally: Tally = node.config.stash[_TALLY]
    tally.compared.update(compared)
    tally.different.update(different)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the numbers of compared and of different responses."""
    tally = terminalreporter.config.stash[_TALLY]
    terminalreporter.section("compared with the real server")
    lines = [(group, number, tally.different[group]) for group, number in tally.compared.items()]
    total = ("all", tally.compared.total(), tally.different.total())
    for group, compared, different in [*sorted(lines), total]:
        terminalreporter.line(f"{group:<44} {compared:>6} compared {different:>6} differ")


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Tally:
    """The counts that the terminal summary prints."""
    return pytestconfig.stash[_TALLY]


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real server with the example graphs: GRAPHTAPE_LIVE_URL, or a new one."""
    if url := os.environ.get("GRAPHTAPE_LIVE_URL"):
        if "PYTEST_XDIST_WORKER" in os.environ:
            pytest.exit("expected one process with GRAPHTAPE_LIVE_URL, got several: add -n 0")
        yield url.rstrip("/")
        return
    folder = tmp_path_factory.mktemp("server")
    port = _free_port()
    command: list[str | Path] = [SERVERS / "langgraph-dev" / "start", str(port), folder]
    seed = os.environ.get("PYTHONHASHSEED", "0")  # tox chooses a random one.
    settings = {"JOBS": str(_JOBS), "PYTHONHASHSEED": seed}
    subprocess.run(command, check=True, env=os.environ | settings)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        subprocess.run([SERVERS / "stop", folder], check=True)


@pytest.fixture(scope="session")
def recordings(real: str, shared: Path) -> Recordings:
    """Recordings of a real server, made by the first worker that needs them."""
    return Recordings(make_once(shared / "recordings", partial(record_all, real)))


@pytest.fixture(scope="session")
def exact_mock(recordings: Recordings) -> Iterator[str]:
    """The URL of a mock that serves exact recordings without delays."""
    yield from _serve(recordings.exact, speed=0)


@pytest.fixture(scope="session")
def single_mock(recordings: Recordings) -> Iterator[str]:
    """The URL of a mock that serves recordings of one run each, without delays."""
    yield from _serve(recordings.single, speed=0)


@pytest.fixture(scope="session")
def paced_mock(recordings: Recordings) -> Iterator[str]:
    """The URL of a mock that serves exact recordings at the pace of the server."""
    yield from _serve(recordings.exact, speed=1)


@pytest.fixture(scope="session")
def mocks(exact_mock: str, single_mock: str) -> Mapping[str, str]:
    """The URLs of the mocks without delays, by the kind of recordings."""
    return {"exact recordings": exact_mock, "recordings of one run": single_mock}


@pytest.fixture(scope="session")
def comparison(real: str, recordings: Recordings, tally: Tally) -> Comparison:
    """Compares mocks with the real server."""
    return Comparison(real, recordings.url, read_graphs(), tally)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _serve(recordings: Path, speed: float) -> Iterator[str]:
    with BackgroundServer(Mock(load([recordings]), ReplayOptions(speed=speed))) as server:
        yield server.url

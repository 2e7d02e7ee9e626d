"""A real server, recordings made of it, mocks that serve them; and what came of the comparison."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from comparison import Comparison, Tally
from run_cases import GRAPHS, read_graphs

from understudy_mock.api.replay import Options
from understudy_mock.replay.library import load
from understudy_mock.server import BackgroundServer, Mock

SERVERS = Path(__file__).parent.parent / "servers"

_TALLY = pytest.StashKey[Tally]()
_RECORDERS = 6
"""Recordings that are made at the same time."""


def pytest_configure(config: pytest.Config) -> None:
    """Count from zero."""
    config.stash[_TALLY] = Tally()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many requests were compared, and how many answers differed."""
    tally = terminalreporter.config.stash[_TALLY]
    terminalreporter.section("compared with the real server")
    lines = [(group, number, tally.different[group]) for group, number in tally.compared.items()]
    total = ("all", tally.compared.total(), tally.different.total())
    for group, compared, different in [*sorted(lines), total]:
        terminalreporter.line(f"{group:<44} {compared:>6} compared {different:>6} differ")


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Tally:
    """What the terminal summary prints."""
    return pytestconfig.stash[_TALLY]


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real server with the example graphs: UNDERSTUDY_LIVE_URL, or one of our own."""
    if url := os.environ.get("UNDERSTUDY_LIVE_URL"):
        yield url.rstrip("/")
        return
    folder = tmp_path_factory.mktemp("server")
    port = _free_port()
    command: list[str | Path] = [SERVERS / "langgraph-dev" / "start", str(port), folder]
    subprocess.run(command, check=True, env=os.environ | {"JOBS": "10"})
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        subprocess.run([SERVERS / "stop", folder], check=True)


@pytest.fixture(scope="session")
def exact_recordings(real: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an exact recording of every input."""
    return _record(real, tmp_path_factory.mktemp("exact"), "--exact")


@pytest.fixture(scope="session")
def single_recordings(real: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recording of every input, made in one run each."""
    return _record(real, tmp_path_factory.mktemp("single"))


@pytest.fixture(scope="session")
def exact_mock(exact_recordings: Path) -> Iterator[str]:
    """The URL of a mock that serves exact recordings at once."""
    yield from _serve(exact_recordings, speed=0)


@pytest.fixture(scope="session")
def single_mock(single_recordings: Path) -> Iterator[str]:
    """The URL of a mock that serves recordings of one run at once."""
    yield from _serve(single_recordings, speed=0)


@pytest.fixture(scope="session")
def paced_mock(exact_recordings: Path) -> Iterator[str]:
    """The URL of a mock that serves exact recordings at the pace of the server."""
    yield from _serve(exact_recordings, speed=1)


@pytest.fixture(scope="session", params=["exact", "single"])
def mock(request: pytest.FixtureRequest) -> str:
    """The URL of a mock, of either sort."""
    url: str = request.getfixturevalue(f"{request.param}_mock")
    return url


@pytest.fixture(scope="session")
def kind(mock: str, exact_mock: str) -> str:
    """Which sort of recordings the mock serves, in words."""
    return "exact recordings" if mock == exact_mock else "recordings of one run"


@pytest.fixture(scope="session")
def comparison(real: str, tally: Tally) -> Comparison:
    """Compares mocks with the real server."""
    return Comparison(real, read_graphs(), tally)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _record(url: str, folder: Path, *options: str) -> Path:
    """Record every input, several at a time: the recorder makes one run after the other."""
    inputs = json.loads((GRAPHS / "inputs.json").read_text())
    recorders: list[subprocess.Popen[bytes]] = []
    for number in range(_RECORDERS):
        share = folder / f"inputs-{number}.json"
        share.write_text(json.dumps(inputs[number::_RECORDERS]))
        understudy = Path(sys.executable).with_name("understudy")
        command: list[str | Path] = [understudy, "record", url, "--inputs", share, "-o", folder]
        with (folder / f"recorder-{number}.log").open("wb") as log:
            recorders.append(subprocess.Popen([*command, *options], stdout=log, stderr=log))
    codes = [recorder.wait() for recorder in recorders]
    logs = [(folder / f"recorder-{number}.log").read_text() for number in range(_RECORDERS)]
    assert codes == [0] * _RECORDERS, "\n".join(logs)
    return folder


def _serve(recordings: Path, speed: float) -> Iterator[str]:
    with BackgroundServer(Mock(load([recordings]), Options(speed=speed))) as server:
        yield server.url

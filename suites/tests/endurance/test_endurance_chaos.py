"""Every program of ours ends within seconds, whatever its peers do and whenever it is told to."""

import signal
import sys
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest
from bad_deployments import Deployments, bad_deployments
from deployment_kinds import Kind, kinds
from programs import GRAPHTAPE, PYTEST, Ended, Program
from recordings_for_chaos import write_recordings
from rounds import ROUNDS, percentile, random_for, shares, table
from rude_clients import RudeClients

import graphtape_suites

BOUND = 5.0
"""Seconds within which a program ends once it was told to, or has nothing more to do."""
BUSY = 10.0
"""Seconds that a machine that does other work may take in addition."""
AT_ONCE = 3
"""Most of an end is waiting."""

SUITES = Path(graphtape_suites.__file__).parent

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Round = Callable[[Random, Path], Ended]


def tell(program: Program, random: Random, *signals: int) -> None:
    """Send one of *signals*, and sometimes a second one within half a second."""
    program.send(random.choice(signals))
    if random.random() < 0.5:
        threading.Event().wait(random.random() / 2)
        program.send(random.choice(signals))


def end_of_serve(random: Random, folder: Path) -> Ended:
    """End `graphtape serve` while clients misbehave."""
    command = (*GRAPHTAPE, "serve", folder.parent / "recordings", "--port", "0")
    with Program(command, folder) as program:
        greeting = program.wait_for_text("Press Ctrl-C to stop.")
        url = greeting.partition("answers at ")[2].split()[0]
        with closing(RudeClients(url, random)) as clients:
            clients.misbehave(random.randint(1, 6))
            tell(program, random, *SIGNALS)
            clients.be_late()
            return program.wait(BOUND + BUSY)


USER_TESTS = """
import threading
from pathlib import Path
from random import Random

from rude_clients import RudeClients

OPEN = []


def keep_coming(clients):
    while True:
        clients.be_late()
        threading.Event().wait(0.1)


def test_that_leaves_much_behind(graphtape_mock):
    clients = RudeClients(graphtape_mock.url, Random({seed!r}))
    OPEN.append(clients)
    clients.misbehave({times})
    if {late}:
        threading.Thread(target=keep_coming, args=(clients,), daemon=True).start()
    Path("begun").touch()
    print("begun", flush=True)
    threading.Event().wait({seconds})
"""


def end_of_plugin(random: Random, folder: Path) -> Ended:
    """End a session of pytest whose test misbehaves: by a signal, or because it is over."""
    seconds = random.choice((0, 60))
    tests = USER_TESTS.format(
        seed=random.random(),
        times=random.randint(1, 6),
        late=random.random() < 0.5,
        seconds=seconds,
    )
    (folder / "test_user.py").write_text(tests)
    (folder / "pytest.ini").write_text(
        f"[pytest]\npythonpath = {Path(__file__).parent}\n"
        f"graphtape_recordings = {folder.parent / 'recordings'}\n"
    )
    command = (*PYTEST, "-s", "test_user.py")
    with Program(command, folder) as program:
        program.wait_for_text("begun")
        if seconds:
            program.send(random.choice(SIGNALS))
        return program.wait(BOUND + BUSY)


@contextmanager
def asked(
    command: tuple[str | Path, ...], folder: Path, deployments: Deployments
) -> Generator[Program]:
    """Start a program and wait until it has asked its deployment for a run."""
    before = len(deployments.asked)
    with Program(command, folder) as program:
        tick = threading.Event()
        assert any(
            any(" /" in line and "/runs/" in line for line in deployments.asked[before:])
            or tick.wait(0.01)
            for _ in range(3000)
        ), program.output
        yield program


STREAMING: tuple[Kind, ...] = tuple(
    kind for kind in kinds() if kind.is_endless and kind.path == "run"
)


def end_with_deployment(command: Callable[[str, Path], tuple[str | Path, ...]]) -> Round:
    """Return a round that ends a client of a deployment that misbehaves."""

    def end(random: Random, folder: Path) -> Ended:
        kind = random.choice(STREAMING)
        with bad_deployments(STREAMING) as deployments:
            url = deployments.url_of(kind)
            with asked(command(url, folder), folder, deployments) as program:
                threading.Event().wait(random.random() / 2)
                tell(program, random, *SIGNALS)
                return program.wait(BOUND + BUSY)

    return end


def record(url: str, _: Path) -> tuple[str | Path, ...]:
    return (*GRAPHTAPE, "record", url, "--assistant", "agent", "--input", "{}")


def drift(url: str, folder: Path) -> tuple[str | Path, ...]:
    return (*GRAPHTAPE, "drift", folder.parent / "recordings" / "slow.jsonl", url)


def suites(url: str, folder: Path) -> tuple[str | Path, ...]:
    (folder / "pytest.ini").write_text("[pytest]\n")
    return (
        *(*PYTEST, "--confcutdir", SUITES, "--graphtape-url", url, "--graphtape-profile", "smoke"),
        *("--graphtape-assistant", "agent", "--graphtape-input", "{}"),
        *("--pyargs", "graphtape_suites.test_stream"),
    )


_KILLED = (-signal.SIGTERM, -signal.SIGHUP, -signal.SIGINT)

ENDS: dict[str, tuple[Round, frozenset[int]]] = {
    "serve": (end_of_serve, frozenset((0,))),
    "plugin": (end_of_plugin, frozenset((0, 2, *_KILLED))),
    "record": (end_with_deployment(record), frozenset((1, 2, *_KILLED))),
    "drift": (end_with_deployment(drift), frozenset((1, 2, *_KILLED))),
    "suites": (end_with_deployment(suites), frozenset((1, 2, *_KILLED))),
}
"""Each program, and its exit codes: a signal that the program leaves to the system kills it,
as a second Ctrl-C does while Python ends."""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("program", ENDS)
def test_a_program_ends_in_time(program: str, tmp_path: Path) -> None:
    write_recordings(tmp_path / "recordings")
    end, codes = ENDS[program]
    share = shares(ROUNDS.chaos, len(ENDS))[list(ENDS).index(program)]

    def end_round(number: int) -> Ended:
        folder = tmp_path / str(number)
        folder.mkdir()
        return end(random_for("chaos", number), folder)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ends = dict(zip(share, pool.map(end_round, share), strict=True))

    seconds = [ended.seconds for ended in ends.values()]
    row = (program, len(seconds), *(f"{percentile(seconds, p):.2f}" for p in (50, 99, 100)))
    print(table("how long each end took", ("program", "rounds", "median", "p99", "max"), [row]))
    wrong = [
        f"round {number}: {flaw}\n{ended.output}"
        for number, ended in ends.items()
        for flaw in _flaws(ended, codes)
    ]
    assert not wrong, "\n".join(wrong)


def _flaws(ended: Ended, codes: frozenset[int]) -> list[str]:
    flaws = {
        "not in time": not ended.in_time,
        "a traceback": ended.has_traceback,
        f"exit code {ended.code}": ended.code not in codes,
    }
    return [flaw for flaw, is_so in flaws.items() if is_so]

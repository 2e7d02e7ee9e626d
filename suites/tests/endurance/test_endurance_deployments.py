"""Deployments that misbehave: each client of them ends in time and memory, and says why."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from bad_deployments import bad_deployments
from deployment_kinds import EVENTS, Kind, kinds
from programs import GRAPHTAPE, PYTEST, Ended, Program
from rounds import ROUNDS, SEED, table

import graphtape_suites
from graphtape_mock.recordings.file import read

TIMEOUT, MAX_TIME, MAX_MEGABYTES = 1, 3, 16
END_SECONDS, BUSY_SECONDS = 5.0, 20.0
AT_ONCE = 3

SUITES = Path(graphtape_suites.__file__).parent
LIMITS = ("timeout", TIMEOUT), ("max-time", MAX_TIME), ("max-bytes", f"{MAX_MEGABYTES}MB")

Command = Callable[[str, Path], tuple[str | Path, ...]]


def record(url: str, folder: Path) -> tuple[str | Path, ...]:
    limits = (f"--{name}={value}" for name, value in LIMITS)
    request = ("--assistant", "agent", "--input", "{}")
    return (*GRAPHTAPE, "record", url, *request, "-o", folder / "recordings", *limits)


def drift(url: str, folder: Path) -> tuple[str | Path, ...]:
    limits = (f"--{name}={value}" for name, value in LIMITS)
    return (*GRAPHTAPE, "drift", *limits, folder.parent / "good.jsonl", url)


def suites(url: str, folder: Path) -> tuple[str | Path, ...]:
    limits = (f"--graphtape-{name}={value}" for name, value in LIMITS)
    (folder / "pytest.ini").write_text("[pytest]\n")
    return (
        *(*PYTEST, "--confcutdir", SUITES, "--graphtape-url", url, "--graphtape-profile", "smoke"),
        *("--graphtape-assistant", "agent", "--graphtape-input", "{}", *limits),
        *("--pyargs", "graphtape_suites.test_stream", "graphtape_suites.test_wait"),
    )


@dataclass(frozen=True, slots=True)
class Client:
    """A client of a deployment, and its bounds."""

    command: Command
    skipped: int
    """One of each such number of kinds is tried."""
    seconds: float
    """Its own work, within which it does not look at the time."""
    megabytes: float
    """The most memory: what it imports, and bodies as chunks, decoded, as lines and as JSON."""
    tells_all_apart: bool = False
    """Whether its exit code says what kind of response it got."""

    @property
    def bound(self) -> float:
        """The seconds that it may take."""
        return MAX_TIME + END_SECONDS + BUSY_SECONDS + self.seconds

    def chosen(self) -> list[Kind]:
        """Return the kinds to try, others for each seed where not all are tried."""
        return list(kinds())[sum(SEED.encode()) % self.skipped :: self.skipped]

    def codes(self, kind: Kind) -> frozenset[int]:
        """Return the exit codes that it may end with."""
        return kind.codes if self.tells_all_apart else frozenset((0, 1, 2))


CLIENTS: dict[str, Client] = {
    "record": Client(record, ROUNDS.kinds_skipped, 0, 200, tells_all_apart=True),
    "drift": Client(drift, ROUNDS.kinds_skipped, 0, 200),
    "suites": Client(suites, ROUNDS.kinds_skipped_by_suites, 20, 400),
}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_of_a_bad_deployment_ends_and_says_why(name: str, tmp_path: Path) -> None:
    client = CLIENTS[name]
    tried = client.chosen()

    with bad_deployments(kinds()) as deployments:
        good = record(deployments.url_of(kinds()[0]), tmp_path)
        with Program(good, tmp_path) as program:
            assert program.wait(60).code == 0, program.output
        (tmp_path / "recordings" / "agent.jsonl").rename(tmp_path / "good.jsonl")

        def end(kind: Kind) -> Ended:
            folder = tmp_path / kind.name
            folder.mkdir()
            with Program(client.command(deployments.url_of(kind), folder), folder) as program:
                return program.wait(client.bound)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            ends = dict(zip(tried, pool.map(end, tried), strict=True))

    print(table(name, ("kind", "code", "s", "MB", "said"), (_row(k, e) for k, e in ends.items())))
    wrong = [
        f"{kind.name}: {flaw}\n{ended.output[-1500:]}"
        for kind, ended in ends.items()
        for flaw in _flaws(client, kind, ended)
    ]
    assert not wrong, "\n".join(wrong)


def _row(kind: Kind, ended: Ended) -> tuple[object, ...]:
    said = ended.last_words.encode("ascii", "backslashreplace").decode()
    return kind.name, ended.code, f"{ended.seconds:.1f}", f"{ended.megabytes:.0f}", said[:160]


def _flaws(client: Client, kind: Kind, ended: Ended) -> list[str]:
    flaws = {
        "not in time": not ended.in_time,
        "a traceback": ended.has_traceback,
        "said nothing": not ended.last_words,
        "a raw control character": "\x1b" in ended.output or "\x9b" in ended.output,
        f"exit code {ended.code}": ended.code not in client.codes(kind),
        f"{ended.megabytes:.0f} MB": ended.megabytes > client.megabytes,
    }
    return [flaw for flaw, is_so in flaws.items() if is_so]


def test_a_good_deployment_is_recorded_whole(tmp_path: Path) -> None:
    kind = kinds()[0]
    with (
        bad_deployments((kind,)) as deployments,
        Program(record(deployments.url_of(kind), tmp_path), tmp_path) as program,
    ):
        assert program.wait(60).code == 0, program.output

    (run,) = read(tmp_path / "recordings" / "agent.jsonl").runs
    assert sum(frame.event is not None for frame in run.frames) == EVENTS

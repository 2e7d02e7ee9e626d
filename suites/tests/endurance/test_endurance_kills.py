"""What is recorded survives a kill, a full disk and a second recorder, and is never doubled."""

import os
import resource
import signal
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from bad_deployments import Deployments, bad_deployments
from deployment_kinds import END, METADATA, STREAM, Kind, Pause, chunk, event
from programs import GRAPHTAPE, PYTEST, Program
from rounds import ROUNDS, random_for, shares, table

from graphtape_contracts import End, Exchange
from graphtape_mock.recordings.file import read
from graphtape_mock.recordings.recording import BrokenRecording

EVENTS = 60
PAUSE = 0.005
LAG = 0.4
"""Seconds within which a frame that was sent is in a file, on a machine that does other work."""
HELD_BACK = 1
"""Frames that a recorder may hold back, to look for secrets that are split over frames."""
SECONDS = 60.0


def numbered(name: str, count: int, pause: float, **more: object) -> Kind:
    """Return a deployment whose stream has *count* numbered events."""
    blocks = (chunk(event("values", {"n": number} | more)) for number in range(count))
    steps = (step for block in blocks for step in (block, Pause(pause)))
    return Kind(name, (STREAM + chunk(METADATA), *steps, END), frozenset((0,)))


SLOW = numbered("slow", EVENTS, PAUSE)
CHANGED = numbered("changed", EVENTS, PAUSE, added=1)
LARGE = numbered("large", 400, 0.0, text="x" * 10_000)
KINDS = (SLOW, CHANGED, LARGE)


def files(folder: Path) -> list[Path]:
    """Return the recordings and drafts in *folder*."""
    return sorted(
        file for file in folder.rglob("*") if file.name.endswith((".jsonl", ".draft", ".clean"))
    )


def runs(folder: Path) -> list[Exchange]:
    """Return the runs in all files of *folder*; a file without its first line has none."""
    found: list[Exchange] = []
    for file in files(folder):
        with suppress(BrokenRecording):  # A first line that is torn; `flaws_of` misses no frame.
            found += read(file).runs
    return found


def numbers(run: Exchange) -> list[int]:
    """Return the numbers of the events of *run*."""
    events = (frame for frame in run.frames if frame.event == "values")
    return [
        int((frame.data or "").partition('"n":')[2].partition("}")[0].split(",")[0])
        for frame in events
    ]


def flaws_of(found: list[Exchange], whole: int) -> list[str]:
    """Return what is wrong with recorded runs: torn and taken for whole, lost between, doubled."""
    flaws: list[str] = []
    for run in found:
        got = numbers(run)
        is_whole = run.end is End.COMPLETE and run.response.status == 200
        flaws += ["torn, taken for whole"] if is_whole and len(got) != whole else []
        flaws += ["lost or doubled"] if got != list(range(len(got))) else []
    return flaws


def wait_for_run(deployments: Deployments, program: Program) -> None:
    """Wait until the deployment is asked for a run."""
    tick = threading.Event()
    assert any(deployments.runs or tick.wait(0.005) for _ in range(4000)), program.output


def record(url: str, folder: Path, *options: str) -> tuple[str | Path, ...]:
    command = (*GRAPHTAPE, "record", url, "--assistant", "agent", "--input", "{}")
    return (*command, "-o", folder, *options)


def kill(program: Program, deployments: Deployments, kind: Kind, random: Random) -> int:
    """Kill *program* at a random moment of its run; return the events that must be in a file."""
    wait_for_run(deployments, program)
    tick = threading.Event()
    tick.wait(random.random() * EVENTS * PAUSE * 2)
    sent = deployments.steps.get(kind.name, 0)
    lag = random.choice((LAG, LAG, 0.0))
    tick.wait(lag)
    program.send(signal.SIGKILL)
    program.wait(SECONDS)
    return max(0, sent // 2 - HELD_BACK) if lag else 0


def kill_recorder(random: Random, folder: Path) -> list[str]:
    """Kill a recorder, and let the next one pick up what it left."""
    recordings = folder / "recordings"
    with bad_deployments(KINDS) as deployments:
        command = record(deployments.url_of(SLOW), recordings)
        with Program(command, folder, LANGGRAPH_API_KEY="key-of-the-user") as program:
            sent = kill(program, deployments, SLOW, random)
        before = sorted(len(numbers(run)) for run in runs(recordings))
        flaws = flaws_of(runs(recordings), EVENTS)
        flaws += ["lost"] if max((0, *before)) < sent else []
        with Program((*command, "--name", "again"), folder) as program:
            assert program.wait(SECONDS).code == 0, program.output
    after = sorted(len(numbers(run)) for run in runs(recordings))
    flaws += flaws_of(runs(recordings), EVENTS)
    flaws += ["lost when picked up"] if after != sorted((*filter(None, before), EVENTS)) else []
    flaws += ["a draft is left"] if list(folder.rglob("*.draft")) else []
    return flaws


USER_TESTS = """
import urllib.request


def test_that_records(graphtape_mock):
    body = b'{"assistant_id":"agent","input":{}}'
    with urllib.request.urlopen(graphtape_mock.url + "/runs/wait", body, timeout=20) as response:
        response.read()
"""


def kill_plugin(random: Random, folder: Path) -> list[str]:
    """Kill a test session while it records a run that is missing."""
    recordings = folder / "recordings"
    recordings.mkdir()
    (folder / "test_user.py").write_text(USER_TESTS)
    (folder / "pytest.ini").write_text(f"[pytest]\ngraphtape_recordings = {recordings}\n")
    with bad_deployments(KINDS) as deployments:
        url = deployments.url_of(SLOW)
        options = ("--graphtape-record", "new_episodes", "--graphtape-upstream", url)
        with Program((*PYTEST, *options), folder) as program:
            sent = kill(program, deployments, SLOW, random)
    found = runs(recordings)
    most = max((0, *(len(numbers(run)) for run in found)))
    return flaws_of(found, EVENTS) + (["lost"] if most < sent else [])


def kill_drift(random: Random, folder: Path) -> list[str]:
    """Kill `drift --update`: the recording is the old one or the new one, and whole."""
    recordings = folder / "recordings"
    with bad_deployments(KINDS) as deployments:
        with Program(record(deployments.url_of(SLOW), recordings), folder) as program:
            assert program.wait(SECONDS).code == 0, program.output
        deployments.asked.clear()
        (file,) = recordings.glob("*.jsonl")
        command = (*GRAPHTAPE, "drift", "--update", file, deployments.url_of(CHANGED))
        with Program(command, folder) as program:
            kill(program, deployments, CHANGED, random)
    (run,) = read(file).runs
    is_whole = run.end is End.COMPLETE and len(numbers(run)) == EVENTS
    visible = list(recordings.glob("*.jsonl"))
    return ([] if is_whole else ["the recording is torn"]) + (
        ["doubled"] if visible != [file] else []
    )


KILLS: dict[str, Callable[[Random, Path], list[str]]] = {
    "recorder": kill_recorder,
    "plugin": kill_plugin,
    "drift": kill_drift,
}


@pytest.mark.parametrize("program", KILLS)
def test_a_kill_loses_and_doubles_nothing(program: str, tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    for number in shares(ROUNDS.kills, len(KILLS))[list(KILLS).index(program)]:
        folder = tmp_path / str(number)
        folder.mkdir()
        counts.update(KILLS[program](random_for("kills", number), folder) or ["good"])

    print(
        table("kills", ("program", "result", "rounds"), ((program, *row) for row in counts.items()))
    )
    assert set(counts) == {"good"}


def limit_files() -> None:  # pragma: no cover - in a process that becomes another program
    """Let files of this process grow to a megabyte, as a full disk does."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))


def test_a_recorder_whose_disk_is_full_says_so(tmp_path: Path) -> None:
    with (
        bad_deployments(KINDS) as deployments,
        Program(
            record(deployments.url_of(LARGE), tmp_path / "r"), tmp_path, limit_files
        ) as program,
    ):
        ended = program.wait(SECONDS)

    assert (ended.code, ended.has_traceback) == (2, False), ended.output
    assert os.strerror(27) in ended.output  # EFBIG
    assert not flaws_of(runs(tmp_path / "r"), 400)


def test_an_update_whose_disk_is_full_leaves_the_recording(tmp_path: Path) -> None:
    with bad_deployments(KINDS) as deployments:
        with Program(record(deployments.url_of(SLOW), tmp_path / "r"), tmp_path) as program:
            program.wait(SECONDS)
        (file,) = (tmp_path / "r").glob("*.jsonl")
        before = file.read_bytes()
        large = numbered("large", EVENTS, 0.0, text="x" * 50_000)
        with (
            bad_deployments((large,)) as others,
            Program(
                (*GRAPHTAPE, "drift", "--update", file, others.url_of(large)), tmp_path, limit_files
            ) as program,
        ):
            ended = program.wait(SECONDS)

    assert (ended.code, ended.has_traceback) == (2, False), ended.output
    assert file.read_bytes() == before
    assert list((tmp_path / "r").rglob("*.jsonl")) == [file]


@pytest.mark.parametrize(
    ("folder", "name"), [("a-file/recordings", "agent"), ("recordings", "x" * 250)]
)
def test_what_cannot_be_written_is_found_before_a_run(
    folder: str, name: str, tmp_path: Path
) -> None:
    (tmp_path / "a-file").touch()
    with (
        bad_deployments(KINDS) as deployments,
        Program(
            record(deployments.url_of(SLOW), tmp_path / folder, "--name", name), tmp_path
        ) as program,
    ):
        ended = program.wait(SECONDS)

    assert (ended.code, ended.has_traceback, deployments.runs) == (2, False, 0), ended.output


@pytest.mark.parametrize("options", [(), ("--force",)])
def test_two_recorders_of_one_name_keep_both_runs(options: tuple[str, ...], tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    with bad_deployments(KINDS) as deployments:
        command = record(deployments.url_of(SLOW), folder, "--name", "same", *options)
        with Program(command, tmp_path) as one, Program(command, tmp_path) as other:
            ended = [one.wait(SECONDS), other.wait(SECONDS)]

    whole = [run for run in runs(folder) if run.end is End.COMPLETE]
    assert not any(end.has_traceback for end in ended)
    assert not flaws_of(runs(folder), EVENTS)
    assert len(whole) == deployments.runs, [end.output for end in ended]

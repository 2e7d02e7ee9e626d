"""Tries the suites with one broken server: a session of pytest in this process."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import pytest
from broken_servers.server import BrokenMock, BrokenServer

from graphtape_mock.recordings.view import VIEW_FIELDS
from graphtape_mock.replay.library import Library, load
from graphtape_mock.replay.selection import request_body
from graphtape_mock.server.mock import bundled_recordings
from graphtape_mock.server.running import BackgroundServer
from graphtape_suites.checks.check import Check, check_of
from graphtape_suites.marks import VERDICT_ATTRIBUTE
from graphtape_suites.runner.target import EXPECTED_OF_THE_MOCK
from graphtape_suites.verdicts.results import Outcome, Verdict

SUITES = "graphtape_suites"
FOUND = "found"
"""The name of the property of a test that tells what was found broken."""
_NEEDS = {"clients": "langgraph-sdk", "fuzz": "schemathesis"}
"""What must be installed, by suite."""


class Collecting:
    """Collects the verdicts of a session.

    What explores or reads all answers once more is left out, but for the promise in question: it
    takes its time to find what others find as well.
    """

    def __init__(self, promise: str) -> None:
        self.verdicts: list[Verdict] = []
        self._promise = promise

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what takes its time."""
        items[:] = [item for item in items if is_tried(check_of(item), self._promise)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the verdict of a test."""
        if text := getattr(report, VERDICT_ATTRIBUTE, None):
            self.verdicts.append(Verdict.from_json(json.loads(text)))


def is_tried(about: Check | None, promise: str) -> bool:
    """Whether a test *about* something is run to find *promise* broken."""
    if about is None or about.id == promise:
        return True
    return not about.is_property and not about.id.startswith("clients.")


def verdicts_on(broken: BrokenServer, folder: Path, *options: str) -> list[Verdict]:
    """Return what the suites say of *broken*; *folder* is for files that they need."""
    collecting = Collecting(broken.requirement)
    with served(broken) as url:
        pytest.main([*arguments(broken, url, folder), *options], plugins=[collecting])
    return collecting.verdicts


def arguments(broken: BrokenServer, url: str, folder: Path) -> list[str]:
    """Return what pytest is told to try *broken*, which is at *url*; *folder* is for files."""
    inputs = folder / "inputs.json"
    inputs.write_text(json.dumps(list(_jobs(broken.runs))), encoding="utf-8")
    return [
        *("-c", str(_no_settings(folder)), "--rootdir", str(folder), "--pyargs", SUITES),
        # `--confcutdir` is by default the folder of the settings, and ours is beside it.
        *("--confcutdir", str(EXPECTED_OF_THE_MOCK.parent)),
        # Without rewriting nothing complains that modules are imported already.
        *("--assert=plain", "--tb=no", "--capture=no", "-q", "-p", "no:cacheprovider"),
        *("-p", "no:faulthandler", "-p", "no:unraisableexception"),
        f"--graphtape-url={url}",
        f"--graphtape-input=@{inputs}",
        f"--graphtape-profile={broken.profile}",
        f"--graphtape-expected-failures={EXPECTED_OF_THE_MOCK}",
        *("--graphtape-deterministic", "--graphtape-concurrency=8"),
        *("--graphtape-max-runs=10000", "--graphtape-timeout=20"),
        *broken.options,
    ]


def found_broken(verdicts: list[Verdict]) -> list[str]:
    """Return the ids of the promises that were found broken or could not be tried, each once."""
    red = (Outcome.FAILED, Outcome.NOT_EXERCISED)
    return list(dict.fromkeys(v.requirement for v in verdicts if v.outcome in red))


def told(broken: BrokenServer, found: list[str]) -> str:
    """Return a line that says which promises of *broken* were *found* broken."""
    also = ", ".join(promise for promise in found if promise != broken.requirement)
    verdict = "found " if broken.requirement in found else "MISSED"
    return f"{verdict} {broken}" + (f"  (also {also})" if also else "")


def is_there_what_tries(promise: str) -> bool:
    """Whether what the test of *promise* needs is installed."""
    needed = _NEEDS.get(promise.partition(".")[0])
    return needed is None or any(found.name == needed for found in distributions())


@cache
def recorded() -> Library:
    """The bundled recordings."""
    return load([bundled_recordings()])


def _jobs(names: tuple[str, ...]) -> Iterator[dict[str, object]]:
    """Yield what is run, as a file of inputs says it."""
    first = {run.name: run for run in reversed(recorded().runs)}
    for name in names:
        body = request_body(first[name].exchanges[0])
        further = {k: v for k, v in body.items() if k not in ("assistant_id", *VIEW_FIELDS)}
        job: dict[str, object] = {"name": name, "assistant": body["assistant_id"]}
        if "input" in further:
            job["input"] = further.pop("input")
        yield {**job, "body": further}


def _no_settings(folder: Path) -> Path:
    path = folder / "pytest.ini"
    path.write_text("[pytest]\n", encoding="utf-8")
    return path


@contextmanager
def served(broken: BrokenServer) -> Generator[str]:
    """Serve *broken*; the value is its URL."""
    with BackgroundServer(BrokenMock(recorded(), broken)) as server:
        yield server.url

"""Tries the suites with one broken server: a session of pytest in this process."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import pytest
from broken_servers import SERVERS
from broken_servers.server import BrokenMock, BrokenServer

from understudy_mock.replay.library import Library, load
from understudy_mock.replay.projection import request_body
from understudy_mock.server import BackgroundServer, bundled_recordings
from understudy_mock.view import VIEW_FIELDS
from understudy_suites.outcome import VERDICT_ATTRIBUTE
from understudy_suites.promises import promise_of
from understudy_suites.results import Outcome, Verdict
from understudy_suites.target import EXPECTED_OF_THE_MOCK

SUITES = "understudy_suites"
FOUND: dict[BrokenServer, list[str]] = {}
"""What was found broken of each server that was tried, for the summary."""
_NEEDS = {"clients": "langgraph-sdk", "fuzz": "schemathesis"}
"""What must be installed, by suite."""


class Collecting:
    """Collects the verdicts of a session.

    What explores is left out, but for the promise in question: it finds what all the others find,
    and takes its time to make it small.
    """

    def __init__(self, promise: str) -> None:
        self.verdicts: list[Verdict] = []
        self._promise = promise

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what explores."""
        items[:] = [
            item
            for item in items
            if (about := promise_of(item)) and (about.id == self._promise or not about.explores)
        ]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the verdict of a test."""
        if text := getattr(report, VERDICT_ATTRIBUTE, None):
            self.verdicts.append(Verdict.from_json(json.loads(text)))


def verdicts_on(broken: BrokenServer, folder: Path, *options: str) -> list[Verdict]:
    """Return what the suites say of *broken*; *folder* is for files that they need."""
    inputs = folder / "inputs.json"
    inputs.write_text(json.dumps(list(_jobs(broken.runs))), encoding="utf-8")
    collecting = Collecting(broken.promise)
    with _served(broken) as url:
        arguments = [
            *("-c", str(_no_settings(folder)), "--rootdir", str(folder), "--pyargs", SUITES),
            # `--confcutdir` is by default the folder of the settings, and ours is beside it.
            *("--confcutdir", str(EXPECTED_OF_THE_MOCK.parent)),
            # Without rewriting nothing complains that modules are imported already.
            *("--assert=plain", "-p", "no:cacheprovider"),
            *("-p", "no:faulthandler", "-p", "no:unraisableexception"),
            f"--understudy-url={url}",
            f"--understudy-input=@{inputs}",
            f"--understudy-profile={broken.profile}",
            f"--understudy-expected-failures={EXPECTED_OF_THE_MOCK}",
            *("--understudy-repeatable", "--understudy-concurrency=8"),
            *("--understudy-max-runs=10000", "--understudy-timeout=20"),
            *broken.options,
            *options,
        ]
        pytest.main(arguments, plugins=[collecting])
    if broken in SERVERS:
        FOUND[broken] = found_broken(collecting.verdicts)
    return collecting.verdicts


def found_broken(verdicts: list[Verdict]) -> list[str]:
    """Return the ids of the promises that were found broken, each once."""
    return list(dict.fromkeys(v.promise for v in verdicts if v.outcome is Outcome.BROKEN))


def is_there_what_tries(promise: str) -> bool:
    """Whether what the test of *promise* needs is installed."""
    needed = _NEEDS.get(promise.partition(".")[0], "understudy")
    return any(found.name == needed for found in distributions())


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
def _served(broken: BrokenServer) -> Generator[str]:
    with BackgroundServer(BrokenMock(recorded(), broken)) as server:
        yield server.url

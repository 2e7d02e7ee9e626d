"""Runs the suites against one broken server: a pytest session in this process."""

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
"""The name of the test property that lists the failed requirements."""
_NEEDS = {"clients": "langgraph-sdk", "fuzz": "schemathesis"}
"""Suites that need another distribution, with its name."""


class Collecting:
    """A pytest plugin that collects the verdicts of a session.

    It deselects slow tests (random requests, the SDK) of other requirements than *requirement*,
    because they find the same faults as other tests.
    """

    def __init__(self, requirement: str) -> None:
        """Collect the verdicts of a server that must fail *requirement*."""
        self.verdicts: list[Verdict] = []
        self._requirement = requirement

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Deselect slow tests."""
        items[:] = [item for item in items if is_tried(check_of(item), self._requirement)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Store the verdict of a test."""
        if text := getattr(report, VERDICT_ATTRIBUTE, None):
            self.verdicts.append(Verdict.from_json(json.loads(text)))


def is_tried(check: Check | None, requirement: str) -> bool:
    """Return whether a server that must fail *requirement* is tried with the test of *check*."""
    if check is None or check.id == requirement:
        return True
    return not check.is_property and not check.id.startswith("clients.")


def verdicts_on(broken: BrokenServer, folder: Path, *options: str) -> list[Verdict]:
    """Return the verdicts of the suites on *broken*. Their files are written into *folder*."""
    collecting = Collecting(broken.requirement)
    with served(broken) as url:
        pytest.main([*arguments(broken, url, folder), *options], plugins=[collecting])
    return collecting.verdicts


def arguments(broken: BrokenServer, url: str, folder: Path) -> list[str]:
    """Write the files that the suites need into *folder*; return the options of pytest."""
    inputs = folder / "inputs.json"
    inputs.write_text(json.dumps(list(_jobs(broken.runs))), encoding="utf-8")
    return [
        *("-c", str(_no_settings(folder)), "--rootdir", str(folder), "--pyargs", SUITES),
        # By default, pytest would ignore a conftest.py outside the folder of pytest.ini.
        *("--confcutdir", str(EXPECTED_OF_THE_MOCK.parent)),
        # Assertion rewriting would warn that the modules are already imported.
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


def failed_requirements(verdicts: list[Verdict]) -> list[str]:
    """Return the ids, without duplicates, of requirements that failed or were not exercised."""
    red = (Outcome.FAILED, Outcome.NOT_EXERCISED)
    return list(dict.fromkeys(v.requirement for v in verdicts if v.outcome in red))


def summary_line(broken: BrokenServer, found: list[str]) -> str:
    """Return a summary line for *broken*; *found* are the requirements that failed."""
    also = ", ".join(other for other in found if other != broken.requirement)
    verdict = "found " if broken.requirement in found else "MISSED"
    return f"{verdict} {broken}" + (f"  (also {also})" if also else "")


def can_try(requirement: str) -> bool:
    """Return whether the package is installed that the test of *requirement* needs."""
    needed = _NEEDS.get(requirement.partition(".")[0])
    return needed is None or any(found.name == needed for found in distributions())


@cache
def recorded() -> Library:
    """The bundled recordings."""
    return load([bundled_recordings()])


def _jobs(names: tuple[str, ...]) -> Iterator[dict[str, object]]:
    """Yield the entries of an inputs file for the recordings *names*."""
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
    """Serve *broken* during the `with` block; yield its URL."""
    with BackgroundServer(BrokenMock(recorded(), broken)) as server:
        yield server.url

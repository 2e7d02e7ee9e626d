"""Each broken server fails the expected requirement of the suites."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from broken_servers import ONE_A_FAMILY, SERVERS, UNCHANGED
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer
from offline import LIVE_ONLY, Offline, kind_of
from trying import FOUND, can_try, failed_requirements, summary_line, verdicts_on

from graphtape_contracts.finding import Level
from graphtape_suites.checks.check import all_checks
from graphtape_suites.verdicts.results import Outcome, Verdict

WITHOUT_SERVER = {
    "clients.refusal": "the SDK gets a response that was already read: its status cannot differ",
    "data.checkpoints": "no recording has checkpoints: langgraph-api keeps none for these runs",
    "endpoints.thread-state": "no scenario requests the state of a thread",
    "order.end-shown": "holds for Aegra only, and the recordings are of langgraph-api",
    "reconnect.ids-unique": "the mock fails it as the recorded server does",
}
"""MUST and SHOULD requirements that no broken server fails, with the reason."""


IN_ORDER = sorted(SERVERS, key=lambda server: (server.is_offline, kind_of(server)))
"""The servers in test order: live servers first, because some take seconds. The others are grouped
by kind: pytest-xdist gives each group to one process, which runs its scenarios once.
"""
KINDS = {kind_of(server): server for server in SERVERS if server.is_offline}


@pytest.mark.parametrize("server", IN_ORDER, ids=str)
def test_a_broken_server_fails_its_requirement(
    server: BrokenServer,
    offline: Offline,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    if not can_try(server.requirement):
        pytest.skip(f"the package that tests {server.requirement} is not installed")

    tried_offline = server.is_offline
    verdicts = offline.verdicts_on(server) if tried_offline else verdicts_on(server, tmp_path)

    found = failed_requirements(verdicts)
    record_property(FOUND, summary_line(server, found))
    assert server.requirement in found, [
        (verdict.outcome.value, verdict.reason)
        for verdict in verdicts
        if verdict.requirement == server.requirement
    ]


@pytest.mark.parametrize("server", ONE_A_FAMILY, ids=str)
def test_offline_and_live_fail_the_same_requirements(
    server: BrokenServer, offline: Offline, tmp_path: Path
) -> None:
    if not can_try(server.requirement):
        pytest.skip(f"the package that tests {server.requirement} is not installed")

    found_offline = failed_requirements(offline.verdicts_on(server))
    found_live = failed_requirements(verdicts_on(server, tmp_path))

    assert server.requirement in found_offline
    assert set(found_offline) == set(found_live) - LIVE_ONLY


@pytest.mark.parametrize("server", UNCHANGED, ids=str)
def test_an_unchanged_server_fails_nothing(
    server: BrokenServer, offline: Offline, tmp_path: Path
) -> None:
    verdicts = verdicts_on(server, tmp_path)

    assert [v for v in verdicts if v.outcome in (Outcome.FAILED, Outcome.NOT_EXERCISED)] == []
    assert Outcome.PASSED in {verdict.outcome for verdict in verdicts}
    if server.is_offline:
        live = [verdict for verdict in verdicts if verdict.requirement not in LIVE_ONLY]
        assert _outcomes(offline.verdicts_on(server)) == _outcomes(live)


@pytest.mark.parametrize("server", KINDS.values(), ids=map(str, KINDS))
def test_unchanged_responses_fail_nothing_offline(server: BrokenServer, offline: Offline) -> None:
    unchanged = replace(server, change=ResponseChange(lambda exchange: exchange))

    verdicts = offline.verdicts_on(unchanged)

    assert [v for v in verdicts if v.outcome in (Outcome.FAILED, Outcome.NOT_EXERCISED)] == []
    assert server.requirement in {v.requirement for v in verdicts if v.outcome is Outcome.PASSED}


def test_the_faults_have_unique_names() -> None:
    assert [name for name, n in Counter(map(str, SERVERS)).items() if n > 1] == []


def test_every_must_and_should_is_failed_by_a_server() -> None:
    broken = {server.requirement for server in SERVERS}
    binding = {
        id_
        for id_, check in all_checks().items()
        if check.level is not Level.NOTE and not id_.startswith("scenarios.")
    }

    assert broken <= set(all_checks())
    assert binding - broken == set(WITHOUT_SERVER)


def _outcomes(verdicts: list[Verdict]) -> dict[str, object]:
    """Return the outcome of each test, with its scenarios and counts of exchanges."""
    return {
        verdict.test.rpartition("/")[2]: (
            verdict.outcome,
            [(found.scenario, found.exchanges, found.failed) for found in verdict.scenarios],
        )
        for verdict in verdicts
    }

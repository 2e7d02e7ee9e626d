"""The suites miss nothing: each broken server is found out, by the promise that it breaks."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from broken_servers import ONE_A_FAMILY, SERVERS, WHOLE
from broken_servers.answering import answering
from broken_servers.server import BrokenServer
from offline import LIVE_ONLY, Offline, kind_of
from trying import FOUND, found_broken, is_there_what_tries, told, verdicts_on

from graphtape_contracts.finding import Level
from graphtape_suites.checks.check import all_checks
from graphtape_suites.verdicts.results import Outcome, Verdict

NOT_BROKEN = {
    "clients.refusal": "the SDK is given what was read already: its status is never another",
    "data.checkpoints": "no recording shows checkpoints: langgraph-api keeps none of these runs",
    "endpoints.thread-state": "nothing asks for the state of a thread",
    "order.end-shown": "a promise of Aegra, and the recordings are of langgraph-api",
    "reconnect.ids-unique": "the mock breaks it as the recorded server does",
}
"""Promises that bind for which there is no broken server, and why."""


IN_ORDER = sorted(SERVERS, key=lambda server: (server.is_offline, kind_of(server)))
"""Live ones first: some wait for seconds, meanwhile others are tried. Those of a kind together:
pytest-xdist gives them to one process, which plays the scenarios once.
"""
KINDS = {kind_of(server): server for server in SERVERS if server.is_offline}


@pytest.mark.parametrize("server", IN_ORDER, ids=str)
def test_a_broken_server_is_found_out(
    server: BrokenServer,
    offline: Offline,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    if not is_there_what_tries(server.requirement):
        pytest.skip(f"nothing is installed that tries {server.requirement}")

    tried_offline = server.is_offline
    verdicts = offline.verdicts_on(server) if tried_offline else verdicts_on(server, tmp_path)

    found = found_broken(verdicts)
    record_property(FOUND, told(server, found))
    assert server.requirement in found, [
        (verdict.outcome.value, verdict.reason)
        for verdict in verdicts
        if verdict.requirement == server.requirement
    ]


@pytest.mark.parametrize("server", ONE_A_FAMILY, ids=str)
def test_the_same_is_found_offline_and_live(
    server: BrokenServer, offline: Offline, tmp_path: Path
) -> None:
    if not is_there_what_tries(server.requirement):
        pytest.skip(f"nothing is installed that tries {server.requirement}")

    found_offline = found_broken(offline.verdicts_on(server))
    found_live = found_broken(verdicts_on(server, tmp_path))

    assert server.requirement in found_offline
    assert set(found_offline) == set(found_live) - LIVE_ONLY


@pytest.mark.parametrize("server", WHOLE, ids=str)
def test_a_server_that_changes_nothing_is_not(
    server: BrokenServer, offline: Offline, tmp_path: Path
) -> None:
    verdicts = verdicts_on(server, tmp_path)

    assert [v for v in verdicts if v.outcome in (Outcome.FAILED, Outcome.NOT_EXERCISED)] == []
    assert Outcome.PASSED in {verdict.outcome for verdict in verdicts}
    if server.is_offline:
        live = [verdict for verdict in verdicts if verdict.requirement not in LIVE_ONLY]
        assert _told(offline.verdicts_on(server)) == _told(live)


@pytest.mark.parametrize("server", KINDS.values(), ids=map(str, KINDS))
def test_nothing_is_broken_offline_when_nothing_is_changed(
    server: BrokenServer, offline: Offline
) -> None:
    whole = replace(server, breaking=answering(lambda exchange: exchange))

    verdicts = offline.verdicts_on(whole)

    assert [v for v in verdicts if v.outcome in (Outcome.FAILED, Outcome.NOT_EXERCISED)] == []
    assert server.requirement in {v.requirement for v in verdicts if v.outcome is Outcome.PASSED}


def test_no_two_servers_have_the_same_wrong() -> None:
    assert [name for name, n in Counter(map(str, SERVERS)).items() if n > 1] == []


def test_every_promise_that_binds_is_broken_by_a_server() -> None:
    broken = {server.requirement for server in SERVERS}
    binding = {
        id_
        for id_, promise in all_checks().items()
        if promise.level is not Level.NOTE and not id_.startswith("scenarios.")
    }

    assert broken <= set(all_checks())
    assert binding - broken == set(NOT_BROKEN)


def _told(verdicts: list[Verdict]) -> dict[str, object]:
    """Return by test what it says, and of how many exchanges of which scenarios."""
    return {
        verdict.test.rpartition("/")[2]: (
            verdict.outcome,
            [(found.scenario, found.exchanges, found.broken) for found in verdict.scenarios],
        )
        for verdict in verdicts
    }

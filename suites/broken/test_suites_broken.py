"""The suites miss nothing: each broken server is found out, by the promise that it breaks."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from broken_servers import SERVERS, WHOLE
from broken_servers.server import BrokenServer
from trying import FOUND, found_broken, is_there_what_tries, told, verdicts_on

from graphtape_contracts.finding import Level
from graphtape_suites.checks.check import all_checks
from graphtape_suites.verdicts.results import Outcome

NOT_BROKEN = {
    "clients.refusal": "the SDK is given what was read already: its status is never another",
    "data.checkpoints": "no recording shows checkpoints: langgraph-api keeps none of these runs",
    "folding.values": "the suites do not know how a graph makes its state of the updates",
    "endpoints.thread-state": "nothing asks for the state of a thread",
    "order.end-shown": "a promise of Aegra, and the recordings are of langgraph-api",
    "reconnect.ids-unique": "the mock breaks it as the recorded server does",
}
"""Promises that bind for which there is no broken server, and why."""


@pytest.mark.parametrize("server", SERVERS, ids=str)
def test_a_broken_server_is_found_out(
    server: BrokenServer, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    if not is_there_what_tries(server.requirement):
        pytest.skip(f"nothing is installed that tries {server.requirement}")

    verdicts = verdicts_on(server, tmp_path)

    found = found_broken(verdicts)
    record_property(FOUND, told(server, found))
    assert server.requirement in found, [
        (verdict.outcome.value, verdict.reason)
        for verdict in verdicts
        if verdict.requirement == server.requirement
    ]


@pytest.mark.parametrize("server", WHOLE, ids=str)
def test_a_server_that_changes_nothing_is_not(server: BrokenServer, tmp_path: Path) -> None:
    verdicts = verdicts_on(server, tmp_path)

    assert [v for v in verdicts if v.outcome in (Outcome.FAILED, Outcome.NOT_EXERCISED)] == []
    assert Outcome.PASSED in {verdict.outcome for verdict in verdicts}


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

"""The suites miss nothing: each broken server is found out, by the promise that it breaks."""

from collections import Counter
from pathlib import Path

import pytest
from broken_servers import SERVERS, WHOLE
from broken_servers.server import BrokenServer
from trying import found_broken, is_there_what_tries, verdicts_on

from understudy_contracts.finding import Level
from understudy_suites.promises import all_promises
from understudy_suites.results import Outcome

NOT_BROKEN = {
    "data.checkpoints": "no recording shows checkpoints: langgraph-api keeps none of these runs",
    "clients.refusal": "the SDK reads what was read already: its status is never another",
}
"""Promises at MUST for which there is no broken server, and why."""


@pytest.mark.parametrize("server", SERVERS, ids=str)
def test_a_broken_server_is_found_out(server: BrokenServer, tmp_path: Path) -> None:
    if not is_there_what_tries(server.promise):
        pytest.skip(f"nothing is installed that tries {server.promise}")

    verdicts = verdicts_on(server, tmp_path)

    assert server.promise in found_broken(verdicts), [
        (verdict.outcome.value, verdict.reason)
        for verdict in verdicts
        if verdict.promise == server.promise
    ]


@pytest.mark.parametrize("server", WHOLE, ids=str)
def test_a_server_that_changes_nothing_is_not(server: BrokenServer, tmp_path: Path) -> None:
    verdicts = verdicts_on(server, tmp_path)

    outcomes = Counter(verdict.outcome for verdict in verdicts)
    assert [v for v in verdicts if v.outcome in (Outcome.BROKEN, Outcome.UNTRIED)] == []
    assert outcomes[Outcome.KEPT] > 0.8 * len(verdicts)


def test_no_two_servers_have_the_same_wrong() -> None:
    assert [name for name, n in Counter(map(str, SERVERS)).items() if n > 1] == []


def test_every_promise_that_binds_all_servers_is_broken_by_one() -> None:
    broken = {server.promise for server in SERVERS}
    binding = {
        id_
        for id_, promise in all_promises().items()
        if promise.level is Level.MUST and not id_.startswith("scenarios.")
    }

    assert broken <= set(all_promises())
    assert binding - broken == set(NOT_BROKEN)

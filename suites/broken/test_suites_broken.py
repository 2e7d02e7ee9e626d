"""The suites miss nothing: each broken server is found out, by the promise that it breaks."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from broken_servers import SERVERS, WHOLE
from broken_servers.server import BrokenServer
from trying import FOUND, found_broken, is_there_what_tries, verdicts_on

from understudy_contracts.finding import Level
from understudy_suites.promises import all_promises
from understudy_suites.results import Outcome

NOT_BROKEN = {
    "data.checkpoints": "no recording shows checkpoints: langgraph-api keeps none of these runs",
    "clients.refusal": "the SDK reads what was read already: its status is never another",
}
"""Promises at MUST for which there is no broken server, and why."""


def told(server: BrokenServer, found: list[str]) -> str:
    """Return a line that says which promises of *server* were found broken."""
    also = ", ".join(promise for promise in found if promise != server.promise)
    verdict = "found " if server.promise in found else "MISSED"
    return f"{verdict} {server}" + (f"  (also {also})" if also else "")


@pytest.mark.parametrize("server", SERVERS, ids=str)
def test_a_broken_server_is_found_out(
    server: BrokenServer, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    if not is_there_what_tries(server.promise):
        pytest.skip(f"nothing is installed that tries {server.promise}")

    verdicts = verdicts_on(server, tmp_path)

    found = found_broken(verdicts)
    record_property(FOUND, told(server, found))
    assert server.promise in found, [
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

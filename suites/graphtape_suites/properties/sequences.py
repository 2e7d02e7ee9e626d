"""Sequences of runs as a state machine: streamed, abandoned, waited for and refused."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from graphtape_contracts import Exchange, Request
from graphtape_mock.deployment.budget import BudgetExhausted
from graphtape_mock.deployment.client import StopWhen
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_suites.checks.run_tags import foreign_run_tags
from graphtape_suites.runner.client import STREAM, WAIT, ScenarioClient, fresh_id
from graphtape_suites.scenarios.disconnect import after
from graphtape_suites.scenarios.isolation import RUN_TAG

MODES = (["values"], ["updates", "messages-tuple"], ["messages", "tasks"], ["debug", "custom"])


class Sequences(RuleBasedStateMachine):
    """Makes runs with one client, and calls *check* with it at the end of the sequence.

    *check* is not called if the budget allowed none of the runs.
    """

    def __init__(self, client: ScenarioClient, check: Callable[[ScenarioClient], None]) -> None:
        super().__init__()
        self._client = client
        self._check = check
        self._pool = ThreadPoolExecutor(client.target.settings.concurrency)
        self._pending: list[Future[Exchange]] = []
        self._spent = False
        self._finished = 0

    def _may_start(self) -> bool:
        return not self._spent and len(self._pending) < self._client.target.settings.concurrency

    def _is_busy(self) -> bool:
        return bool(self._pending)

    @precondition(_may_start)
    @rule(modes=st.sampled_from(MODES), path=st.sampled_from((STREAM, WAIT)))
    def start(self, modes: list[str], path: str) -> None:
        """Start a run without waiting for it."""
        self._start(path, modes)

    @precondition(_may_start)
    @rule(modes=st.sampled_from(MODES), events=st.integers(1, 4))
    def start_and_leave(self, modes: list[str], events: int) -> None:
        """Start a stream whose client hangs up after some events."""
        self._start(STREAM, modes, stop_when=after(events))

    @precondition(_is_busy)
    @rule()
    def finish(self) -> None:
        """Wait for the run that started first."""
        self._finish(self._pending.pop(0))

    @precondition(_may_start)
    @rule(path=st.sampled_from((STREAM, WAIT)))
    def send_wrong_request(self, path: str) -> None:
        """Request a run without an assistant."""
        try:
            exchange = self._client.send(Request("POST", path, (("accept", "*/*"),), b"{}"))
        except BudgetExhausted:
            self._spent = True
            return
        if not 400 <= exchange.response.status < 500:
            self._client.complain(
                f"expected 4xx for an empty request, got {exchange.response.status}"
            )

    @rule()
    def fetch_info(self) -> None:
        """Request `GET /info`."""
        try:
            self._client.fetch("GET", "/info")
        except BudgetExhausted:  # The time is over.
            self._spent = True

    def teardown(self) -> None:
        """Wait for all pending runs, and check all exchanges."""
        for future in self._pending:
            self._finish(future)
        self._pool.shutdown()
        if self._spent and not self._finished:
            return
        if found := foreign_run_tags(self._client.exchanges):
            self._client.complain(found)
        self._check(self._client)

    def _start(self, path: str, modes: list[str], stop_when: StopWhen | None = None) -> None:
        metadata = {RUN_TAG: fresh_id()}
        request = self._client.request(path, {"stream_mode": modes, "metadata": metadata})
        ask = self._client.target.client.ask
        self._pending.append(self._pool.submit(ask, request, stop_when=stop_when))

    def _finish(self, future: Future[Exchange]) -> None:
        try:
            self._client.exchanges.append(future.result())
            self._finished += 1
        except KeyboardInterrupt:
            self._client.target.client.upstream.abort()  # `teardown` waits for the other runs.
            raise
        except BudgetExhausted:
            self._spent = True
        except DeploymentError as error:
            self._client.complain(f"expected a response, got none: {error}")

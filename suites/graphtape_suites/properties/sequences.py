"""Sequences of runs: started, left, waited for and refused in any order, as a state machine."""

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
    """Makes runs of one stage; *judge* is told of it when the sequence is over.

    It is not told of a sequence for whose runs there was no budget.
    """

    def __init__(self, client: ScenarioClient, judge: Callable[[ScenarioClient], None]) -> None:
        super().__init__()
        self._stage = client
        self._judge = judge
        self._pool = ThreadPoolExecutor(client.target.settings.concurrency)
        self._under_way: list[Future[Exchange]] = []
        self._spent = False
        self._made = 0

    def _may_start(self) -> bool:
        return not self._spent and len(self._under_way) < self._stage.target.settings.concurrency

    def _is_busy(self) -> bool:
        return bool(self._under_way)

    @precondition(_may_start)
    @rule(modes=st.sampled_from(MODES), path=st.sampled_from((STREAM, WAIT)))
    def start(self, modes: list[str], path: str) -> None:
        """Start a run, and go on meanwhile."""
        self._start(path, modes)

    @precondition(_may_start)
    @rule(modes=st.sampled_from(MODES), events=st.integers(1, 4))
    def start_and_leave(self, modes: list[str], events: int) -> None:
        """Start a run whose reader hangs up after some events."""
        self._start(STREAM, modes, stop_when=after(events))

    @precondition(_is_busy)
    @rule()
    def finish(self) -> None:
        """Wait for the run that was started first."""
        self._finish(self._under_way.pop(0))

    @precondition(_may_start)
    @rule(path=st.sampled_from((STREAM, WAIT)))
    def ask_wrongly(self, path: str) -> None:
        """Ask for a run of nothing."""
        try:
            exchange = self._stage.send(Request("POST", path, (("accept", "*/*"),), b"{}"))
        except BudgetExhausted:
            self._spent = True
            return
        if not 400 <= exchange.response.status < 500:
            self._stage.complain(
                f"expected 4xx to an empty request, got {exchange.response.status}"
            )

    @rule()
    def look(self) -> None:
        """Ask the deployment how it is."""
        self._stage.fetch("GET", "/info")

    def teardown(self) -> None:
        """Wait for what is under way; let all of it be judged."""
        for future in self._under_way:
            self._finish(future)
        self._pool.shutdown()
        if self._spent and not self._made:
            return
        if found := foreign_run_tags(self._stage.exchanges):
            self._stage.complain(found)
        self._judge(self._stage)

    def _start(self, path: str, modes: list[str], stop_when: StopWhen | None = None) -> None:
        metadata = {RUN_TAG: fresh_id()}
        request = self._stage.request(path, {"stream_mode": modes, "metadata": metadata})
        ask = self._stage.target.client.ask
        self._under_way.append(self._pool.submit(ask, request, stop_when=stop_when))

    def _finish(self, future: Future[Exchange]) -> None:
        try:
            self._stage.exchanges.append(future.result())
            self._made += 1
        except BudgetExhausted:
            self._spent = True
        except DeploymentError as error:
            self._stage.complain(f"expected an answer, got none: {error}")

"""Makes exchanges with a live deployment: whole, or until the caller stops."""

from collections.abc import Callable
from dataclasses import dataclass

from graphtape_contracts import End, Exchange, Frame, Request, Response
from graphtape_contracts.parsing.exchange_head import kind_of
from graphtape_contracts.rule import RUNS
from graphtape_mock.deployment.body import ResponseBody
from graphtape_mock.deployment.budget import BudgetExhausted, RunBudget
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.errors import TimeOver
from graphtape_mock.recordings.recording import RUN_PATHS

StopWhen = Callable[[Frame], bool]
"""Returns whether to hang up after this frame."""
OnHeaders = Callable[[Response], object]
"""Gets the head of the response; hangs up where it returns True."""

OnLimit = Callable[[str], object]
"""Gets the reason why a limit of the session ended a response, with the option to raise."""

STARTING_PATHS = (*RUN_PATHS, "/runs", "/runs/batch")
"""The paths where a POST starts runs."""


@dataclass(frozen=True, slots=True)
class _Hooks:
    """What the caller of a request wants to be asked and told."""

    stop_when: StopWhen | None
    on_headers: OnHeaders | None
    on_limit: OnLimit | None


class DeploymentClient:
    """Makes requests to a deployment, and runs within a budget."""

    def __init__(self, upstream: DeploymentConnection, run_budget: RunBudget) -> None:
        """Make requests to *upstream*; *run_budget* counts the runs."""
        self.upstream = upstream
        self.run_budget = run_budget

    def ask(
        self,
        request: Request,
        *,
        stop_when: StopWhen | None = None,
        on_headers: OnHeaders | None = None,
        on_limit: OnLimit | None = None,
    ) -> Exchange:
        """Make *request*, and retry it where the deployment asks for that; return the exchange.

        It ends as STOPPED after the frame for which *stop_when* is true, where *on_headers* returns
        True, where nothing came for too long, and where a limit was reached, which *on_limit* is
        told; as CUT where the body breaks off. Raises DeploymentError where no response came,
        BudgetExhausted where no run or no time is left.
        """
        hooks = _Hooks(stop_when, on_headers, on_limit)
        try:
            for _ in range(self.upstream.limits.retries):
                exchange = self._ask_once(request, hooks)
                if not self.run_budget.wait_for_retry(exchange.response):
                    return exchange
            return self._ask_once(request, hooks)
        except TimeOver as error:
            raise BudgetExhausted(str(error)) from None

    def _ask_once(self, request: Request, hooks: _Hooks) -> Exchange:
        if not starts_runs(request):
            return self._exchange(request, hooks)
        with self.run_budget.run():
            exchange = self._exchange(request, hooks)
        if exchange.response.status != 200:
            self.run_budget.release()
        return exchange

    def _exchange(self, request: Request, hooks: _Hooks) -> Exchange:
        with self.upstream.open(request) as response:
            body = ResponseBody(request, response)
            frames: list[Frame] = []
            if hooks.on_headers is not None and hooks.on_headers(response.response) is True:
                body.stop()
            else:
                _read(body, frames, hooks.stop_when)
            if body.end is not End.STOPPED:
                frames += body.tail()
        if body.end is End.STOPPED:
            self._cancel(request, response.response)
        if body.limit_reached and hooks.on_limit is not None:
            hooks.on_limit(body.reason)
        return Exchange(request, response.response, tuple(frames), body.end)

    def _cancel(self, request: Request, response: Response) -> None:
        """Cancel the run of a response that is not read to its end, if its thread is known.

        A run whose thread is unknown ends by `on_disconnect`. Where the deployment does not
        respond to the cancellation, the frames that came before are kept all the same.
        """
        if kind_of(request, response) not in RUNS:
            return
        located = response.header("content-location") or ""
        if located.startswith("/threads/"):
            self.upstream.tell("POST", f"{located}/cancel")


def starts_runs(request: Request) -> bool:
    """Return whether *request* starts runs, if it is accepted."""
    return request.method == "POST" and request.path.partition("?")[0] in STARTING_PATHS


def _read(body: ResponseBody, frames: list[Frame], stop_when: StopWhen | None) -> None:
    """Read *body* into *frames* until it ends, or *stop_when* is true."""
    for chunk in body.chunks():
        for frame in body.frames_of(chunk):
            frames.append(frame)
            if stop_when is not None and stop_when(frame):
                body.stop()
                return

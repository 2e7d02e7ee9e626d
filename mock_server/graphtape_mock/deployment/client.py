"""Sends requests to a live deployment and returns the exchanges, complete or stopped early."""

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
"""Called with each frame; returns whether to close the connection after it."""
OnHeaders = Callable[[Response], object]
"""Called with the head of the response; if it returns True, the connection is closed."""

OnLimit = Callable[[str], object]
"""Called with the reason if a limit of the session ended the response."""

STARTING_PATHS = (*RUN_PATHS, "/runs", "/runs/batch")
"""The paths where a POST starts runs."""


@dataclass(frozen=True, slots=True)
class _Hooks:
    """The functions of the caller that are called during a request."""

    stop_when: StopWhen | None
    on_headers: OnHeaders | None
    on_limit: OnLimit | None


class DeploymentClient:
    """Sends requests to a deployment, and limits its runs by a budget."""

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
        """Send *request*, retry it if the deployment asks for that, and return the exchange.

        The exchange ends as STOPPED if *on_headers* returns True, after the frame for which
        *stop_when* returns True, if the response stalls, or if it reaches a limit: then *on_limit*
        is called. It ends as CUT if the body breaks off. Raises DeploymentError if no response
        comes, BudgetExhausted if no run or no time is left.
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
        """Cancel the run of a response that was not read to its end, if the run's thread is known.

        Otherwise `on_disconnect` of the request decides. Errors of the cancellation are
        ignored, so that the exchange is still returned.
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
    """Append the frames of *body* to *frames* until it ends or *stop_when* returns True."""
    for chunk in body.chunks():
        for frame in body.frames_of(chunk):
            frames.append(frame)
            if stop_when is not None and stop_when(frame):
                body.stop()
                return

"""Makes exchanges with a live deployment: whole, or until the caller stops."""

from collections.abc import Callable
from contextlib import suppress

from graphtape_contracts import End, Exchange, Frame, Request, Response
from graphtape_contracts.parsing.exchange_head import kind_of
from graphtape_contracts.rule import RUNS
from graphtape_mock.deployment.body import ResponseBody
from graphtape_mock.deployment.budget import MOST_RETRIES, RunBudget
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.recordings.recording import RUN_PATHS

StopWhen = Callable[[Frame], bool]
"""Returns whether to hang up after this frame."""
OnHeaders = Callable[[Response], object]
"""Gets the head of the response; hangs up where it returns True."""

STARTING_PATHS = (*RUN_PATHS, "/runs", "/runs/batch")
"""The paths where a POST starts runs."""


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
    ) -> Exchange:
        """Make *request*, and retry it where the deployment asks for that; return the exchange.

        It ends as STOPPED after the frame for which *stop_when* is true, where *on_headers* returns
        True, and where nothing came for too long; as CUT where the body breaks off. Raises
        DeploymentError where no response came, BudgetExhausted where no run is left.
        """
        for _ in range(MOST_RETRIES):
            exchange = self._ask_once(request, stop_when, on_headers)
            if not self.run_budget.wait_for_retry(exchange.response):
                return exchange
        return self._ask_once(request, stop_when, on_headers)

    def _ask_once(
        self,
        request: Request,
        stop_when: StopWhen | None,
        on_headers: OnHeaders | None,
    ) -> Exchange:
        if not starts_runs(request):
            return self._exchange(request, stop_when, on_headers)
        with self.run_budget.run():
            exchange = self._exchange(request, stop_when, on_headers)
        if exchange.response.status != 200:
            self.run_budget.release()
        return exchange

    def _exchange(
        self,
        request: Request,
        stop_when: StopWhen | None,
        on_headers: OnHeaders | None,
    ) -> Exchange:
        with self.upstream.open(request) as response:
            body = ResponseBody(request, response)
            frames: list[Frame] = []
            if on_headers is not None and on_headers(response.response) is True:
                body.stop()
            else:
                _read(body, frames, stop_when)
            if body.end is not End.STOPPED:
                frames += body.tail()
        if body.end is End.STOPPED:
            self._cancel(request, response.response)
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
            with suppress(DeploymentError):
                self.upstream.fetch("POST", f"{located}/cancel")


def starts_runs(request: Request) -> bool:
    """Whether *request* starts runs, if it is accepted."""
    return request.method == "POST" and request.path.partition("?")[0] in STARTING_PATHS


def _read(body: ResponseBody, frames: list[Frame], stop_when: StopWhen | None) -> None:
    """Read *body* into *frames* until it ends, or *stop_when* is true."""
    for chunk in body.chunks():
        for frame in body.frames_of(chunk):
            frames.append(frame)
            if stop_when is not None and stop_when(frame):
                body.stop()
                return

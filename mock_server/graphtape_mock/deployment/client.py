"""Makes exchanges with a live deployment: whole, frame by frame, or until enough was seen."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from graphtape_contracts import End, Exchange, Frame, Request, Response, sse
from graphtape_contracts.parsing.exchange_head import kind_of
from graphtape_contracts.rule import RUNS
from graphtape_mock.deployment.budget import MOST_RETRIES, RunBudget
from graphtape_mock.deployment.connection import (
    DeploymentConnection,
    DeploymentError,
    DeploymentTimeout,
    StreamedResponse,
)
from graphtape_mock.recordings.recording import RUN_PATHS

StopWhen = Callable[[Frame], bool]
"""Whether to hang up after this frame."""
OnHeaders = Callable[[Response], object]
"""Is told the head when it has come; hangs up where it returns True."""

STARTING_PATHS = (*RUN_PATHS, "/runs", "/runs/batch")
"""Where a POST starts runs."""


class DeploymentClient:
    """Makes requests of a deployment, runs among them as the governor lets them through."""

    def __init__(self, upstream: DeploymentConnection, run_budget: RunBudget) -> None:
        """Ask *upstream*; let *run_budget* count the runs."""
        self.upstream = upstream
        self.run_budget = run_budget

    def ask(
        self,
        request: Request,
        *,
        stop_when: StopWhen | None = None,
        on_headers: OnHeaders | None = None,
    ) -> Exchange:
        """Make *request*, again when the deployment asks to come back later; return what came.

        With *stop_when*, hang up after the frame for which it is true; the exchange ends as STOPPED
        then, as where *on_headers* returns True. A body that was cut ends as CUT.
        Raises DeploymentError where there is no answer at all, BudgetSpent for a run too many.
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
        with self.upstream.open(request) as answer:
            body = _Body(request, answer)
            frames: list[Frame] = []
            hangs_up = on_headers is not None and on_headers(answer.response) is True
            end = End.STOPPED if hangs_up else End.COMPLETE
            try:
                for frame in () if hangs_up else body.frames():
                    frames.append(frame)
                    if stop_when is not None and stop_when(frame):
                        end = End.STOPPED
                        break
            except DeploymentTimeout:
                end = End.STOPPED
            except DeploymentError:
                end = End.CUT
            if end is not End.STOPPED:
                frames += body.tail()
        if end is End.STOPPED:
            self._cancel(request, answer.response)
        return Exchange(request, answer.response, tuple(frames), end)

    def _cancel(self, request: Request, response: Response) -> None:
        """Cancel the run of an answer that nobody reads any more, if its thread is known.

        A run whose thread is told nowhere ends by `on_disconnect`. Where the deployment does not
        answer to that, what came before is worth as much as it was.
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


class _Body:
    """What the body of an answer is made of."""

    def __init__(self, request: Request, answer: StreamedResponse) -> None:
        self._answer = answer
        self._stream = Exchange(request, answer.response, ()).is_stream
        self._decoder = sse.Decoder()

    def frames(self) -> Iterator[Frame]:
        """Yield blocks of an event stream, or pieces of any other body, as they arrive."""
        for chunk in self._answer.chunks():
            at = self._answer.now()
            yield from self._decoder.feed(chunk, at) if self._stream else [Frame(at, chunk)]

    def tail(self) -> list[Frame]:
        """Return what is left of a stream that ended without a blank line."""
        return self._decoder.close(self._answer.now())

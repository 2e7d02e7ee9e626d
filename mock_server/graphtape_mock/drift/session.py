"""Repeats recorded requests to a deployment within a budget.

A request that several recordings contain, such as a query about the assistant, is made once.
"""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue

from graphtape_contracts import Exchange, Frame, Request
from graphtape_mock.console.progress import Progress
from graphtape_mock.deployment.budget import BudgetExhausted
from graphtape_mock.deployment.client import DeploymentClient
from graphtape_mock.deployment.connection import STOPPED
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.deployment.retry import RETRIED
from graphtape_mock.drift.requests import as_recorded, is_run, to_repeat


@dataclass(slots=True)
class RepeatedResponses:
    """The responses to repeated requests."""

    answers: dict[Request, list[Exchange]] = field(default_factory=dict[Request, list[Exchange]])
    """The responses by recorded request."""
    unasked: dict[Request, str] = field(default_factory=dict[Request, str])
    """Why a request was made less often than planned, by recorded request."""
    broken_off: str = ""
    """Why the session ended early; empty if it ran to its end or its budget was spent."""


@dataclass(frozen=True, slots=True)
class RepeatedRequest:
    """A request to repeat, with the name of the recording that contains the request."""

    recording: str
    request: Request


class DriftSession:
    """Repeats requests to one deployment."""

    def __init__(
        self,
        client: DeploymentClient,
        progress: Progress,
        *,
        at_once: int = 1,
    ) -> None:
        """Make up to *at_once* requests at a time with *client*; show runs in *progress*."""
        self._client = client
        self._progress = progress
        self._at_once = at_once
        self._over = ""
        """The reason to start no further requests; empty while there is none."""
        self._progress_lock = threading.Lock()

    def ask(self, requests: Sequence[RepeatedRequest]) -> RepeatedResponses:
        """Repeat *requests* until the budget is spent, the deployment fails, or Ctrl-C is pressed.

        A request that is listed several times is made several times.
        """
        asked = RepeatedResponses()
        answers = (
            map(self._outcome_of, requests) if self._at_once == 1 else self._in_threads(requests)
        )
        waiting = list(requests)
        try:
            for request, answer in answers:
                waiting.remove(request)
                if isinstance(answer, str):
                    asked.unasked[request.request] = answer
                else:
                    asked.answers.setdefault(request.request, []).append(answer)
        except DeploymentError as error:
            asked.broken_off = str(error)
        except KeyboardInterrupt:
            asked.broken_off = STOPPED
        if asked.broken_off:
            self._over = asked.broken_off
            self._client.upstream.abort()  # Other threads may still wait for a response.
        asked.unasked |= {request.request: asked.broken_off for request in waiting}
        return asked

    def _outcome_of(self, request: RepeatedRequest) -> tuple[RepeatedRequest, Exchange | str]:
        """Return *request*, and its exchange or the reason why it has no exchange."""
        return request, self._over or self._try(request)

    def _try(self, request: RepeatedRequest) -> Exchange | str:
        progress = self._progress if is_run(request.request) else None
        alone = progress if self._at_once == 1 else None  # The live line shows a single run.
        if alone:
            alone.start(request.recording)
        events = 0

        def stop_when(frame: Frame) -> bool:
            nonlocal events
            events += frame.event is not None
            if alone:
                alone.watch(events, frame.at)
            return False

        limits: list[str] = []
        try:
            exchange = self._client.ask(
                to_repeat(request.request), stop_when=stop_when, on_limit=limits.append
            )
        except BudgetExhausted as error:
            self._over = str(error)
            return self._over
        except DeploymentError as error:
            self._over = str(error)  # The other threads stop too.
            raise
        if progress:
            with self._progress_lock:
                if not alone:
                    progress.start(request.recording)
                progress.finish(events, exchange.frames[-1].at if exchange.frames else 0.0)
        if limits:
            return limits[0]
        if exchange.response.status in RETRIED:
            return f"the deployment asks to come back later (status {exchange.response.status})"
        if encoding := exchange.response.header("content-encoding"):
            return f"the response is encoded as {encoding}, which can't be decoded here"
        return as_recorded(request.request, exchange)

    def _in_threads(
        self, requests: Sequence[RepeatedRequest]
    ) -> Iterator[tuple[RepeatedRequest, Exchange | str]]:
        """Make several *requests* at a time; yield the outcome of each when it ends.

        The threads are daemons, so they end with the process, and their connections close.
        """
        waiting = iter(requests)
        taking = threading.Lock()
        done = SimpleQueue[Future[tuple[RepeatedRequest, Exchange | str]]]()

        def work() -> None:
            while True:
                with taking:
                    request = next(waiting, None)
                if request is None:
                    return
                future = Future[tuple[RepeatedRequest, Exchange | str]]()
                try:
                    future.set_result(self._outcome_of(request))
                except Exception as error:
                    future.set_exception(error)
                done.put(future)

        for _ in range(self._at_once):
            threading.Thread(target=work, daemon=True).start()
        for _ in requests:
            yield done.get().result()

"""Asks a deployment again what was recorded, as far as the budget goes.

Requests that several recordings share, as those for what surrounds the runs, are made once.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue

from graphtape_contracts import End, Exchange, Frame, Request
from graphtape_mock.console.progress import Progress
from graphtape_mock.deployment.budget import RETRIED, BudgetExhausted
from graphtape_mock.deployment.client import DeploymentClient
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.drift.requests import as_recorded, is_run, to_repeat

TIME_OVER = "the time was over in the middle of it"
STOPPED = "stopped by Ctrl-C"


@dataclass(slots=True)
class RepeatedResponses:
    """What came of asking."""

    answers: dict[Request, list[Exchange]] = field(default_factory=dict[Request, list[Exchange]])
    """By the recorded request, as answers to it."""
    unasked: dict[Request, str] = field(default_factory=dict[Request, str])
    """Why a request was not asked, or not as often as it was to be."""
    broken_off: str = ""
    """What kept us from going on, where it was not the budget."""


@dataclass(frozen=True, slots=True)
class RepeatedRequest:
    """A request to ask again, and the recording it is from."""

    recording: str
    request: Request


class DriftSession:
    """Asks questions of one deployment."""

    def __init__(
        self,
        client: DeploymentClient,
        progress: Progress,
        *,
        at_once: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask with *client*, *at_once* so many; tell *progress* of each run."""
        self._caller = client
        self._progress = progress
        self._at_once = at_once
        self._clock = clock
        self._deadline = clock() + client.run_budget.budget.seconds
        self._over = ""
        """Why nothing more is asked."""
        self._leaves = False
        """Whether what is under way is given up as well."""
        self._telling = threading.Lock()

    def ask(self, questions: Sequence[RepeatedRequest]) -> RepeatedResponses:
        """Ask all *questions*; ask no more when the budget is spent, or the deployment is gone.

        The same question may be among them several times.
        """
        asked = RepeatedResponses()
        answers = map(self._tried, questions) if self._at_once == 1 else self._in_threads(questions)
        waiting = list(questions)
        try:
            for question, answer in answers:
                waiting.remove(question)
                if isinstance(answer, str):
                    asked.unasked[question.request] = answer
                else:
                    asked.answers.setdefault(question.request, []).append(answer)
        except DeploymentError as error:
            asked.broken_off = str(error)
        except KeyboardInterrupt:
            asked.broken_off = STOPPED
        self._over, self._leaves = asked.broken_off, bool(asked.broken_off)
        asked.unasked |= {question.request: asked.broken_off for question in waiting}
        return asked

    def _tried(self, question: RepeatedRequest) -> tuple[RepeatedRequest, Exchange | str]:
        """Return *question* with its answer, or with the reason why there is none."""
        if not self._over and self._clock() > self._deadline:
            self._over = (
                f"the budget is spent: {self._caller.run_budget.budget.seconds:g} s are over"
            )
        return question, self._over or self._try(question)

    def _try(self, question: RepeatedRequest) -> Exchange | str:
        told = self._progress if is_run(question.request) else None
        alone = told if self._at_once == 1 else None  # Of several, none has the line for itself.
        if alone:
            alone.start(question.recording)
        events = 0

        def stop_when(frame: Frame) -> bool:
            nonlocal events
            events += frame.event is not None
            if alone:
                alone.watch(events, frame.at)
            return self._leaves or self._clock() > self._deadline

        try:
            exchange = self._caller.ask(to_repeat(question.request), stop_when=stop_when)
        except BudgetExhausted as error:
            self._over = str(error)
            return self._over
        except DeploymentError as error:
            self._over = str(error)  # Whoever asks beside us is to ask no more.
            raise
        if told:
            with self._telling:
                if not alone:
                    told.start(question.recording)
                told.finish(events, exchange.frames[-1].at if exchange.frames else 0.0)
        if exchange.end is End.STOPPED and self._clock() > self._deadline:
            return TIME_OVER
        if exchange.response.status in RETRIED:
            return f"the deployment asks to come back later (status {exchange.response.status})"
        return as_recorded(question.request, exchange)

    def _in_threads(
        self, questions: Sequence[RepeatedRequest]
    ) -> Iterator[tuple[RepeatedRequest, Exchange | str]]:
        """Yield what `_tried` returns for *questions*, as it comes, with several under way.

        The threads keep no process alive: when it ends, the deployment sees us go away.
        """
        waiting = iter(questions)
        taking = threading.Lock()
        done = SimpleQueue[Future[tuple[RepeatedRequest, Exchange | str]]]()

        def work() -> None:
            while True:
                with taking:
                    question = next(waiting, None)
                if question is None:
                    return
                future = Future[tuple[RepeatedRequest, Exchange | str]]()
                try:
                    future.set_result(self._tried(question))
                except Exception as error:
                    future.set_exception(error)
                done.put(future)

        for _ in range(self._at_once):
            threading.Thread(target=work, daemon=True).start()
        for _ in questions:
            yield done.get().result()

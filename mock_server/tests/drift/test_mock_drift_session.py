"""Requests are repeated within the budget, on demand several at once."""

import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from scripted_deployment import (
    END,
    STREAM_HEAD,
    Asked,
    Deployment,
    answer,
    chunk,
    deployed,
    event,
    say,
    scripts_of_a_server,
    stream,
)

from graphtape_contracts import End, Request, Response
from graphtape_mock.console.progress import Progress
from graphtape_mock.deployment.budget import BudgetExhausted, BudgetLimits, RunBudget
from graphtape_mock.deployment.client import DeploymentClient
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.drift.session import TIME_OVER, DriftSession, RepeatedRequest

METADATA = event("metadata", {"run_id": "1", "attempt": 1})
INFO = RepeatedRequest("agent", Request("GET", "/info"))
RUN = "POST /runs/stream"
RUNS = [
    RepeatedRequest(f"agent-{n}", Request("POST", "/runs/stream", (), b"[%d]" % n))
    for n in range(4)
]


class Told(Progress):
    """Stores the reported progress."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def start(self, name: str) -> None:
        self.lines.append(name)

    def watch(self, events: int, seconds: float) -> None:
        self.lines.append(f"{events} so far")

    def finish(self, events: int, seconds: float, remark: str = "") -> None:
        self.lines.append(f"{events} in all")


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def deployment() -> Generator[Deployment]:
    with deployed(scripts_of_a_server(stream(METADATA))) as deployment:
        yield deployment


MakeSession = Callable[..., DriftSession]


@pytest.fixture
def session(deployment: Deployment, tmp_path: Path, told: Told) -> Generator[MakeSession]:
    """Make a session with a budget of ten runs and a hundred seconds, and maybe a fake clock."""
    with DeploymentConnection(deployment.url) as upstream:

        def make(at_once: int = 1, times: Iterator[float] | None = None) -> DriftSession:
            run_budget = RunBudget(BudgetLimits(10, 100, at_once), tmp_path)
            clock = (lambda: 0.0) if times is None else lambda: next(times, 101.0)
            return DriftSession(
                DeploymentClient(upstream, run_budget), told, at_once=at_once, clock=clock
            )

        yield make


def test_answers_are_those_to_the_recorded_requests(session: MakeSession, told: Told) -> None:
    asked = session().ask([INFO, RUNS[0], RUNS[0]])

    assert [len(asked.answers[q.request]) for q in (INFO, RUNS[0])] == [1, 2]
    assert asked.answers[RUNS[0].request][0].request == RUNS[0].request
    assert (asked.unasked, asked.broken_off) == ({}, "")
    assert told.lines == ["agent-0", "1 so far", "1 in all"] * 2


def test_when_the_time_is_over_nothing_more_is_asked(
    session: MakeSession, deployment: Deployment
) -> None:
    asked = session(times=iter([0.0])).ask([INFO, *RUNS])

    assert set(asked.unasked.values()) == {"the budget is spent: 100 s are over"}
    assert deployment.asked == []


def test_a_run_is_given_up_when_the_time_is_over(
    session: MakeSession, deployment: Deployment
) -> None:
    def talk(asked: Asked) -> None:
        asked.send(STREAM_HEAD, *[chunk(b": heartbeat\r\n\r\n")] * 3)
        asked.hold()

    deployment.scripts[RUN] = talk

    asked = session(times=iter([0.0] * 4)).ask(RUNS)

    assert asked.unasked[RUNS[0].request] == TIME_OVER
    assert asked.unasked[RUNS[3].request] == "the budget is spent: 100 s are over"


def test_a_run_that_says_nothing_ends_as_it_does(
    session: MakeSession, deployment: Deployment, told: Told
) -> None:
    deployment.scripts[RUN] = say(STREAM_HEAD)

    asked = session().ask(RUNS[:1])

    (exchange,) = asked.answers[RUNS[0].request]
    assert (exchange.end, exchange.frames) == (End.CUT, ())
    assert told.lines == ["agent-0", "0 in all"]


def test_what_is_left_when_the_deployment_is_gone_was_not_asked(
    session: MakeSession, deployment: Deployment
) -> None:
    deployment.scripts[RUN] = Asked.reset

    asked = session().ask([INFO, *RUNS])

    assert "was lost" in asked.broken_off
    assert asked.unasked == {question.request: asked.broken_off for question in RUNS}
    assert list(asked.answers) == [INFO.request]


def test_several_runs_are_under_way_at_once(
    session: MakeSession, deployment: Deployment, told: Told
) -> None:
    met = threading.Barrier(4)

    def meet(asked: Asked) -> None:
        met.wait(20)
        stream(METADATA)(asked)

    deployment.scripts[RUN] = meet

    asked = session(at_once=4).ask([INFO, *RUNS])

    assert len(asked.answers) == 5
    assert asked.unasked == {}
    assert sorted(told.lines[::2]) == [question.recording for question in RUNS]
    assert told.lines[1::2] == ["1 in all"] * 4


def test_several_at_once_end_together_where_the_deployment_is_gone(
    session: MakeSession, deployment: Deployment
) -> None:
    met = threading.Barrier(2)

    def fall_over(asked: Asked) -> None:
        met.wait(20)
        asked.reset()

    deployment.scripts[RUN] = fall_over

    asked = session(at_once=2).ask(RUNS)

    assert "was lost" in asked.broken_off
    assert asked.unasked.keys() == {question.request for question in RUNS}


def test_a_run_under_way_is_read_to_its_end_when_the_budget_is_spent(
    session: MakeSession, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    met, spent = threading.Barrier(2), threading.Event()
    wait_for_retry = RunBudget.wait_for_retry

    def noted(run_budget: RunBudget, response: Response) -> bool:
        try:
            return wait_for_retry(run_budget, response)
        except BudgetExhausted:
            spent.set()
            raise

    def script(asked: Asked) -> None:
        met.wait(20)
        if asked.body == RUNS[0].request.body:
            say(answer(429, {}, b"Retry-After: 999"))(asked)
        else:
            asked.send(STREAM_HEAD, chunk(METADATA))
            spent.wait(20)
            asked.send(chunk(METADATA), END)

    monkeypatch.setattr(RunBudget, "wait_for_retry", noted)
    deployment.scripts[RUN] = script

    asked = session(at_once=2).ask(RUNS[:2])

    (exchange,) = asked.answers[RUNS[1].request]
    assert (len(exchange.frames), exchange.end) == (2, End.COMPLETE)
    assert list(asked.unasked) == [RUNS[0].request]


def test_a_budget_that_is_spent_is_told_for_all_that_is_left(
    session: MakeSession, deployment: Deployment
) -> None:
    deployment.scripts[RUN] = say(answer(429, {}, b"Retry-After: 999"))

    asked = session().ask([*RUNS, INFO])

    assert {reason[:28] for reason in asked.unasked.values()} == {"the budget is spent: the dep"}
    assert [asked.line for asked in deployment.asked] == [RUN]

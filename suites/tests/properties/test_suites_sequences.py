"""Sequences of runs: started, abandoned, waited for and refused in any order."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.responses import JSONResponse, Response
from suites_run import Asked, deployed, targeted

from graphtape_contracts import End
from graphtape_mock.deployment.budget import BudgetExhausted
from graphtape_mock.deployment.errors import DeploymentError, Stopped
from graphtape_suites.properties.sequences import Sequences
from graphtape_suites.runner.client import STREAM, WAIT, ScenarioClient


class Judge:
    """Stores the clients that it is called with."""

    def __init__(self) -> None:
        self.judged: list[ScenarioClient] = []

    def __call__(self, client: ScenarioClient) -> None:
        self.judged.append(client)


def _as_ever(_: Asked) -> Response | None:
    return None


@contextmanager
def _sequence(
    folder: Path, answer: Callable[[Asked], Response | None] = _as_ever, runs: int = 100
) -> Generator[tuple[Sequences, ScenarioClient, Judge]]:
    with deployed(answer) as deployment, targeted(folder, deployment.url) as target:
        target.run_budget.budget = replace(target.run_budget.budget, runs=runs)
        client, judge = ScenarioClient(target), Judge()
        yield Sequences(client, judge), client, judge


def test_all_that_was_started_is_judged_at_the_end(tmp_path: Path) -> None:
    with _sequence(tmp_path) as (sequence, client, judge):
        sequence.start(["values"], STREAM)
        sequence.start_and_leave(["updates"], 1)
        sequence.finish()
        sequence.fetch_info()
        sequence.send_wrong_request(WAIT)
        sequence.teardown()

    seen = [(e.request.path, e.response.status, e.end) for e in client.exchanges]
    assert judge.judged == [client]
    assert client.complaints == []
    assert seen == [
        (STREAM, 200, End.COMPLETE),
        ("/info", 200, End.COMPLETE),
        (WAIT, 422, End.COMPLETE),
        (STREAM, 200, End.STOPPED),
    ]


def test_a_wrong_request_that_is_taken_is_wrong(tmp_path: Path) -> None:
    def lenient(asked: Asked) -> Response | None:
        return JSONResponse({}) if asked.is_run else None

    with _sequence(tmp_path, lenient) as (sequence, client, _):
        sequence.send_wrong_request(WAIT)

    assert client.complaints == ["expected 4xx for an empty request, got 200"]


def test_what_belongs_to_another_run_is_wrong(tmp_path: Path) -> None:
    markers: list[str] = []

    def mixed(asked: Asked) -> Response | None:
        if not asked.is_run:
            return None
        markers.append(asked.fields["metadata"]["graphtape_marker"])
        return JSONResponse({"seen": markers})

    with _sequence(tmp_path, mixed) as (sequence, client, _):
        for _ in range(2):
            sequence.start(["values"], WAIT)
            sequence.finish()
        sequence.teardown()

    assert client.complaints[0].startswith("expected nothing of run 1 in the response to run 2")


def test_a_run_without_an_answer_is_wrong(tmp_path: Path) -> None:
    with _sequence(tmp_path) as (sequence, client, judge):

        def lost(*_: object, **__: object) -> None:
            raise DeploymentError("the line is dead")

        vars(client.target.client)["ask"] = lost
        sequence.start(["values"], WAIT)
        sequence.teardown()

    assert client.complaints == ["expected a response, got none: the line is dead"]
    assert judge.judged == [client]


def test_what_the_budget_does_not_allow_is_not_judged(tmp_path: Path) -> None:
    with _sequence(tmp_path, runs=0) as (sequence, _, judge):
        sequence.start(["values"], WAIT)
        sequence.send_wrong_request(WAIT)
        sequence.teardown()

    assert judge.judged == []


def test_when_the_time_is_over_nothing_is_asked_and_nothing_judged(tmp_path: Path) -> None:
    with _sequence(tmp_path) as (sequence, client, judge):

        def over(*_: object, **__: object) -> None:
            raise BudgetExhausted("60 of 60 s")

        vars(client.target.client)["ask"] = over
        sequence.fetch_info()
        sequence.teardown()

    assert judge.judged == []


def test_ctrl_c_ends_the_runs_of_other_threads(tmp_path: Path) -> None:
    with _sequence(tmp_path) as (sequence, client, _):

        def interrupted(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        vars(client.target.client)["ask"] = interrupted
        sequence.start(["values"], WAIT)
        with pytest.raises(KeyboardInterrupt):
            sequence.finish()
        with pytest.raises(Stopped):
            client.target.client.upstream.check()
        sequence.teardown()


def test_what_was_made_before_the_budget_was_spent_is_judged(tmp_path: Path) -> None:
    with _sequence(tmp_path, runs=1) as (sequence, client, judge):
        for _ in range(2):
            sequence.start(["values"], WAIT)
            sequence.finish()
        sequence.teardown()

    assert judge.judged == [client]
    assert len(client.exchanges) == 1

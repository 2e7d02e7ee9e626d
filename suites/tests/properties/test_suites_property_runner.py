"""Properties: the cases that are run, the failures reported, and cases that can't be run."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import strategies as st
from starlette.responses import JSONResponse
from suites_run import Asked, Deployment, deployed, targeted

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Json
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.recordings.file import read
from graphtape_suites.checks.check import CheckFailed, NotExercised
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.runner.client import WAIT, ScenarioClient
from graphtape_suites.runner.target import Target
from graphtape_suites.session.session import Session
from graphtape_suites.verdicts.expected_failures import ExpectedFailure

CRASH = JSONResponse({"detail": "crash"}, 500)


@pytest.fixture(name="deployment", scope="module")
def _deployment() -> Iterator[Deployment]:
    with deployed() as deployment:
        yield deployment


@pytest.fixture(name="target")
def _target(tmp_path: Path, deployment: Deployment) -> Iterator[Target]:
    (tmp_path / "shared").mkdir()
    with targeted(tmp_path / "shared", deployment.url, level="should") as target:
        yield target


@pytest.fixture(name="property_runner")
def _property_runner(target: Target, tmp_path: Path) -> PropertyRunner:
    return PropertyRunner(Session(target), "some/test_of.py::test_it[a b]", folder=tmp_path)


def _wait(client: ScenarioClient, _: object) -> None:
    client.run(WAIT)


def _late(client: ScenarioClient, case: int) -> None:
    client.run(WAIT)
    if case > 20:
        client.complain(f"{case} is late")


def test_a_property_that_passes_raises_nothing(property_runner: PropertyRunner) -> None:
    property_runner(st.integers(), _wait)


def test_the_smallest_case_that_fails_is_told_as_curl_and_kept(
    property_runner: PropertyRunner, tmp_path: Path
) -> None:
    with pytest.raises(CheckFailed) as caught:
        property_runner(st.integers(0, 99), _late)

    (kept,) = (tmp_path / ".graphtape").glob("*.jsonl")
    text = str(caught.value)
    assert kept.name == "some-test_of.py-test_it-a-b.jsonl"
    assert text.startswith(f"21 is late\n\nsaved in .graphtape/{kept.name}: graphtape show ")
    assert "\n\nthe smallest requests that reproduce it:\ncurl " in text
    assert len(read(kept).exchanges) == 1
    assert caught.value.level is None


def test_a_failure_without_an_answer_is_not_kept(
    property_runner: PropertyRunner, tmp_path: Path
) -> None:
    def lost(client: ScenarioClient, _: object) -> None:
        raise DeploymentError("the line is dead")

    with pytest.raises(CheckFailed, match="expected a response, got none: the line is dead"):
        property_runner(st.integers(), lost)

    assert not (tmp_path / ".graphtape").exists()


def test_a_failure_overwrites_no_other(property_runner: PropertyRunner, tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(CheckFailed, match="saved in"):
            property_runner(st.integers(0, 99), _late)

    assert len(list((tmp_path / ".graphtape").glob("*.jsonl"))) == 2


def test_a_failure_is_reported_though_it_can_not_be_saved(
    property_runner: PropertyRunner, tmp_path: Path
) -> None:
    (tmp_path / ".graphtape").touch()

    with pytest.raises(CheckFailed, match=r"21 is late(?s:.*)can't be saved: (?s:.*)\ncurl "):
        property_runner(st.integers(0, 99), _late)


def test_a_failure_that_does_not_come_again_is_told_as_such(
    property_runner: PropertyRunner,
) -> None:
    numbers = count()

    def once(client: ScenarioClient, _: object) -> None:
        if next(numbers) == 0:
            client.complain("it was late")

    with pytest.raises(
        CheckFailed,
        match=r"it was late(?s:.*)the failure could not be reproduced: the repeated request passed",
    ):
        property_runner(st.just(1), once)


def test_without_a_budget_nothing_is_tried(property_runner: PropertyRunner, target: Target) -> None:
    target.run_budget.budget = replace(target.run_budget.budget, runs=3)

    with pytest.raises(NotExercised, match="3 runs of the budget are left, but each case makes 4"):
        property_runner(st.integers(), _wait, runs=4)


def test_what_makes_no_runs_needs_no_budget(
    property_runner: PropertyRunner, target: Target
) -> None:
    target.run_budget.budget = replace(target.run_budget.budget, runs=0)

    property_runner(st.integers(), lambda client, _: None, runs=0)


def test_when_the_time_is_over_nothing_is_tried(
    property_runner: PropertyRunner, target: Target
) -> None:
    target.run_budget.budget = replace(target.run_budget.budget, seconds=0.0)

    with pytest.raises(NotExercised, match="0 runs of the budget are left, but each case makes 4"):
        property_runner.sequences(runs=4)


def test_nothing_was_tried_where_others_spent_the_budget_meanwhile(
    property_runner: PropertyRunner, target: Target
) -> None:
    def late(client: ScenarioClient, _: object) -> None:
        target.run_budget.budget = replace(target.run_budget.budget, runs=0)
        client.run(WAIT)

    with pytest.raises(NotExercised, match="the budget was spent before the first case"):
        property_runner(st.integers(), late)


def test_a_failure_that_the_budget_keeps_from_coming_again_is_told(
    property_runner: PropertyRunner, target: Target
) -> None:
    numbers = count()

    def once(client: ScenarioClient, _: object) -> None:
        if next(numbers) == 0:
            target.run_budget.budget = replace(target.run_budget.budget, runs=0)
            client.complain("it was late")

    with pytest.raises(CheckFailed, match=r"could not be reproduced: the budget is spent"):
        property_runner(st.just(1), once)


def test_a_failure_is_told_though_the_budget_is_spent_by_then(
    property_runner: PropertyRunner, target: Target
) -> None:
    def spends(client: ScenarioClient, case: int) -> None:
        client.run(WAIT)
        target.run_budget.budget = replace(target.run_budget.budget, runs=0)
        client.complain(f"{case} is late")

    with pytest.raises(CheckFailed, match="is late"):
        property_runner(st.integers(), spends)


def test_inputs_are_those_that_the_schema_allows(
    property_runner: PropertyRunner, target: Target
) -> None:
    schema = target.schemas(target.run_inputs[0].assistant)["input_schema"]
    drawn: list[Json] = []

    property_runner(property_runner.inputs, lambda client, input_: drawn.append(input_), runs=0)

    assert drawn
    assert {frozenset(input_) for input_ in drawn} == {frozenset(schema["properties"])}


def test_the_dialect_of_the_target_is_known(property_runner: PropertyRunner) -> None:
    assert property_runner.dialect is Dialect.PYTHON


def _crashes(asked: Asked) -> JSONResponse | None:
    return CRASH if asked.is_run else None


def test_what_rules_find_binds_as_the_rules_do(tmp_path: Path) -> None:
    with deployed(_crashes) as deployment, targeted(tmp_path, deployment.url) as target:
        property_runner = PropertyRunner(Session(target), "test_it", folder=tmp_path)
        with pytest.raises(CheckFailed) as caught:
            property_runner(st.just(1), _wait)

    assert "refusals.server-fault (SHOULD)" in str(caught.value)
    assert caught.value.level is Level.SHOULD


def test_what_is_expected_to_be_broken_is_not_found(tmp_path: Path) -> None:
    with deployed(_crashes) as deployment, targeted(tmp_path, deployment.url) as target:
        rules = {rule.id for rule in target.rules}
        expected = {id_: ExpectedFailure(id_, "it is old") for id_ in rules}

        PropertyRunner(Session(target), "test_it", expected, tmp_path)(st.just(1), _wait)


def test_sequences_of_runs_are_judged(
    property_runner: PropertyRunner, deployment: Deployment
) -> None:
    before = len(deployment.runs)

    property_runner.sequences(runs=4)

    assert len(deployment.runs) > before

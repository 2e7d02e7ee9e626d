"""Evaluation of rules over the exchanges of scenarios."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from suites_run import Asked, deployed, targeted

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.rule import AnyRule
from graphtape_contracts.rules import RULES, consistency
from graphtape_suites.checks.check import NotExercised
from graphtape_suites.runner.target import Target
from graphtape_suites.scenarios import SCENARIOS
from graphtape_suites.session.session import Session
from graphtape_suites.verdicts.evaluation import Evaluation, evaluate

Some = Callable[..., Session]


def _rule(id_: str) -> AnyRule:
    return next(rule for rule in RULES if rule.id == id_)


def _only(target: Target, *names: str) -> Session:
    """Return a session that runs only the scenarios with these *names*."""
    session = Session(target)
    vars(session)["scenarios"] = tuple(SCENARIOS[name] for name in names)
    return session


@pytest.fixture(name="mock", scope="module")
def _mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with targeted(tmp_path_factory.mktemp("shared")) as target:
        yield target


def _reason(rule: str, session: Session) -> str:
    with pytest.raises(pytest.skip.Exception) as caught:
        evaluate(_rule(rule), session)
    return str(caught.value)


def test_a_rule_that_passes_counts_its_exchanges(mock: Target) -> None:
    evaluation = evaluate(_rule("wait.one-value"), _only(mock, "wait.default", "stream.default"))

    assert evaluation.failed == []
    assert [(v.scenario, v.exchanges, v.failed) for v in evaluation.scenarios] == [
        ("wait.default", 2, 0)
    ]
    assert str(evaluation) == "passed in 2 of 2 exchanges"


def test_a_cross_exchange_rule_is_evaluated_over_all_scenarios(mock: Target) -> None:
    rule = consistency.RULES[0]

    evaluation = evaluate(rule, _only(mock, "isolation.again", "wait.default", "errors.method"))

    assert evaluation.failed == []
    assert {verdict.scenario for verdict in evaluation.scenarios} >= {"isolation.again"}


def test_a_rule_of_another_dialect_is_not_applicable(mock: Target) -> None:
    aegra = replace(mock, settings=replace(mock.settings, dialect="aegra"))

    assert aegra.dialect is Dialect.AEGRA
    assert "the dialect of this server is aegra" in _reason(
        "identifiers.run-version", _only(aegra, "wait.default")
    )


def test_consistency_rules_need_a_deterministic_deployment(mock: Target) -> None:
    varying = replace(mock, settings=replace(mock.settings, deterministic=False))

    assert "--graphtape-deterministic" in _reason(
        "consistency.modes", _only(varying, "wait.default")
    )


def test_a_rule_of_a_later_version_is_not_applicable(mock: Target) -> None:
    pinned = replace(mock, rules=(), settings=replace(mock.settings, contract="0.16"))

    assert _reason("wait.one-value", _only(pinned, "wait.default")) == (
        "not in contract 0.16 at this level"
    )


def test_a_rule_without_a_response_of_its_kind_is_not_applicable(mock: Target) -> None:
    assert _reason("wait.one-value", _only(mock, "stream.default")) == (
        "no response in the profile smoke is of the kind join or wait"
    )


def test_a_rule_without_an_event_of_its_mode_is_not_applicable(mock: Target) -> None:
    assert _reason("debug.one-step", _only(mock, "wait.default", "stream.default")) == (
        "no run had an event debug: add a --graphtape-input that leads to one"
    )


def test_a_scenario_that_could_not_run_is_not_exercised(tmp_path: Path) -> None:
    with deployed() as deployment, targeted(tmp_path, deployment.url) as target:
        target.run_budget.budget = replace(target.run_budget.budget, runs=0)
        session = _only(target, "wait.default")
        with pytest.raises(
            NotExercised, match=r"wait.default did not run to its end: the budget is"
        ):
            evaluate(_rule("wait.one-value"), session)


def test_an_error_in_an_output_counts_as_an_error_event(mock: Target) -> None:
    evaluation = evaluate(_rule("errors.no-traceback-output"), _only(mock, "wait.default"))

    assert evaluation.scenarios[0].exchanges == 2


def _twice(asked: Asked, headers: MutableHeaders) -> None:
    if asked.is_run:
        headers.append("content-location", "/runs/1")


def test_failures_are_listed_for_some_scenarios_and_the_others_named(tmp_path: Path) -> None:
    names = ("wait.default", "wait.updates", "stream.default", "modes.tasks", "modes.debug")
    with deployed(alter=_twice) as deployment, targeted(tmp_path, deployment.url) as target:
        session = _only(target, *names, "modes.values", "modes.events")
        evaluation = evaluate(_rule("head.once"), session)

    text = str(evaluation)
    assert text.startswith("passed in 0 of 7 exchanges\n")
    assert "in wait.default, 1 of 1 exchanges:" in text
    assert text.endswith("also in modes.values, modes.events")


def test_only_some_findings_of_a_scenario_are_listed(tmp_path: Path) -> None:
    with (
        deployed(alter=_twice) as deployment,
        targeted(tmp_path, deployment.url, repeat=7) as target,
    ):
        evaluation = evaluate(_rule("head.once"), _only(target, "wait.default"))

    assert str(evaluation).endswith("and 2 more")


def test_findings_of_a_cross_exchange_rule_name_exchange_and_scenario(tmp_path: Path) -> None:
    said: list[Asked] = []

    def again(asked: Asked) -> JSONResponse | None:
        if asked.path != "/runs/wait":
            return None
        said.append(asked)
        location = {"content-location": "/runs/019aa02d-3e0d-7a4c-8d4c-6a3d4c4a4f4b"}
        return JSONResponse({"messages": []}, headers=location)

    with deployed(again) as deployment, targeted(tmp_path, deployment.url) as target:
        evaluation = evaluate(
            _rule("isolation.run-ids"), _only(target, "wait.default", "wait.updates")
        )

    assert evaluation.failed
    assert "isolation.run-ids (MUST) at exchange 1" in str(evaluation)
    assert "4a4f4b, as in exchange 1 of wait.default" in str(evaluation)


def test_exchange_numbers_in_text_of_the_deployment_are_unchanged(tmp_path: Path) -> None:
    words = iter(("one", "two", "three"))

    def answer(asked: Asked) -> JSONResponse | None:
        if asked.path != "/runs/wait":
            return None
        location = {"content-location": f"/runs/{uuid4()}"}
        return JSONResponse({"said": f"exchange 99 {next(words)}"}, headers=location)

    with deployed(answer) as deployment, targeted(tmp_path, deployment.url) as target:
        session = _only(target, "wait.default", "consistency.ways")
        evaluation = evaluate(_rule("consistency.output"), session)

    assert "exchange 99" in str(evaluation)


def test_an_empty_evaluation_has_no_exchanges() -> None:
    assert str(Evaluation()) == "passed in 0 of 0 exchanges"
